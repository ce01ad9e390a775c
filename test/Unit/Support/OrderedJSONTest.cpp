//===- OrderedJSONTest.cpp - Reading JSON whose order matters -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/OrderedJSON.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <ctime>

using namespace ignis;
using nlohmann::ordered_json;

/// What nlohmann's own parser makes of a text, slower.
TEST(OrderedJSONTest, EqualsTheLibrarysOwn) {
  for (const char *text :
       {"", "{", "[1,]", "nul", "{} x", R"({"a":1 "b":2})", "\"\xff\"", "null",
        "-1", "18446744073709551615", "-9223372036854775808", "1e400", "0.1",
        R"("\u00e9\n")", "{}", "[]", "[[],{},[{}]]", R"({"":{"":[]}})",
        R"({"b":1,"a":[true,false,null],"B":{"z":1.5,"y":"x"}})",
        R"({"b":1,"a":2,"b":3})", R"({"a":{"x":1},"b":2,"a":{"y":2},"c":3})",
        R"([{"b":1,"b":{"c":1,"c":2,"d":3},"a":2,"b":4,"a":5}])"}) {
    ordered_json found = parseOrderedJSON(text);
    ordered_json wanted = ordered_json::parse(text, nullptr, false);
    EXPECT_EQ(found.is_discarded(), wanted.is_discarded()) << text;
    if (!wanted.is_discarded())
      EXPECT_EQ(found.dump(), wanted.dump()) << text;
  }
}

/// Half a million members, of which each key comes twice: in the square of that
/// it would take hours.
TEST(OrderedJSONTest, ManyMembers) {
  constexpr int count = 250'000;
  std::string text = "{";
  for (int i = 0; i != 2 * count; ++i)
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i % count) +
            "\":" + std::to_string(i);
  text += "}";
  std::clock_t begin = std::clock(); // of this process, however busy others are
  ordered_json found = parseOrderedJSON(text);
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 60);
  ASSERT_EQ(found.size(), size_t{count});
  int at = 0;
  for (const auto &[key, value] : found.items()) {
    ASSERT_EQ(key, std::to_string(at));
    ASSERT_EQ(value, at + count);
    ++at;
  }
}
