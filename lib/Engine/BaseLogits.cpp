//===- BaseLogits.cpp - Logits that others are compared with --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BaseLogits.h"

#include "ignis/Support/Hash.h"

#include <algorithm>
#include <bit>
#include <cmath>

using namespace ignis;

static_assert(std::endian::native == std::endian::little,
              "numbers are written as they stand in memory");

BaseHeader BaseHeader::of(const Windows &windows, int64_t vocab) {
  Hash hash;
  for (int32_t token : windows.tokens)
    hash.addWord(static_cast<uint32_t>(token));
  return {{'i', 'g', 'n', 'i', 's', 'k', 'l', 'd'},
          1,
          vocab,
          windows.size,
          windows.count() * windows.predicted(),
          hash.value()};
}

Expected<BaseWriter> BaseWriter::create(const std::string &path,
                                        const Windows &windows, int64_t vocab) {
  Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  const BaseHeader header = BaseHeader::of(windows, vocab);
  if (auto written = file->write(std::as_bytes(std::span(&header, 1)));
      !written)
    return tl::unexpected(std::move(written.error()));
  return BaseWriter(std::move(*file));
}

Expected<BaseReader> BaseReader::open(const std::string &path,
                                      const Windows &windows, int64_t vocab) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  BaseReader reader(path, std::move(*file), vocab);
  const BaseHeader expected = BaseHeader::of(windows, vocab);
  BaseHeader found = {};
  Expected<size_t> size =
      reader.file.read(std::as_writable_bytes(std::span(&found, 1)));
  if (!size)
    return tl::unexpected(std::move(size.error()));
  if (*size != sizeof found || found.magic != expected.magic ||
      found.version != expected.version)
    return makeError(ExitCode::Failure,
                     "{}: expected logits that --perplexity "
                     "--kl-divergence-base wrote",
                     path);
  if (found.vocab != vocab)
    return makeError(ExitCode::Failure,
                     "{}: expected a vocabulary of {} tokens, found {}", path,
                     vocab, found.vocab);
  if (found.window != expected.window)
    return makeError(ExitCode::Failure,
                     "{}: expected windows of {} tokens, found {} (-c sets "
                     "them)",
                     path, expected.window, found.window);
  if (found != expected)
    return makeError(ExitCode::Failure,
                     "{}: expected logits of this text, found another's", path);
  return reader;
}

Expected<std::span<const float>> BaseReader::read() {
  Expected<size_t> size = file.read(std::as_writable_bytes(std::span(row)));
  if (!size)
    return tl::unexpected(std::move(size.error()));
  if (*size != row.size() * sizeof(float))
    return makeError(ExitCode::Failure, "{}: expected more logits, found the "
                     "end",
                     path);
  if (!std::ranges::all_of(row, [](float x) { return std::isfinite(x); }))
    return makeError(ExitCode::Failure, "{}: expected finite logits", path);
  return row;
}
