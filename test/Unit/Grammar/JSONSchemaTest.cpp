//===- JSONSchemaTest.cpp - What a schema allows, and its mistakes --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <regex>

using namespace ignis;
using json = nlohmann::json;

namespace {

//===----------------------------------------------------------------------===//
// An independent validator of the keywords that are supported
//===----------------------------------------------------------------------===//

bool isValid(const json &root, const json &schema, const json &value);

bool hasType(const json &value, const std::string &type) {
  if (type == "integer")
    return value.is_number() &&
           std::floor(value.get<double>()) == value.get<double>();
  if (type == "number")
    return value.is_number() && std::isfinite(value.get<double>());
  return value.type_name() == type;
}

size_t countPoints(const std::string &text) {
  return size_t(std::count_if(text.begin(), text.end(),
                              [](char c) { return (c & 0xC0) != 0x80; }));
}

bool keepsTo(const json &root, const json &schema, const std::string &keyword,
             const json &argument, const json &value) {
  if (keyword == "$ref") {
    std::string pointer = argument.get<std::string>().substr(1);
    return isValid(root, root.at(json::json_pointer(pointer)), value);
  }
  if (keyword == "type") {
    json types = argument.is_array() ? argument : json::array({argument});
    return std::any_of(types.begin(), types.end(), [&](const json &type) {
      return hasType(value, type);
    });
  }
  if (keyword == "const")
    return value == argument;
  if (keyword == "enum")
    return std::find(argument.begin(), argument.end(), value) !=
           argument.end();
  if (keyword == "anyOf" || keyword == "oneOf" || keyword == "allOf") {
    auto count =
        std::count_if(argument.begin(), argument.end(), [&](const json &part) {
          return isValid(root, part, value);
        });
    return keyword == "anyOf"   ? count > 0
           : keyword == "oneOf" ? count == 1
                                : size_t(count) == argument.size();
  }
  if (value.is_object()) {
    if (keyword == "properties") {
      for (const auto &[name, property] : argument.items())
        if (value.contains(name) && !isValid(root, property, value[name]))
          return false;
    } else if (keyword == "required") {
      for (const json &name : argument)
        if (!value.contains(name.get<std::string>()))
          return false;
    } else if (keyword == "additionalProperties") {
      for (const auto &[name, member] : value.items())
        if (!(schema.contains("properties") &&
              schema["properties"].contains(name)) &&
            !isValid(root, argument, member))
          return false;
    }
  }
  if (value.is_array()) {
    size_t prefix =
        schema.contains("prefixItems") ? schema["prefixItems"].size() : 0;
    for (size_t i = 0; i != value.size(); ++i) {
      if (keyword == "prefixItems" && i < prefix &&
          !isValid(root, argument[i], value[i]))
        return false;
      if (keyword == "items" && i >= prefix &&
          !isValid(root, argument, value[i]))
        return false;
    }
    if (keyword == "minItems")
      return value.size() >= argument.get<size_t>();
    if (keyword == "maxItems")
      return value.size() <= argument.get<size_t>();
  }
  if (value.is_string()) {
    auto text = value.get<std::string>();
    if (keyword == "minLength")
      return countPoints(text) >= argument.get<size_t>();
    if (keyword == "maxLength")
      return countPoints(text) <= argument.get<size_t>();
    if (keyword == "pattern")
      return std::regex_search(text, std::regex(argument.get<std::string>()));
  }
  if (value.is_number()) {
    double number = value, bound = argument.is_number() ? double(argument) : 0;
    if (keyword == "minimum")
      return number >= bound;
    if (keyword == "maximum")
      return number <= bound;
    if (keyword == "exclusiveMinimum")
      return number > bound;
    if (keyword == "exclusiveMaximum")
      return number < bound;
  }
  return true;
}

bool isValid(const json &root, const json &schema, const json &value) {
  if (schema.is_boolean())
    return schema.get<bool>();
  for (const auto &[keyword, argument] : schema.items())
    if (!keepsTo(root, schema, keyword, argument, value))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Schemas
//===----------------------------------------------------------------------===//

const char *const schemas[] = {
    R"({})",
    R"(true)",
    R"({"type": "object"})",
    R"({"type": ["string", "null", "boolean"]})",
    R"({"enum": ["a\"b", 1, 2.5, null, {"x": [1, "é"]}]})",
    R"({"const": {"a": "\n"}})",
    R"({"type": "object", "properties": {"a": {"type": "integer"},
        "b": {"type": "string"}, "c": {}}, "required": ["b"]})",
    R"({"type": "object", "properties": {"a": {"type": "integer"}},
        "required": ["a", "z"], "additionalProperties": {"type": "null"}})",
    R"({"properties": {"ab": {"const": 1}, "abc": {"const": 2}, "é": {"const": 3},
        "": {"const": 4}}, "additionalProperties": {"type": "string"}})",
    R"({"type": "array", "items": {"type": "boolean"}, "minItems": 2,
        "maxItems": 4})",
    R"({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}],
        "items": {"const": 3}, "minItems": 1, "maxItems": 3})",
    R"({"prefixItems": [{"const": 1}, {"const": 2}], "maxItems": 1})",
    R"({"prefixItems": [{"const": 1}], "maxItems": 0})",
    R"({"items": {"type": "null"}, "maxItems": 0})",
    R"({"type": "string", "minLength": 2, "maxLength": 4})",
    R"({"type": "string", "pattern": "^[a-c\"\\\\\n]{2,5}$"})",
    R"({"type": "string", "pattern": "b+|^x.$"})",
    R"({"type": "integer", "minimum": -17, "exclusiveMaximum": 230})",
    R"({"type": "number", "exclusiveMinimum": -0.25, "maximum": 12.5})",
    R"({"type": "number", "minimum": 0.5, "maximum": 0.5625})",
    R"({"type": "integer", "minimum": 3.5})",
    R"({"type": "number", "exclusiveMinimum": 0})",
    R"({"anyOf": [{"type": "integer"}, {"type": "array",
        "items": {"$ref": "#"}}]})",
    R"({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object",
        "properties": {"value": {"type": "number"}, "next": {"anyOf": [
        {"type": "null"}, {"$ref": "#/$defs/node"}]}},
        "required": ["value", "next"], "additionalProperties": false}}})",
    R"({"oneOf": [{"type": "object", "properties": {"kind": {"const": "a"},
        "x": {"type": "integer"}}, "required": ["kind", "x"]},
        {"type": "object", "properties": {"kind": {"enum": ["b", "c"]}},
        "required": ["kind"]}, {"type": "string"}]})",
    R"({"allOf": [{"type": "object", "properties": {"a": {"const": 1}},
        "required": ["a"]}, {"$ref": "#/$defs/b"}],
        "$defs": {"b": {"properties": {"b": {"const": 2}}}}})",
    R"({"type": "object", "properties": {"наме": {"type": "string",
        "maxLength": 3}, "a~b/c": {"enum": ["😀"]}}, "required": ["наме"]})",
};

