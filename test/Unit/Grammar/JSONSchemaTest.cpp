//===- JSONSchemaTest.cpp - What a schema allows, and its mistakes --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"
#include "SchemaValidator.h"

#include <cstring>

using namespace ignis;
using json = nlohmann::json;

namespace {

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
