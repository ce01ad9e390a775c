//===- Comparison.cpp - Where two runs part -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"

#include "Values.h"
#include "ignis/Support/Escape.h"

#include <algorithm>
#include <cmath>
#include <map>

using namespace ignis;
using namespace ignis::diff;

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

namespace {
/// A name, or the layer whose keys and values it is, and which of these,
/// counted from the last.
struct Key {
  std::string name;
  int64_t fromLast;

  auto operator<=>(const Key &) const = default;
};
} // namespace

/// The values of a function, in order, with their keys.
static std::vector<std::pair<Key, const ListedValue *>>
getKeys(const TracedProgram &program, const std::string &function) {
  std::vector<std::pair<Key, const ListedValue *>> keys;
  std::map<std::string, int64_t> counts;
  for (auto value = program.values.rbegin(); value != program.values.rend();
       ++value) {
    if (value->function != function)
      continue;
    std::string name = value->place == ListedValue::Place::Cache
                           ? fmt::format("%cache {}", value->layer)
                           : value->name;
    int64_t fromLast = counts[name]++;
    keys.push_back({{std::move(name), fromLast}, &*value});
  }
  std::ranges::reverse(keys);
  return keys;
}

static std::string getShortName(const ListedValue &value) {
  return escapeControls(fmt::format("{} {}", value.operation, value.name));
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// The layer that a name is of: blk.3.attn_q.
static std::string describeLayer(const ListedValue &value) {
  std::string_view name = value.name;
  if (!name.starts_with("blk."))
    return "";
  name.remove_prefix(4);
  name = name.substr(0, name.find('.'));
  bool isNumber = !name.empty() && std::ranges::all_of(name, [](char c) {
    return c >= '0' && c <= '9';
  });
  return isNumber ? fmt::format(", layer {}", name) : "";
}

std::string Comparison::describe(const ListedValue &ofLeft,
                                 const ListedValue &ofRight,
                                 const Call &call) const {
  std::string text = fmt::format(
      "part at value {} of @{}: {}{}{}", before + 1, call.function,
      getShortName(ofLeft), describeLayer(ofLeft),
      ofLeft.place == ListedValue::Place::Cache ? ", its keys and values" : "");
  if (ofLeft.operation != ofRight.operation)
    text += fmt::format(" against {}", getShortName(ofRight));
  for (const auto &[side, value] :
       {std::pair("A", &ofLeft), std::pair("B", &ofRight)})
    if (!value->location.empty())
      text += escapeControls(
          fmt::format(", {} has it at {}", side, value->location));
  return text;
}

Expected<std::optional<std::string>>
Comparison::compare(const ListedValue &ofLeft, const ListedValue &ofRight,
                    const Call &a, const Call &b) {
  auto inLeft = Values::of(left, a, ofLeft);
  auto inRight = Values::of(right, b, ofRight);
  for (auto *values : {&inLeft, &inRight})
    if (!*values)
      return tl::unexpected(std::move(values->error()));
  if (ofLeft.element != ofRight.element ||
      inLeft->columns() != inRight->columns() ||
      (ofLeft.place == ListedValue::Place::Cache &&
       left.kvBytes != right.kvBytes)) {
    if (firstUnlike.empty())
      firstUnlike = getShortName(ofLeft);
    ++unlike;
    return std::nullopt;
  }

  std::optional<std::pair<int64_t, int64_t>> first;
  int64_t differing = 0;
  double most = 0;
  for (int64_t row = 0; row != inLeft->rows(); ++row)
    for (int64_t column = 0; column != inLeft->columns(); ++column) {
      if (inLeft->bits(row, column) == inRight->bits(row, column))
        continue;
      if (!first)
        first = {row, column};
      ++differing;
      double difference =
          inLeft->number(row, column) - inRight->number(row, column);
      if (!std::isnan(difference))
        most = std::max(most, std::abs(difference));
    }
  if (!first) {
    ++compared;
    ++before;
    return std::nullopt;
  }
  auto [row, column] = *first;
  return fmt::format(
      "{}\n{}:\n  A: {}\n  B: {}\n{} of {} elements differ, by {:.4g} at most; "
      "{} values before it are equal\n",
      describe(ofLeft, ofRight, a), inLeft->place(row, column),
      inLeft->show(row, column), inRight->show(row, column), differing,
      inLeft->rows() * inLeft->columns(), most, compared);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Expected<std::optional<std::string>> Comparison::compare(const Call &a,
                                                         const Call &b) {
  if (a.tokens != b.tokens || a.position != b.position)
    return makeError(
        ExitCode::Usage,
        "expected calls of the same tokens, found {} at position "
        "{} and {} others at {}: record both with the same prompt and -b",
        a.tokens.size(), a.position, b.tokens.size(), b.position);
  ++calls;
  rows += a.rows();
  before = 0;
  unlike = 0;
  std::map<Key, const ListedValue *> ofRight;
  for (const auto &[key, value] : getKeys(right, b.function))
    ofRight.emplace(key, value);

  size_t missing = 0;
  for (const auto &[key, value] : getKeys(left, a.function)) {
    auto match = ofRight.find(key);
    if (match == ofRight.end()) {
      if (firstOnlyLeft.empty())
        firstOnlyLeft = getShortName(*value);
      ++missing;
      continue;
    }
    auto difference = compare(*value, *match->second, a, b);
    if (!difference || *difference)
      return difference;
    ofRight.erase(match);
  }
  onlyLeft = std::max(onlyLeft, missing);
  onlyRight = std::max(onlyRight, ofRight.size());
  if (!ofRight.empty() && firstOnlyRight.empty())
    firstOnlyRight = getShortName(*ofRight.begin()->second);
  return std::nullopt;
}

std::string Comparison::summary() const {
  std::string text =
      fmt::format("equal: {} values in {} call{} of {} row{}\n", compared,
                  calls, calls == 1 ? "" : "s", rows, rows == 1 ? "" : "s");
  auto add = [&](size_t count, std::string_view which,
                 const std::string &first) {
    if (count != 0)
      text += fmt::format("{} values of a call {}: {}{}\n", count, which, first,
                          count == 1 ? "" : ", ...");
  };
  add(onlyLeft, "are only in A", firstOnlyLeft);
  add(onlyRight, "are only in B", firstOnlyRight);
  add(unlike, "have another type in B", firstUnlike);
  return text;
}
