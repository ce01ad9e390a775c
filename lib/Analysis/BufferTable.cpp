//===- BufferTable.cpp - Buffers as comma-separated values ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/BufferTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace ignis;
using llvm::createStringError;
using llvm::Error;
using llvm::SmallVector;
using llvm::StringRef;

/// In the order in which they are written.
static constexpr StringRef columnNames[] = {"id", "lower", "upper", "size",
                                            "offset"};
/// Times are within this of 0, so that a duration does not overflow.
static constexpr int64_t maxTime = int64_t(1) << 60;

namespace {
class Reader {
public:
  explicit Reader(StringRef text) : rest(text) {}
  llvm::Expected<BufferTable> read();

private:
  Error fail(const llvm::Twine &message) const {
    return createStringError("line " + llvm::Twine(line) + ": " + message);
  }
  /// The fields of the next line that is not empty; none at the end.
  SmallVector<StringRef> next();
  Error readHeader();
  Error readNumber(StringRef column, StringRef field, int64_t least,
                   int64_t most, int64_t &number) const;
  Error readBuffer(llvm::ArrayRef<StringRef> fields);

  StringRef rest;
  size_t line = 0;
  SmallVector<size_t> columns; // of the file's columns, which of columnNames
  int64_t total = 0;
  BufferTable table;
};
} // namespace

SmallVector<StringRef> Reader::next() {
  SmallVector<StringRef> fields;
  while (!rest.empty() && fields.empty()) {
    StringRef text;
    std::tie(text, rest) = rest.split('\n');
    ++line;
    if (text.trim().empty())
      continue;
    for (StringRef field : llvm::split(text, ','))
      fields.push_back(field.trim());
  }
  return fields;
}

Error Reader::readHeader() {
  for (StringRef name : next()) {
    const StringRef *column = llvm::find(columnNames, name);
    size_t index = column - std::begin(columnNames);
    if (column == std::end(columnNames) || llvm::is_contained(columns, index))
      return fail("expects the columns id, lower, upper, size and, in a plan, "
                  "offset, once each; got '" +
                  name + "'");
    columns.push_back(index);
  }
  for (size_t needed = 0; needed < 4; ++needed)
    if (!llvm::is_contained(columns, needed))
      return fail("expects a column '" + columnNames[needed] + "'");
  if (columns.size() == std::size(columnNames))
    table.offsets.emplace();
  return Error::success();
}

Error Reader::readNumber(StringRef column, StringRef field, int64_t least,
                         int64_t most, int64_t &number) const {
  if (field.getAsInteger(10, number) || number < least || number > most)
    return fail("expects '" + column + "' to be a number from " +
                llvm::Twine(least) + " to " + llvm::Twine(most) + ", got '" +
                field + "'");
  return Error::success();
}

Error Reader::readBuffer(llvm::ArrayRef<StringRef> fields) {
  if (fields.size() != columns.size())
    return fail("expects " + llvm::Twine(columns.size()) + " fields, got " +
                llvm::Twine(fields.size()));
  if (table.blocks.size() == maxTableBuffers)
    return fail("expects at most " + llvm::Twine(maxTableBuffers) + " buffers");
  StringRef id;
  int64_t numbers[std::size(columnNames)] = {};
  for (auto [column, field] : llvm::zip(columns, fields)) {
    if (column == 0) {
      id = field;
      continue;
    }
    bool isTime = column < 3;
    if (Error error =
            readNumber(columnNames[column], field, isTime ? -maxTime : 0,
                       isTime ? maxTime : maxTotalBytes, numbers[column]))
      return error;
  }
  auto [unused, lower, upper, size, offset] = numbers;
  if (lower >= upper)
    return fail("expects 'upper' above 'lower', got " + llvm::Twine(upper) +
                " and " + llvm::Twine(lower));
  total += size;
  if (total > maxTotalBytes)
    return fail("is one too many: buffers of more than 2^60 bytes");
  table.ids.push_back(id.str());
  table.blocks.push_back({size, lower, upper - 1});
  if (table.offsets)
    table.offsets->push_back(offset);
  return Error::success();
}

llvm::Expected<BufferTable> Reader::read() {
  if (Error error = readHeader())
    return std::move(error);
  for (auto fields = next(); !fields.empty(); fields = next())
    if (Error error = readBuffer(fields))
      return std::move(error);
  return std::move(table);
}

llvm::Expected<BufferTable> ignis::parseBufferTable(StringRef text) {
  return Reader(text).read();
}

void ignis::printBufferTable(const BufferTable &table, llvm::raw_ostream &os) {
  os << llvm::join(llvm::ArrayRef(columnNames).drop_back(table.offsets ? 0 : 1),
                   ",")
     << '\n';
  for (auto [index, block] : llvm::enumerate(table.blocks)) {
    os << table.ids[index] << ',' << block.first << ',' << block.last + 1 << ','
       << block.size;
    if (table.offsets)
      os << ',' << (*table.offsets)[index];
    os << '\n';
  }
}
