//===- JSONSchema.cpp - JSON that is valid by a schema --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SchemaCompiler.h"

#include "ignis/Grammar/Languages.h"
#include "ignis/Support/JSONNesting.h"
#include "ignis/Support/OrderedJSON.h"

#include <algorithm>
#include <cmath>

using namespace ignis;

Expected<void>
SchemaCompiler::allowOnly(const Schema &schema, const std::string &path,
                    std::initializer_list<std::string_view> allowed) {
  for (const auto &item : schema.items())
    if (!isAnnotation(item.key()) &&
        std::ranges::find(allowed, item.key()) == allowed.end())
      return refuse(path, "{} is not supported here", item.key());
  return {};
}

//===----------------------------------------------------------------------===//
// Any schema
//===----------------------------------------------------------------------===//

Expected<Grammar::Expr> SchemaCompiler::visit(const Schema &schema,
                                        const std::string &path) {
  if (auto it = rules.find(&schema); it != rules.end())
    return grammar.call(it->second);
  if (++depth > mostDepth)
    return refuse(path, "expected schemas nested at most {} deep", mostDepth);
  Rule rule = grammar.declare(path);
  rules.emplace(&schema, rule);
  Expected<Expr> body = build(schema, path);
  --depth;
  if (!body)
    return body;
  grammar.define(rule, *body);
  return grammar.call(rule);
}

Expected<Grammar::Expr> SchemaCompiler::build(const Schema &schema,
                                        const std::string &path) {
  if (schema.is_boolean())
    return schema.get<bool>() ? json.any() : grammar.choice({});
  if (!schema.is_object())
    return refuse(path, "expected an object, true or false");
  if (schema.contains("$id") && &schema != &root)
    return refuse(path, "$id is supported at the top alone");

  if (auto reference = schema.find("$ref"); reference != schema.end()) {
    if (auto alone = allowOnly(schema, path, {"$ref"}); !alone)
      return tl::unexpected(std::move(alone.error()));
    const Schema *target =
        reference->is_string()
            ? resolve(root, reference->get_ref<const std::string &>())
            : nullptr;
    if (!target)
      return refuse(path, "$ref: expected a place in this schema such as "
                          "\"#/$defs/name\", found {}",
                    reference->dump(-1, ' ', false,
                                    Schema::error_handler_t::replace));
    return visit(*target, path);
  }
  for (const char *keyword : {"const", "enum"})
    if (auto it = schema.find(keyword); it != schema.end()) {
      auto alone = allowOnly(schema, path, {keyword, "type"});
      if (!alone)
        return tl::unexpected(std::move(alone.error()));
      bool isList = std::string_view(keyword) == "enum";
      if (isList && !it->is_array())
        return refuse(path, "enum: expected an array");
      return buildConstants(schema, isList ? *it : Schema::array({*it}), path);
    }
  for (const char *keyword : {"anyOf", "oneOf", "allOf"})
    if (auto it = schema.find(keyword); it != schema.end()) {
      std::string name = keyword;
      if (auto alone = allowOnly(schema, path, {name}); !alone)
        return tl::unexpected(std::move(alone.error()));
      std::string place = path + "/" + name;
      if (!it->is_array() || it->empty())
        return refuse(place, "expected an array of schemas");
      if (name == "oneOf" && !areDisjoint(root, *it))
        return refuse(place, "a value may be valid by two of the schemas, "
                             "which cannot be kept out: expected schemas that "
                             "differ in type or in a required constant "
                             "property, or anyOf");
      if (name != "allOf")
        return buildAlternatives(*it, place);
      if (it->size() == 1)
        return visit((*it)[0], place + "/0");
      Expected<Schema> all = mergeObjects(root, *it);
      if (!all)
        return refuse(path, "{}", all.error().message);
      return visit(merged.emplace_back(std::move(*all)), place);
    }

  std::vector<std::string> types = getTypes(schema);
  for (const auto &item : schema.items())
    if (item.key() != "type" && !isAnnotation(item.key()) &&
        std::ranges::none_of(types, [&](const std::string &type) {
          return speaksOf(item.key(), type);
        }))
      return refuse(path, "{} is not supported here", item.key());
  if (types.empty()) {
    if (schema.contains("type"))
      return refuse(path, "type: expected a name, or an array of them");
    return json.any();
  }
  std::vector<Expr> ways;
  for (const std::string &type : types) {
    Expected<Expr> way = buildType(schema, type, path);
    if (!way)
      return way;
    ways.push_back(*way);
  }
  return grammar.choice(std::move(ways));
}