TEST(JSONSchema, WhatIsDrawnIsValid) {
  std::mt19937 random(4);
  for (const char *text : schemas) {
    Matcher matcher(parseJSONSchema(text));
    ASSERT_EQ(matcher.error, "") << text;
    json schema = json::parse(text);
    int drawn = 0;
    for (int i = 0; i != 400; ++i) {
      std::optional<std::string> value = matcher.draw(random, 200);
      if (!value)
        continue;
      ++drawn;
      json parsed = json::parse(*value, nullptr, false);
      ASSERT_FALSE(parsed.is_discarded()) << text << ": " << *value;
      ASSERT_TRUE(isValid(schema, schema, parsed)) << text << ": " << *value;
    }
    EXPECT_GT(drawn, 10) << text;
  }
}

struct Example {
  const char *schema;
  std::vector<std::string> taken;
  std::vector<std::string> refused;
};

TEST(JSONSchema, TakesWhatPeopleWrite) {
  const Example examples[] = {
      {"{}",
       {R"({"a": [1, -2.5e10, true], "b": {"c": null}})", "\"\\u00e9\\n\"",
        "[]", "{}", "{\n  \"a\": 1,\n  \"b\": 2\n}"},
       {"{,}", "[1,]", "01", "\"\n\"", "\"\\ud800\"", "nul", "{\"a\" 1}",
        "1e400"}},
      {schemas[6],
       {R"({"b": "x"})", R"({"a": 1, "b": "x"})", R"({"b":"x","c":[]})"},
       {R"({"a": 1})", R"({"b": "x", "a": 1})", R"({"b": "x",})", "{}"}},
      {schemas[8],
       {R"({"ab": 1, "abcd": "x"})", R"({"a": "x"})", R"({"": 4, "b": "y"})"},
       {R"({"abc": "x"})", R"({"é": "x"})", R"({"a": 1})"}},
      {schemas[11], {"[1]", "[]"}, {"[1, 2]", "[2]"}},
      {schemas[12], {"[]"}, {"[1]"}},
      {schemas[14],
       {"\"ab\"", "\"\u00e9\U0001F600\\u0041\\\"\""},
       {"\"a\"", "\"abcde\"", "\"\\ud83d\\ude00\""}},
      {schemas[16], {"\"xbx\"", "\"x?\"", "\"bbb\""}, {"\"xxx\"", "\"\""}},
      {R"({"type": "string", "format": "date-time"})",
       {"\"2026-11-30T23:59:59Z\"", "\"2024-02-28T00:00:00.5+01:00\""},
       {"\"2026-11-31T00:00:00Z\"", "\"2026-02-30T00:00:00Z\"",
        "\"2026-11-30\""}},
      {R"({"type": "string", "format": "ipv4"})",
       {"\"127.0.0.1\"", "\"255.255.255.255\""},
       {"\"256.0.0.1\"", "\"1.2.3\"", "\"1.2.3.4.\""}},
  };
  for (const Example &example : examples) {
    Matcher matcher(parseJSONSchema(example.schema));
    ASSERT_EQ(matcher.error, "");
    for (const std::string &text : example.taken)
      EXPECT_TRUE(matcher.takes(text)) << example.schema << ": " << text;
    for (const std::string &text : example.refused)
      EXPECT_FALSE(matcher.takes(text)) << example.schema << ": " << text;
  }
}

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

