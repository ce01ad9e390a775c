//===- SavedSequence.cpp - Sequences in files -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file is a header, the tokens that are computed and those that are pending,
// a note, for each page the keys and values of its positions (see
// ignis_rt_kv_read), and a hash of all that; numbers are little-endian. The bytes do not depend on the ISA or on the pages.
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Executor.h"
#include "ignis/Support/Hash.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/OutputFile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

using namespace ignis;

static_assert(std::endian::native == std::endian::little,
              "numbers are written as they stand in memory");

static constexpr int64_t pageSize = IGNIS_PAGE_POSITIONS;

namespace {

struct Header {
  char magic[8];
  uint64_t version;
  uint64_t model; ///< Model::contentHash
  int64_t cacheType;
  int64_t tokens;
  int64_t pending;
  int64_t noteBytes;
  Sampler::State sampler;
};

constexpr Header expectedHeader = {
    {'i', 'g', 'n', 'i', 's', 's', 'e', 'q'}, 2, 0, 0, 0, 0, 0, {}};

/// A conversation's messages, say.
constexpr int64_t mostNoteBytes = int64_t{1} << 26;

/// Writes, and hashes what is written.
class Writer {
public:
  explicit Writer(OutputFile &file) : file(file) {}

  template <typename T>
  Expected<void> write(std::span<const T> values) {
    auto bytes = std::as_bytes(values);
    hash.add(bytes);
    return file.write(bytes);
  }
  Expected<void> writeHash() {
    uint64_t value = hash.value();
    return file.write(std::as_bytes(std::span(&value, 1)));
  }

private:
  OutputFile &file;
  Hash hash;
};

class Reader {
public:
  Reader(const std::string &path, InputFile file)
      : path(path), file(std::move(file)) {}

  template <typename T>
  bool read(std::span<T> values) {
    auto bytes = std::as_writable_bytes(values);
    if (file.read(bytes) != bytes.size())
      return false;
    hash.add(bytes);
    return true;
  }
  /// Whether the hash of what was read follows, and then the end.
  bool readHash() {
    uint64_t expected = hash.value(), found;
    std::byte beyond;
    return read(std::span(&found, 1)) && found == expected &&
           file.read({&beyond, 1}) == 0;
  }

  template <typename... Args>
  tl::unexpected<Error> refuse(fmt::format_string<Args...> format,
                               Args &&...args) const {
    return makeError(ExitCode::Failure, "{}: {}", path,
                     fmt::format(format, std::forward<Args>(args)...));
  }

private:
  const std::string &path;
  InputFile file;
  Hash hash;
};

} // namespace

std::vector<uint8_t> Sequence::readPage(int64_t at) const {
  int64_t page = at / pageSize;
  int64_t count = std::min(pageSize, position() - page * pageSize);
  std::vector<uint8_t> bytes(static_cast<size_t>(
      executor->model().pageBytes() / pageSize * count));
  ignis_rt_kv_read(executor->runner->cache(), pages[static_cast<size_t>(page)],
                   count, bytes.data());
  return bytes;
}

/// A rank has the keys and values of its own heads.
static Expected<void> checkIsAlone(const Executor &executor,
                                   const std::string &path) {
  Rank rank = executor.model().rank();
  if (rank.isAlone())
    return {};
  return makeError(ExitCode::Usage,
                   "{}: keys and values are with {} ranks: expected one", path,
                   rank.count);
}

Expected<void> Sequence::save(const std::string &path,
                              const SavedText &beside) const {
  if (auto alone = checkIsAlone(*executor, path); !alone)
    return alone;
  if (std::ssize(beside.note) > mostNoteBytes)
    return makeError(ExitCode::Failure,
                     "{}: expected a note of at most {} bytes, found {}", path,
                     mostNoteBytes, beside.note.size());
  const Model &model = executor->model();
  Header header = expectedHeader;
  header.model = model.contentHash();
  header.cacheType = model.program().kv_type;
  header.tokens = position();
  header.pending = std::ssize(beside.pending);
  header.noteBytes = std::ssize(beside.note);
  header.sampler = beside.sampler;
  Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Writer writer(*file);
  if (auto written = writer.write(std::span<const Header>(&header, 1));
      !written)
    return written;
  for (std::span<const int32_t> part : {tokens(), std::span(beside.pending)})
    if (auto written = writer.write(part); !written)
      return written;
  if (auto written = writer.write(std::span<const char>(beside.note)); !written)
    return written;
  for (int64_t at = 0; at < position(); at += pageSize)
    if (auto written = writer.write(std::span<const uint8_t>(readPage(at)));
        !written)
      return written;
  if (auto written = writer.writeHash(); !written)
    return written;
  return file->finish();
}

