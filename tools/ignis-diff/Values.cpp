//===- Values.cpp - Elements of what operations computed ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"

#include <bit>
#include <cstring>

using namespace ignis;
using namespace ignis::diff;

using Place = ListedValue::Place;
using Element = ListedValue::Element;

/// Of quantised rows, a block has 32 values, its scale before them and two sums
/// behind them.
static constexpr int64_t blockValues = 32;
static constexpr int64_t blockColumns = 1 + blockValues + 2;
static constexpr int64_t pageSize = IGNIS_PAGE_POSITIONS;
/// What nothing that is computed exceeds; sums of products of two stay in
/// range.
static constexpr int64_t most = int64_t{1} << 31;

Expected<Values> Values::of(const TracedProgram &program, const Call &call,
                            const ListedValue &value) {
  Values values(program, call, value);
  bool isSane = true;
  for (int64_t number :
       {value.perToken, value.constant, value.columns, value.rowBytes})
    isSane &= number >= 0 && number <= most;
  values.rows_ = call.rows();
  values.begin = value.place == Place::Arena
                     ? value.perToken * values.rows_ + value.constant
                     : 0;
  if (values.isCache())
    values.columns_ = (value.layer < 0 ? program.layers : 1) * program.kvHeads *
                      2 * program.headDim;
  else if (value.element == Element::Q8)
    values.columns_ = value.columns / blockValues * blockColumns;
  else
    values.columns_ = value.columns;
  if (!isSane || !values.fits())
    return makeError(ExitCode::Failure,
                     "{}: expected {} of {} within what the call at position "
                     "{} left",
                     program.description, value.operation, value.name,
                     call.position);
  return values;
}

/// Whether every element lies within what the call left.
bool Values::fits() const {
  if (isCache()) {
    int64_t first = call.position / pageSize * pageSize;
    int64_t positions = call.position + rows_ - first;
    return value.layer < program.layers &&
           positions * program.positionBytes() == std::ssize(call.cache);
  }
  int64_t bytes = value.element == Element::Q8
                      ? ignis_q8_row_bytes(value.columns)
                      : value.columns * static_cast<int64_t>(width());
  const auto &memory = value.place == Place::Arena ? call.arena : call.output;
  return bytes <= value.rowBytes &&
         (value.element != Element::Q8 || value.columns % blockValues == 0) &&
         begin + rows_ * value.rowBytes <= std::ssize(memory);
}

size_t Values::width() const {
  if (isCache())
    return static_cast<size_t>(program.kvBytes);
  switch (value.element) {
  case Element::F32:
    return 4;
  case Element::Key:
    return 8;
  case Element::Q8:
  case Element::Bytes:
    return 1;
  }
  return 1;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

const uint8_t *Values::atCache(int64_t row, int64_t column) const {
  int64_t position = call.position + row;
  int64_t firstPage = call.position / pageSize;
  int64_t page = position / pageSize;
  int64_t end = call.position + rows_;
  int64_t positions = std::min(pageSize, end - page * pageSize);
  // [layer][kv head][keys, values][position][head_dim]
  int64_t vectors = column / program.headDim;
  if (value.layer > 0)
    vectors += value.layer * program.kvHeads * 2;
  int64_t element =
      (vectors * positions + position % pageSize) * program.headDim +
      column % program.headDim;
  return call.cache.data() +
         (page - firstPage) * pageSize * program.positionBytes() +
         element * program.kvBytes;
}

const uint8_t *Values::at(int64_t row, int64_t column) const {
  if (isCache())
    return atCache(row, column);
  const auto &memory = value.place == Place::Arena ? call.arena : call.output;
  const uint8_t *bytes = memory.data() + begin + row * value.rowBytes;
  if (value.element != Element::Q8)
    return bytes + column * static_cast<int64_t>(width());
  int64_t block = column / blockColumns, part = column % blockColumns;
  int64_t blocks = value.columns / blockValues;
  if (part == 0)
    return bytes + value.columns + block * 4;
  if (part <= blockValues)
    return bytes + block * blockValues + part - 1;
  return bytes + value.columns + blocks * 4 + block * 4 +
         (part - 1 - blockValues) * 2;
}

template <typename T>
static T load(const uint8_t *bytes) {
  T loaded;
  std::memcpy(&loaded, bytes, sizeof loaded);
  return loaded;
}

uint64_t Values::bits(int64_t row, int64_t column) const {
  const uint8_t *bytes = at(row, column);
  size_t count = width();
  if (value.element == Element::Q8 && !isCache()) {
    int64_t part = column % blockColumns;
    count = part == 0 ? 4 : part <= blockValues ? 1 : 2;
  }
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, count);
  return bits;
}

std::string Values::place(int64_t row, int64_t column) const {
  std::string text =
      fmt::format("row {} (position {}, token {})", row, call.position + row,
                  call.tokens[static_cast<size_t>(row)]);
  if (isCache()) {
    int64_t vectors = column / program.headDim;
    if (value.layer < 0) {
      text += fmt::format(", layer {}", vectors / (program.kvHeads * 2));
      vectors %= program.kvHeads * 2;
    }
    return text + fmt::format(", element {} of the {} of head {}",
                              column % program.headDim,
                              vectors % 2 == 0 ? "key" : "value", vectors / 2);
  }
  if (value.element != Element::Q8)
    return text + fmt::format(", column {} of {}", column, value.columns);
  int64_t block = column / blockColumns, part = column % blockColumns;
  if (part == 0)
    return text + fmt::format(", scale of block {} (columns {} to {})", block,
                              block * blockValues,
                              block * blockValues + blockValues - 1);
  if (part <= blockValues)
    return text + fmt::format(", column {} of {}, quantised",
                              block * blockValues + part - 1, value.columns);
  return text + fmt::format(", sum of half {} of block {}",
                            part - 1 - blockValues, block);
}

double Values::number(int64_t row, int64_t column) const {
  const uint8_t *bytes = at(row, column);
  if (isCache())
    return program.kvBytes == 2 ? static_cast<double>(load<_Float16>(bytes))
                                : static_cast<double>(load<float>(bytes));
  switch (value.element) {
  case Element::F32:
    return static_cast<double>(load<float>(bytes));
  case Element::Key: // the likeliest token of a part
    return static_cast<double>(~static_cast<uint32_t>(load<uint64_t>(bytes)));
  case Element::Bytes:
    return *bytes;
  case Element::Q8:
    break;
  }
  int64_t part = column % blockColumns;
  if (part == 0)
    return static_cast<double>(load<float>(bytes));
  return part <= blockValues ? load<int8_t>(bytes) : load<int16_t>(bytes);
}

std::string Values::show(int64_t row, int64_t column) const {
  if (value.element == Element::Key && !isCache())
    return fmt::format("token {} ({:#018x})", number(row, column),
                       bits(row, column));
  double shown = number(row, column);
  bool isWhole = !isCache() && value.element != Element::F32 &&
                 (value.element != Element::Q8 || column % blockColumns != 0);
  if (isWhole)
    return fmt::format("{}", shown);
  // As short as tells one f32 from its neighbours.
  return fmt::format("{} ({:#x})", static_cast<float>(shown),
                     bits(row, column));
}