/// Constants have the digits that they were given.
TEST(JSONSchema, LargeConstantsAreExact) {
  for (const char *number : {"18446744073709551615", "-9223372036854775808",
                             "9007199254740993", "0.1", "1e+16"})
    EXPECT_TRUE(Matcher(parseJSONSchema(fmt::format(R"({{"const": {}}})",
                                                    number)))
                    .takes(number))
        << number;
}

TEST(JSONSchema, OneOfTakesObjectsThatDiffer) {
  // What names no type is written as an object, too.
  Matcher matcher(parseJSONSchema(
      R"({"oneOf": [{"properties": {"k": {"const": 1}}, "required": ["k"]},
          {"type": "object", "properties": {"k": {"const": 2}},
           "required": ["k"]}]})"));
  ASSERT_EQ(matcher.error, "");
  EXPECT_TRUE(matcher.takes(R"({"k": 1})"));
  EXPECT_TRUE(matcher.takes(R"({"k": 2})"));
  EXPECT_FALSE(matcher.begins("3"));
}

TEST(JSONSchema, AnIdAtTheTopChangesNothing) {
  Matcher matcher(parseJSONSchema(
      R"({"$id": "http://x/y", "type": "object", "properties": {"$id":
          {"$ref": "#/$defs/n"}}, "required": ["$id"],
          "$defs": {"n": {"type": "integer"}}})"));
  ASSERT_EQ(matcher.error, "");
  EXPECT_TRUE(matcher.takes(R"({"$id": 1})"));
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

TEST(Callables, EachSchemaIsARootOfItsOwn) {
  const Callable callables[] = {
      {"f", R"({"type": "object", "properties": {"name": {"type": "integer"},
                "b": {"$ref": "#/properties/name"}}, "required": ["b"]})"},
      {"g", R"({"$ref": "#/$defs/t", "$defs": {"t": {"type": "object",
                "properties": {"t": {"$ref": "#/$defs/t"}},
                "additionalProperties": false}}})"},
      {"h\"</tool_call>", "{}"}};
  Matcher matcher(parseCallables(callables));
  ASSERT_EQ(matcher.error, "");
  for (const char *text :
       {R"({"name": "f", "arguments": {"b": 3}})",
        R"({"name":"f","arguments":{"name": 1, "b": 2}})",
        R"({"name": "g", "arguments": {"t": {"t": {}}}})",
        "{\n  \"name\": \"g\",\n  \"arguments\": {}\n}",
        R"({"name": "h\"</tool_call>", "arguments": {"x": [1]}})"})
    EXPECT_TRUE(matcher.takes(text)) << text;
  for (const char *text :
       {R"({"name": "f", "arguments": {"b": "f)",
        R"({"name": "g", "arguments": {"b)", R"({"name": "i)",
        R"({"name": "h\"</tool_call>", "arguments": 3)"})
    EXPECT_FALSE(matcher.begins(text)) << text;
}

