//===- JSONNumbersTest.cpp - Numbers between bounds -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"
#include "SchemaValidator.h"

#include <cmath>

using namespace ignis;
using json = nlohmann::json;

namespace {

/// Every hundredth around random bounds, with and without zeros at the end.
TEST(JSONSchema, NumbersKeepToTheirBounds) {
  std::mt19937 random(5);
  for (int round = 0; round != 150; ++round) {
    auto draw = [&] {
      int scale = random() % 2 ? 100 : 4;
      return double(int(random() % 1200) - 600) / scale;
    };
    json schema = {{"type", "number"}};
    double low = draw(), high = draw();
    if (low > high)
      std::swap(low, high);
    bool hasLow = random() % 4, hasHigh = random() % 4;
    bool lowExclusive = random() % 2, highExclusive = random() % 2;
    if (hasLow)
      schema[lowExclusive ? "exclusiveMinimum" : "minimum"] = low;
    if (hasHigh)
      schema[highExclusive ? "exclusiveMaximum" : "maximum"] = high;
    Matcher matcher(parseJSONSchema(schema.dump()));
    bool isEmpty = hasLow && hasHigh && low == high &&
                   (lowExclusive || highExclusive);
    ASSERT_EQ(matcher.error == "the grammar matches no text", isEmpty)
        << schema << matcher.error;
    if (isEmpty)
      continue;
    json asInteger = schema;
    asInteger["type"] = "integer";
    Matcher whole(parseJSONSchema(asInteger.dump()));
    for (int hundredths = -800; hundredths <= 800; ++hundredths) {
      double value = hundredths / 100.0;
      if (hundredths == 0)
        continue; // -0 is left out
      std::string text = fmt::format("{:.2f}", value);
      bool expected = isValid(schema, schema, json(value));
      EXPECT_EQ(matcher.takes(text), expected) << schema << text;
      EXPECT_EQ(matcher.takes(text + "0"), expected) << schema << text;
      std::string shortest = fmt::format("{}", value);
      EXPECT_EQ(matcher.takes(shortest), expected) << schema << shortest;
      if (whole.error.empty() && hundredths % 100 == 0) {
        EXPECT_EQ(whole.takes(shortest), expected) << schema << shortest;
      }
    }
  }
}

/// What is written near a bound is on its side as a double, too.
TEST(JSONSchema, NumbersKeepToTheirBoundsAsDoubles) {
  std::mt19937 random(6);
  std::vector<double> bounds = {0.5, 1, 0.1, 0.3, 5, 1e-20, 12.5, 99999.99,
                                999999999999998, 123456789012345.6};
  for (int i = 0; i != 40; ++i)
    bounds.push_back(std::ldexp(double(random()), int(random() % 60) - 46));
  for (size_t i = 0; i != 10; ++i)
    bounds.push_back(std::nextafter(bounds[i], i % 2 ? 0 : 1e9));
  for (size_t i = 0, count = bounds.size(); i != count; ++i)
    bounds.push_back(-bounds[i]);
  for (double bound : bounds)
    for (const char *keyword : {"minimum", "maximum", "exclusiveMinimum",
                                "exclusiveMaximum"}) {
      json schema = {{"type", "number"}, {keyword, bound}};
      Matcher matcher(parseJSONSchema(schema.dump()));
      ASSERT_EQ(matcher.error, "") << schema;
      std::vector<std::string> texts;
      for (int digits = 0; digits != 26; ++digits)
        for (double value : {bound, std::nextafter(bound, -1e16),
                             std::nextafter(bound, 1e16)})
          texts.push_back(fmt::format("{:.{}f}", value, digits));
      std::string shortest = fmt::format("{}", bound);
      if (shortest.find_first_of(".e") == std::string::npos)
        shortest += '.';
      for (int zeros = 0; zeros != 40; ++zeros)
        texts.push_back(shortest + std::string(size_t(zeros), '0') + "3");
      for (const std::string &text : texts)
        if (matcher.takes(text)) {
          EXPECT_TRUE(isValid(schema, schema, json::parse(text)))
              << schema << ": " << text;
        }
      // A bound is one of the values if it is not left out.
      std::string whole = fmt::format("{}", bound);
      if (whole.find('e') == std::string::npos) {
        EXPECT_EQ(matcher.takes(whole), keyword[0] == 'm') << schema;
      }
    }
}

TEST(JSONSchema, NumbersBetweenBoundsHaveFifteenDigits) {
  auto expect = [](const char *schema, std::vector<std::string> taken,
                   std::vector<std::string> refused) {
    Matcher matcher(parseJSONSchema(schema));
    ASSERT_EQ(matcher.error, "") << schema;
    for (const std::string &text : taken)
      EXPECT_TRUE(matcher.takes(text)) << schema << ": " << text;
    for (const std::string &text : refused)
      EXPECT_FALSE(matcher.begins(text)) << schema << ": " << text;
  };
  expect(R"({"exclusiveMinimum": 0.5, "exclusiveMaximum": 1})",
         {"0.999999999999999", "0.500000000000001"},
         {"0.9999999999999999", "0.5000000000000001"});
  expect(R"({"exclusiveMinimum": 5, "maximum": 5.5})",
         {"5.00000000000001", "5.5", "5.50000000000000"},
         {"5.000000000000003", "5.000000000000000", "5.500000000000000"});
  expect(R"({"minimum": 10})", {"123456789012345", "123456789012.345"},
         {"1234567890123456", "123456789012.3456"});
  expect(R"({"minimum": 1e-20, "maximum": 1e-20})", {"0.00000000000000000001"},
         {"0.000000000000000000010", "0.1"});
  expect(R"({"minimum": 0.30000000000000004, "maximum": 0.5})",
         {"0.30000000000000004", "0.300000000000001"},
         {"0.3000000000000001", "0.300000000000000040"});
  EXPECT_EQ(Matcher(parseJSONSchema(
                        R"({"exclusiveMinimum": 0, "maximum": 1e-20})"))
                .takes("0.00000000000000000001"),
            true);
}

} // namespace
