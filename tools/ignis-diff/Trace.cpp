//===- Trace.cpp - What a run computed, call by call ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file is a magic number, the program and the calls, each behind its number
// of tokens, of which 0 is the end; numbers are little-endian.
//
//===----------------------------------------------------------------------===//

#include "Trace.h"

#include <bit>

using namespace ignis;
using namespace ignis::diff;

static_assert(std::endian::native == std::endian::little,
              "numbers are written as they stand in memory");

/// With the version in its last place.
static constexpr int64_t magicNumber = 0x0165636172747369;

/// Of a name, of all values, of what a call left: more is no recording.
static constexpr int64_t mostText = 1 << 16;
static constexpr int64_t mostValues = 1 << 20;
static constexpr int64_t mostTokens = 1 << 16;
static constexpr int64_t mostBytes = int64_t{1} << 40;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {
/// Collects what is written at once.
class Bytes {
public:
  void add(int64_t number) { add(std::as_bytes(std::span(&number, 1))); }
  void add(const std::string &text) { addCounted(std::span(text)); }
  void add(const ListedValue &value) {
    for (const std::string *text :
         {&value.function, &value.name, &value.operation, &value.location})
      add(*text);
    for (int64_t number :
         {static_cast<int64_t>(value.place),
          static_cast<int64_t>(value.element), value.perToken, value.constant,
          value.columns, value.rowBytes, value.layer})
      add(number);
  }
  template <typename T>
  void addCounted(std::span<const T> values) {
    add(static_cast<int64_t>(values.size()));
    add(std::as_bytes(values));
  }
  std::span<const std::byte> get() const { return bytes; }

private:
  void add(std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  }

  std::vector<std::byte> bytes;
};
} // namespace

Expected<TraceWriter> TraceWriter::create(const std::string &path,
                                          const TracedProgram &program) {
  Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Bytes bytes;
  bytes.add(magicNumber);
  bytes.add(program.description);
  for (int64_t number :
       {program.layers, program.kvHeads, program.headDim, program.kvBytes})
    bytes.add(number);
  bytes.add(static_cast<int64_t>(program.values.size()));
  for (const ListedValue &value : program.values)
    bytes.add(value);
  if (auto written = file->write(bytes.get()); !written)
    return tl::unexpected(std::move(written.error()));
  return TraceWriter(std::move(*file));
}

Expected<void> TraceWriter::write(const Call &call) {
  Bytes bytes;
  bytes.addCounted(std::span<const int32_t>(call.tokens));
  bytes.add(call.function);
  bytes.add(call.position);
  for (const auto *blob : {&call.arena, &call.output, &call.cache})
    bytes.addCounted(std::span<const uint8_t>(*blob));
  return file.write(bytes.get());
}

Expected<void> TraceWriter::finish() {
  Bytes end;
  end.add(0);
  if (auto written = file.write(end.get()); !written)
    return written;
  return file.finish();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Expected<TraceReader> TraceReader::open(const std::string &path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  TraceReader reader(path, std::move(*file));
  if (int64_t magic; !reader.read(magic) || magic != magicNumber)
    return makeError(ExitCode::Failure,
                     "{}: expected a recording that ignis-diff --record made, "
                     "in this version's format",
                     path);
  if (!reader.readProgram())
    return reader.refuse();
  return reader;
}

bool TraceReader::read(std::span<std::byte> bytes) {
  return file.read(bytes) == bytes.size();
}

template <typename T>
bool TraceReader::read(std::vector<T> &values, int64_t most) {
  int64_t count;
  if (!read(count) || count < 0 || count > most)
    return false;
  // A length is a claim: memory is taken as bytes arrive.
  constexpr int64_t piece = 1 << 20;
  values.clear();
  while (count != 0) {
    auto now = static_cast<size_t>(std::min(count, piece));
    size_t before = values.size();
    values.resize(before + now);
    if (!read(std::as_writable_bytes(std::span(values).subspan(before))))
      return false;
    count -= static_cast<int64_t>(now);
  }
  return true;
}

bool TraceReader::read(int64_t &number) {
  return read(std::as_writable_bytes(std::span(&number, 1)));
}

bool TraceReader::read(std::string &text) {
  std::vector<char> characters;
  if (!read(characters, mostText))
    return false;
  text.assign(characters.begin(), characters.end());
  return true;
}

bool TraceReader::read(ListedValue &value) {
  for (std::string *text :
       {&value.function, &value.name, &value.operation, &value.location})
    if (!read(*text))
      return false;
  int64_t place, element;
  for (int64_t *number : {&place, &element, &value.perToken, &value.constant,
                          &value.columns, &value.rowBytes, &value.layer})
    if (!read(*number))
      return false;
  value.place = static_cast<ListedValue::Place>(place);
  value.element = static_cast<ListedValue::Element>(element);
  return place >= 0 &&
         place <= static_cast<int64_t>(ListedValue::Place::Cache) &&
         element >= 0 &&
         element <= static_cast<int64_t>(ListedValue::Element::Bytes);
}

bool TraceReader::readProgram() {
  int64_t count;
  if (!read(program_.description))
    return false;
  for (int64_t *number : {&program_.layers, &program_.kvHeads,
                          &program_.headDim, &program_.kvBytes})
    if (!read(*number) || *number < 0 || *number > mostText)
      return false;
  if (!read(count) || count < 0 || count > mostValues)
    return false;
  for (; count != 0; --count)
    if (!read(program_.values.emplace_back()))
      return false;
  return true;
}

Expected<std::optional<Call>> TraceReader::next() {
  Call call;
  if (!read(call.tokens, mostTokens))
    return refuse();
  if (call.tokens.empty())
    return std::nullopt;
  if (!read(call.function) || !read(call.position) || call.position < 0 ||
      !read(call.arena, mostBytes) || !read(call.output, mostBytes) ||
      !read(call.cache, mostBytes))
    return refuse();
  return call;
}

tl::unexpected<Error> TraceReader::refuse() const {
  return makeError(ExitCode::Failure,
                   "{}: expected a whole recording, found one that is damaged "
                   "or cut off",
                   path);
}