TEST(Callables, ArgumentsAreObjects) {
  for (const char *schema :
       {"{}", "true", R"({"title": "x"})", R"({"type": "object"})",
        R"({"$ref": "#/$defs/a", "$defs": {"a": {}}})",
        R"({"anyOf": [{"required": ["a"]}, {"const": {}}]})"}) {
    Matcher matcher(parseCallables(std::vector<Callable>{{"f", schema}}));
    ASSERT_EQ(matcher.error, "") << schema;
    EXPECT_TRUE(matcher.begins(R"({"name": "f", "arguments": {)")) << schema;
    EXPECT_FALSE(matcher.begins(R"({"name": "f", "arguments": [)")) << schema;
    EXPECT_FALSE(matcher.begins(R"({"name": "f", "arguments": 1)")) << schema;
  }
  for (const char *schema :
       {R"({"type": "string"})", R"({"type": ["object", "null"]})",
        R"({"enum": [{}, 3]})", R"({"minLength": 3})", R"({"const": null})",
        R"({"anyOf": [{"type": "object"}, {}]})",
        R"({"anyOf": [{"type": "object"}, {"$ref": "#/$defs/a"}],
            "$defs": {"a": {"anyOf": [{"type": "object"}, true]}}})"})
    EXPECT_EQ(
        Matcher(parseCallables(std::vector<Callable>{{"f", schema}})).error,
        "f: schema, #: expected a schema of objects alone")
        << schema;
  // What stands beside a reference is not passed over.
  EXPECT_EQ(Matcher(parseCallables(std::vector<Callable>{
                        {"f", R"({"$ref": "#/$defs/a", "required": ["x"],
                                  "$defs": {"a": {}}})"}}))
                .error,
            "f: schema, #: required is not supported here");
}

//===----------------------------------------------------------------------===//
// Mistakes
//===----------------------------------------------------------------------===//

TEST(JSONSchema, RefusesWhatItDoesNotKeep) {
  const std::pair<const char *, const char *> cases[] = {
      {"{", "schema: expected JSON"},
      {"[]", "schema, #: expected an object, true or false"},
      {R"({"type": "obj"})", "schema, #: type: expected object, array, string"},
      {R"({"type": 3})", "schema, #: type: expected a name"},
      {R"({"type": "string", "minimum": 3})",
       "schema, #: minimum is not supported here"},
      {R"({"not": {}})", "schema, #: not is not supported here"},
      {R"({"type": "array", "uniqueItems": true})",
       "schema, #: uniqueItems is not supported here"},
      {R"({"type": "number", "multipleOf": 2})",
       "schema, #: multipleOf is not supported here"},
      {R"({"properties": {"a": {"patternProperties": {}}}})",
       "schema, #/properties/a: patternProperties is not supported here"},
      {R"({"type": "string", "format": "email"})",
       "schema, #: format: email is not supported"},
      {R"s({"type": "string", "pattern": "(?=a)"})s",
       "schema, #: pattern: regular expression, byte 2: look-around is not"},
      {R"({"type": "string", "pattern": "a", "maxLength": 3})",
       "schema, #: pattern together with another restriction"},
      {R"({"minLength": 3, "maxLength": 2})",
       "schema, #: expected minLength not above maxLength"},
      {R"({"minItems": 2.5})", "schema, #: minItems: expected a whole number"},
      {R"({"minimum": 1e30})", "schema, #: minimum: expected a number between"},
      {R"({"$ref": "#/$defs/none"})", "schema, #: $ref: expected a place"},
      {R"({"$ref": "http://example.com/x"})",
       "schema, #: $ref: expected a place"},
      {R"({"$ref": "#", "type": "object"})",
       "schema, #: type is not supported here"},
      {R"({"enum": []})", "schema, #: expected at least one value"},
      {R"({"enum": [1], "type": "string"})",
       "schema, #: expected at least one value"},
      {R"({"oneOf": [{"type": "integer"}, {"type": "number"}]})",
       "schema, #/oneOf: a value may be valid by two of the schemas"},
      {R"({"oneOf": [{"minimum": 3}, {"type": "string"}]})",
       "schema, #/oneOf: a value may be valid by two of the schemas"},
      // An object is valid by one, an integer by both.
      {R"({"oneOf": [{"type": ["object", "integer"], "properties": {"k":
          {"const": 1}}, "required": ["k"]}, {"type": ["object", "integer"],
          "properties": {"k": {"const": 2}}, "required": ["k"]}]})",
       "schema, #/oneOf: a value may be valid by two of the schemas"},
      {R"({"oneOf": [{"const": {"a": 1, "b": 2}},
          {"const": {"b": 2.0, "a": 1}}]})",
       "schema, #/oneOf: a value may be valid by two of the schemas"},
      {R"({"oneOf": [{"enum": [[{"a": 1, "b": 2}]]},
          {"enum": [3, [{"b": 2, "a": 1}]]}]})",
       "schema, #/oneOf: a value may be valid by two of the schemas"},
      {R"({"properties": {"a": {"$id": "x", "$ref": "#/$defs/n"}},
          "$defs": {"n": {}}})",
       "schema, #/properties/a: $id is supported at the top alone"},
      {R"({"$ref": "#/$defs/a/properties/b", "$defs": {"a": {"$id": "x",
          "properties": {"b": {"$ref": "#/$defs/a"}}}}})",
       "schema, #: $ref: expected a place"},
      {R"({"allOf": [{"type": "object", "$id": "x"}, {"type": "object"}]})",
       "schema, #: allOf: $id is not supported"},
      // What stands beside a reference is not passed over.
      {R"({"allOf": [{"type": "object"}, {"$ref": "#/$defs/a",
          "required": ["x"]}], "$defs": {"a": {"type": "object"}}})",
       "schema, #: allOf: $ref is not supported in one of several schemas"},
      {R"({"const": 1, "type": ["string", 3]})",
       "schema, #: type: expected a name"},
      {R"({"enum": [1], "type": []})", "schema, #: type: expected a name"},
      {R"({"$ref": "#/$defs/a%25", "$defs": {"a%25": {}}})",
       "schema, #: $ref: expected a place"},
      {R"({"$ref": "#/$defs/~2", "$defs": {"~": {}}})",
       "schema, #: $ref: expected a place"},
      {R"({"const": 12345678901234567890123})",
       "schema, #: expected whole numbers of at most 64 bits, found 1.23456789"},
      {R"({"items": {"enum": ["a", {"b": [-9223372036854775809]}]}})",
       "schema, #/items: expected whole numbers of at most 64 bits, found -9.2"},
      {R"({"type": ["string", 3]})", "schema, #: type: expected a name"},
      {R"({"allOf": [{"type": "object"}, {"type": "string"}]})",
       "schema, #: allOf: expected schemas of objects"},
      {R"({"required": [1]})", "schema, #: required: expected an array of"},
  };
  for (auto [schema, message] : cases) {
    Expected<Grammar> grammar = parseJSONSchema(schema);
    ASSERT_FALSE(grammar) << schema;
    EXPECT_EQ(grammar.error().message.substr(0, strlen(message)), message);
    EXPECT_EQ(grammar.error().code, ExitCode::Usage);
  }
}

