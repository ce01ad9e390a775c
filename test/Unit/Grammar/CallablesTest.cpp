//===- CallablesTest.cpp - Calls of functions by their schemas ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"

using namespace ignis;

namespace {

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

} // namespace
