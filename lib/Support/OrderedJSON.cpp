//===- OrderedJSON.cpp - Reading JSON whose order matters -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/OrderedJSON.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace ignis;
using nlohmann::ordered_json;

/// Leaves one member of each key.
static void mergeEqualKeys(ordered_json::object_t &object) {
  auto members = object.begin(); // an index of the object itself is a key
  std::vector<size_t> byKey(object.size());
  std::iota(byKey.begin(), byKey.end(), size_t{0});
  std::ranges::sort(byKey, [&](size_t a, size_t b) {
    int order = members[static_cast<ptrdiff_t>(a)].first.compare(
        members[static_cast<ptrdiff_t>(b)].first);
    return order != 0 ? order < 0 : a < b;
  });
  auto memberAt = [&](size_t place) -> auto & {
    return members[static_cast<ptrdiff_t>(byKey[place])];
  };
  std::vector<bool> isRepeated(object.size());
  bool isAny = false;
  for (size_t i = 1, first = 0; i < byKey.size(); ++i) {
    if (memberAt(i).first != memberAt(first).first) {
      first = i;
      continue;
    }
    memberAt(first).second = std::move(memberAt(i).second);
    isAny = isRepeated[byKey[i]] = true;
  }
  if (!isAny)
    return;
  ordered_json::object_t kept;
  auto repeated = isRepeated.begin();
  for (auto &[key, value] : object)
    if (!*repeated++)
      kept.emplace_back(key, std::move(value));
  object = std::move(kept);
}

namespace {

/// What nlohmann's parser tells. Members are appended without a look at those
/// that are there.
class Builder : public nlohmann::json_sax<ordered_json> {
public:
  ordered_json whole;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t &) override {
    return add(value);
  }
  bool string(string_t &value) override { return add(std::move(value)); }
  bool binary(binary_t &) override { return false; } // JSON has none

  bool start_object(size_t) override { return open(ordered_json::object()); }
  bool start_array(size_t) override { return open(ordered_json::array()); }
  bool key(string_t &value) override {
    objectOf(*parents.back()).emplace_back(std::move(value), nullptr);
    return true;
  }
  bool end_object() override {
    mergeEqualKeys(objectOf(*parents.back()));
    return end_array();
  }
  bool end_array() override {
    parents.pop_back();
    return true;
  }

  bool parse_error(size_t, const std::string &,
                   const nlohmann::detail::exception &) override {
    return false;
  }

private:
  static ordered_json::object_t &objectOf(ordered_json &value) {
    return value.get_ref<ordered_json::object_t &>();
  }

  ordered_json &place(ordered_json value) {
    if (parents.empty())
      return whole = std::move(value);
    ordered_json &parent = *parents.back();
    if (parent.is_object())
      return objectOf(parent).back().second = std::move(value);
    auto &elements = parent.get_ref<ordered_json::array_t &>();
    return elements.emplace_back(std::move(value));
  }
  bool add(ordered_json value) {
    place(std::move(value));
    return true;
  }
  bool open(ordered_json value) {
    parents.push_back(&place(std::move(value)));
    return true;
  }

  /// Those that are not at their end. Nothing is added to one while another is
  /// open in it, so that they stay where they are.
  std::vector<ordered_json *> parents;
};

} // namespace

ordered_json ignis::parseOrderedJSON(std::string_view text) {
  Builder builder;
  if (!ordered_json::sax_parse(text.begin(), text.end(), &builder))
    return ordered_json(ordered_json::value_t::discarded);
  return std::move(builder.whole);
}