/// Strings of a size, as people ask for them.
TEST(JSONSchema, LongStringsAreOfTheirLength) {
  Matcher matcher(
      parseJSONSchema(R"({"minLength": 10000, "maxLength": 20000})"));
  ASSERT_EQ(matcher.error, "");
  auto quote = [](size_t size) {
    std::string text;
    for (size_t i = 0; i != size; ++i)
      text += i % 2 ? "\\n" : "\u00e9";
    return '"' + text + '"';
  };
  EXPECT_TRUE(matcher.takes(quote(10000)));
  EXPECT_TRUE(matcher.takes(quote(20000)));
  EXPECT_FALSE(matcher.takes(quote(9999)));
  EXPECT_FALSE(matcher.takes(quote(20001)));
}

TEST(JSONSchema, HostileOnesEndInAnError) {
  std::string deep;
  for (int i = 0; i != 5000; ++i)
    deep += R"({"items":)";
  deep += "{}" + std::string(5000, '}');
  EXPECT_NE(Matcher(parseJSONSchema(deep)).error, "");
  // What recurses into values would need more stack than there is.
  EXPECT_EQ(Matcher(parseJSONSchema(R"({"const":)" + std::string(300000, '[') +
                                    std::string(300000, ']') + "}"))
                .error,
            "schema: expected values nested at most 500 deep");
  auto withName = [](size_t size) {
    return R"({"additionalProperties": {}, "properties": {")" +
           std::string(size, 'a') + R"(": {}}})";
  };
  EXPECT_EQ(Matcher(parseJSONSchema(withName(256))).error, "");
  EXPECT_EQ(Matcher(parseJSONSchema(withName(100000))).error,
            "schema, #: expected names of at most 256 bytes beside "
            "additionalProperties, found one of 100000");
  EXPECT_EQ(Matcher(parseJSONSchema(R"({"$ref": "#"})")).error,
            "rule #: calls itself before it takes a character: expected the "
            "recursion behind one");
  EXPECT_EQ(Matcher(parseJSONSchema(R"({"properties": {"a": {"$ref": "#"}},
                                        "required": ["a"]})"))
                .error,
            "the grammar matches no text");
  EXPECT_EQ(Matcher(parseJSONSchema(R"({"required": ["a"],
                                        "additionalProperties": false})"))
                .error,
            "the grammar matches no text");
  EXPECT_EQ(Matcher(parseJSONSchema("false")).error,
            "the grammar matches no text");
  EXPECT_EQ(Matcher(parseJSONSchema(R"({"minItems": 1000000})")).error,
            "the grammar is too large: expected at most 262144 steps");
}

} // namespace