Expected<Grammar::Expr>
SchemaCompiler::buildAlternatives(const Schema &alternatives,
                            const std::string &path) {
  std::vector<Expr> ways;
  for (size_t i = 0; i != alternatives.size(); ++i) {
    Expected<Expr> way =
        visit(alternatives[i], fmt::format("{}/{}", path, i));
    if (!way)
      return way;
    ways.push_back(*way);
  }
  return grammar.choice(std::move(ways));
}

static bool isOfType(const Schema &value, const std::string &type) {
  if (type == "integer")
    return value.is_number_integer() ||
           (value.is_number_float() &&
            std::floor(value.get<double>()) == value.get<double>());
  if (type == "number")
    return value.is_number();
  return value.type_name() == type;
}

Expected<Grammar::Expr> SchemaCompiler::buildConstants(const Schema &schema,
                                                 const Schema &values,
                                                 const std::string &path) {
  if (const Schema *inexact = findInexact(values))
    return refuse(path,
                  "expected whole numbers of at most 64 bits, found {}",
                  inexact->dump());
  std::vector<std::string> types = getTypes(schema);
  if (types.empty() && schema.contains("type"))
    return refuse(path, "type: expected a name, or an array of them");
  std::vector<std::string> texts;
  for (const Schema &value : values)
    if (types.empty() ||
        std::ranges::any_of(types, [&](const std::string &type) {
          return isOfType(value, type);
        }))
      texts.push_back(JSONText::spell(value));
  if (texts.empty())
    return refuse(path, "expected at least one value that is possible");
  return grammar.oneOf(std::move(texts));
}

Expected<Grammar::Expr> SchemaCompiler::buildType(const Schema &schema,
                                            const std::string &type,
                                            const std::string &path) {
  if (type == "object")
    return buildObject(schema, path);
  if (type == "array")
    return buildArray(schema, path);
  if (type == "string")
    return buildString(schema, path);
  if (type == "number" || type == "integer")
    return buildNumber(schema, type == "integer", path);
  if (type == "boolean")
    return grammar.choice({grammar.text("true"), grammar.text("false")});
  if (type == "null")
    return grammar.text("null");
  return refuse(path,
                "type: expected object, array, string, number, integer, "
                "boolean or null, found {}",
                type);
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

Expected<Grammar::Expr> SchemaCompiler::compileObjects() {
  Expected<Expr> values = compile();
  if (values && allowsAll(follow(root, root)))
    return json.anyObject();
  if (values && !areObjects(root))
    return refuse("#", "expected a schema of objects alone");
  return values;
}

static Expected<Schema> parseSchema(std::string_view text) {
  if (!isJSONShallow(text))
    return makeError(ExitCode::Usage,
                     "schema: expected values nested at most {} deep",
                     mostJSONNesting);
  Schema parsed = parseOrderedJSON(text);
  if (parsed.is_discarded())
    return makeError(ExitCode::Usage, "schema: expected JSON");
  return parsed;
}

Expected<Grammar> ignis::parseJSONSchema(std::string_view schema) {
  Expected<Schema> parsed = parseSchema(schema);
  if (!parsed)
    return tl::unexpected(std::move(parsed.error()));
  Grammar grammar;
  grammar.root = grammar.declare("root");
  JSONText json(grammar);
  Expected<Grammar::Expr> body =
      SchemaCompiler(grammar, json, std::move(*parsed)).compile();
  if (!body)
    return tl::unexpected(std::move(body.error()));
  grammar.define(grammar.root, *body);
  return grammar;
}

/// One call of it.
static Expected<Grammar::Expr> addCall(Grammar &grammar, JSONText &json,
                                       const Callable &callable) {
  Expected<Schema> schema = parseSchema(callable.parameters);
  if (!schema)
    return tl::unexpected(std::move(schema.error()));
  Expected<Grammar::Expr> arguments =
      SchemaCompiler(grammar, json, std::move(*schema)).compileObjects();
  if (!arguments)
    return arguments;
  return grammar.sequence(
      {grammar.text("{"), json.space(),
       json.member(json.literal("name"), json.literal(callable.name)),
       grammar.text(","), json.space(),
       json.member(json.literal("arguments"), *arguments), json.space(),
       grammar.text("}")});
}

Expected<Grammar> ignis::parseCallables(std::span<const Callable> callables) {
  Grammar grammar;
  grammar.root = grammar.declare("root");
  JSONText json(grammar);
  std::vector<Grammar::Expr> calls;
  for (const Callable &callable : callables) {
    Expected<Grammar::Expr> call = addCall(grammar, json, callable);
    if (!call)
      return makeError(call.error().code, "{}: {}", callable.name,
                       call.error().message);
    calls.push_back(*call);
  }
  grammar.define(grammar.root, grammar.choice(std::move(calls)));
  return grammar;
}
