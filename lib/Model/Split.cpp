//===- Split.cpp - Models in several files --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Split.h"
#include "ignis/Model/GGUFWriter.h"
#include "ignis/Support/Signals.h"

#include <limits>

#include <unistd.h>

using namespace ignis;

using Tensors = std::span<const GGUFTensor>;

/// Consecutive tensors by parts.
static std::vector<Tensors> divide(Tensors tensors, const SplitLimits &limits) {
  std::vector<Tensors> parts;
  size_t first = 0;
  uint64_t bytes = 0;
  for (size_t i = 0; i != tensors.size(); ++i) {
    uint64_t padded = GGUFWriter::getPaddedSize(tensors[i].byteSize);
    bool isFull = i - first >= limits.tensors || bytes + padded > limits.bytes;
    if (i != first && isFull) {
      parts.push_back(tensors.subspan(first, i - first));
      first = i;
      bytes = 0;
    }
    bytes += padded;
  }
  parts.push_back(tensors.subspan(first));
  return parts;
}

static void copyKeys(const GGUFFile &file, GGUFWriter &writer) {
  for (const GGUFFile::Entry &entry : file.entries())
    if (!entry.key.starts_with("split."))
      writer.copy(entry);
}

static Expected<void> writeTensors(const GGUFFile &file, Tensors tensors,
                                   GGUFWriter &writer) {
  for (const GGUFTensor &tensor : tensors)
    writer.addTensor(tensor.name, tensor.type, tensor.dims);
  Expected<void> written = writer.begin();
  constexpr size_t bytesAtOnce = size_t{1} << 24;
  for (const GGUFTensor &tensor : tensors)
    for (size_t at = 0; at != tensor.byteSize && written;) {
      auto bytes = tensor.bytes().subspan(
          at, std::min<size_t>(bytesAtOnce, tensor.byteSize - at));
      written = writer.write(bytes);
      file.release(bytes);
      at += bytes.size();
    }
  return file.explain(written);
}

/// Adds the part to `done`, or leaves nothing of it.
static Expected<void> writePart(const GGUFFile &file, Tensors tensors,
                                const std::string &path, uint16_t number,
                                uint16_t count,
                                std::vector<RemovedOnSignal> &done) {
  Expected<GGUFWriter> writer = GGUFWriter::create(path);
  if (!writer)
    return tl::unexpected(std::move(writer.error()));
  if (number == 0)
    copyKeys(file, *writer);
  writer->add("split.no", number);
  writer->add("split.count", count);
  writer->add("split.tensors.count",
              static_cast<int32_t>(file.tensors().size()));
  if (Expected<void> written = writeTensors(file, tensors, *writer); !written)
    return written;
  HeldSignals held; // from its name on it is one of those that go together
  Expected<void> finished = writer->finish();
  if (finished)
    done.emplace_back(path);
  return finished;
}

Expected<uint32_t> ignis::splitFile(const std::string &inputPath,
                                    const std::string &name,
                                    const SplitLimits &limits) {
  Expected<GGUFFile> file = GGUFFile::open(inputPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  std::vector<Tensors> parts = divide(file->tensors(), limits);
  constexpr size_t most = std::numeric_limits<uint16_t>::max();
  if (parts.size() > most)
    return makeError(ExitCode::Usage,
                     "{}: expected limits that make at most {} parts, found {}",
                     inputPath, most, parts.size());

  std::vector<std::string> paths;
  for (size_t i = 0; i != parts.size(); ++i)
    paths.push_back(getPartPath(name, i, parts.size()));
  for (const std::string &path : paths)
    if (Expected<void> leaves = checkLeavesModel(path, *file); !leaves)
      return tl::unexpected(std::move(leaves.error()));
  // All parts or none, whatever ends the process before the last is whole.
  std::vector<RemovedOnSignal> done;
  for (size_t i = 0; i != parts.size(); ++i) {
    Expected<void> written =
        writePart(*file, parts[i], paths[i], static_cast<uint16_t>(i),
                  static_cast<uint16_t>(parts.size()), done);
    if (!written) {
      for (const RemovedOnSignal &part : done)
        unlink(part.path().c_str());
      return tl::unexpected(std::move(written.error()));
    }
  }
  HeldSignals held; // they stay together
  done.clear();
  return static_cast<uint32_t>(parts.size());
}

Expected<void> ignis::mergeFile(const std::string &inputPath,
                                const std::string &outputPath) {
  Expected<GGUFFile> file = GGUFFile::open(inputPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  if (Expected<void> leaves = checkLeavesModel(outputPath, *file); !leaves)
    return leaves;
  Expected<GGUFWriter> writer = GGUFWriter::create(outputPath);
  if (!writer)
    return tl::unexpected(std::move(writer.error()));
  copyKeys(*file, *writer);
  Expected<void> written = writeTensors(*file, file->tensors(), *writer);
  return written ? writer->finish() : written;
}