Expected<Sequence> Sequence::load(Executor &executor, const std::string &path,
                                  SavedText &beside) {
  if (auto alone = checkIsAlone(executor, path); !alone)
    return tl::unexpected(std::move(alone.error()));
  const Model &model = executor.model();
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Reader reader(path, std::move(*file));
  Header header;
  if (!reader.read(std::span(&header, 1)) ||
      std::memcmp(header.magic, expectedHeader.magic, sizeof header.magic) != 0)
    return reader.refuse("expected a saved sequence");
  if (header.version != expectedHeader.version)
    return reader.refuse("expected version {} of saved sequences, found {}",
                         expectedHeader.version, header.version);
  if (header.cacheType != model.program().kv_type)
    return reader.refuse("expected keys and values of type {}, found {}",
                         model.program().kv_type, header.cacheType);
  if (header.model != model.contentHash())
    return reader.refuse("expected what was saved with {}, found another model",
                         model.file().path());
  int64_t most = executor.context();
  // Each alone first: a sum could overflow. What was chosen where the context is
  // full is pending, and has no place in it.
  if (header.tokens < 0 || header.tokens > most || header.pending < 0 ||
      header.pending > most + 1 - header.tokens)
    return reader.refuse("expected at most {} tokens, found {} and {} pending",
                         most, header.tokens, header.pending);
  if (header.noteBytes < 0 || header.noteBytes > mostNoteBytes)
    return reader.refuse("expected a note of at most {} bytes, found {}",
                         mostNoteBytes, header.noteBytes);
  if (!std::isfinite(header.sampler.mostSurprise))
    return reader.refuse("expected a sampler whose state is a number, found {}",
                         header.sampler.mostSurprise);

  Sequence sequence(executor);
  sequence.tokens_.resize(static_cast<size_t>(header.tokens));
  if (!reader.read(std::span(sequence.tokens_)))
    return reader.refuse("expected {} tokens, found the end", header.tokens);
  beside.sampler = header.sampler;
  beside.pending.resize(static_cast<size_t>(header.pending));
  beside.note.resize(static_cast<size_t>(header.noteBytes));
  if (!reader.read(std::span(beside.pending)) ||
      !reader.read(std::span(beside.note)))
    return reader.refuse("expected {} pending tokens and {} bytes of a note, "
                         "found the end",
                         header.pending, header.noteBytes);
  for (const auto *tokens : {&sequence.tokens_, &beside.pending})
    if (auto checked = checkTokens(*tokens, model.vocab()); !checked)
      return reader.refuse("{}", checked.error().message);

  std::vector<uint8_t> bytes(static_cast<size_t>(model.pageBytes()));
  for (int64_t at = 0; at < header.tokens; at += pageSize) {
    int64_t count = std::min(pageSize, header.tokens - at);
    auto used = static_cast<size_t>(model.pageBytes() / pageSize * count);
    if (!reader.read(std::span(bytes).first(used)))
      return reader.refuse("expected keys and values of {} tokens, found those "
                           "of {}",
                           header.tokens, at);
    std::lock_guard guard(executor.pooling);
    int32_t page = executor.pool.take();
    if (page < 0)
      return reader.refuse("expected room for {} tokens, found {} pages of {}",
                           header.tokens, executor.pool.size(), pageSize);
    sequence.pages.push_back(page);
    ignis_rt_kv_write(executor.runner->cache(), page, count, bytes.data());
  }
  if (!reader.readHash())
    return reader.refuse("expected the hash of what it holds: it is damaged");
  std::lock_guard guard(executor.pooling);
  executor.publish(sequence, 0);
  return sequence;
}
