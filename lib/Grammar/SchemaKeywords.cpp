//===- SchemaKeywords.cpp - The words of JSON Schema ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SchemaKeywords.h"

#include <algorithm>

using namespace ignis;

static bool isOneOf(std::string_view word,
                    std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool ignis::isAnnotation(std::string_view keyword) {
  return isOneOf(keyword,
                 {"$schema", "$id", "$comment", "$defs", "definitions", "title",
                  "description", "default", "examples", "deprecated",
                  "readOnly", "writeOnly", "discriminator"});
}

bool ignis::speaksOf(std::string_view keyword, std::string_view type) {
  if (type == "object")
    return isOneOf(keyword, {"properties", "required", "additionalProperties"});
  if (type == "array")
    return isOneOf(keyword, {"items", "prefixItems", "minItems", "maxItems"});
  if (type == "string")
    return isOneOf(keyword, {"minLength", "maxLength", "pattern", "format"});
  if (type == "number" || type == "integer")
    return isOneOf(keyword, {"minimum", "maximum", "exclusiveMinimum",
                             "exclusiveMaximum"});
  return false;
}

/// Those it names; others it says nothing about.
static std::vector<std::string> getNamedTypes(const Schema &schema) {
  auto type = schema.find("type");
  if (type == schema.end())
    return {};
  if (type->is_string())
    return {*type};
  auto isName = [](const Schema &name) { return name.is_string(); };
  if (!type->is_array() || !std::ranges::all_of(*type, isName))
    return {};
  return *type;
}

std::vector<std::string> ignis::getTypes(const Schema &schema) {
  if (schema.contains("type"))
    return getNamedTypes(schema);
  std::vector<std::string> types;
  for (std::string_view type : {"object", "array", "string", "number"})
    if (std::ranges::any_of(schema.items(), [&](const auto &item) {
          return speaksOf(item.key(), type);
        }))
      types.emplace_back(type);
  return types;
}

const Schema *ignis::resolve(const Schema &root, std::string_view reference) {
  if (!reference.starts_with('#'))
    return nullptr;
  reference.remove_prefix(1);
  const Schema *at = &root;
  while (!reference.empty()) {
    if (reference[0] != '/')
      return nullptr;
    reference.remove_prefix(1);
    size_t end = std::min(reference.find('/'), reference.size());
    std::string name;
    for (size_t i = 0; i != end; ++i) { // JSON Pointer, RFC 6901
      bool isEscape = reference[i] == '~' && i + 1 != end;
      name += isEscape && reference[i + 1] == '0'   ? '~'
              : isEscape && reference[i + 1] == '1' ? '/'
                                                    : reference[i];
      i += isEscape;
    }
    reference.remove_prefix(end);
    if (at->is_array()) {
      bool isIndex = !name.empty() && name.size() < 7 &&
                     std::ranges::all_of(name, [](char c) {
                       return c >= '0' && c <= '9';
                     });
      size_t index = isIndex ? std::stoul(name) : at->size();
      if (index >= at->size())
        return nullptr;
      at = &(*at)[index];
      continue;
    }
    if (!at->is_object() || !at->contains(name))
      return nullptr;
    at = &(*at)[name];
  }
  return at;
}

/// The schema itself, or what it refers to. References in a circle lead to a
/// reference.
static const Schema &follow(const Schema &root, const Schema &schema) {
  const Schema *at = &schema;
  for (int steps = 0; steps != 100 && at->is_object(); ++steps) {
    auto reference = at->find("$ref");
    if (reference == at->end() || !reference->is_string())
      break;
    const Schema *next =
        resolve(root, reference->get_ref<const std::string &>());
    if (!next)
      break;
    at = next;
  }
  return *at;
}

//===----------------------------------------------------------------------===//
// oneOf
//===----------------------------------------------------------------------===//

/// The values that a schema lists, or nothing if it lists none.
static std::optional<std::vector<Schema>> getConstants(const Schema &schema) {
  if (!schema.is_object())
    return std::nullopt;
  if (auto it = schema.find("const"); it != schema.end())
    return std::vector<Schema>{*it};
  auto it = schema.find("enum");
  if (it == schema.end() || !it->is_array())
    return std::nullopt;
  return std::vector<Schema>(it->begin(), it->end());
}

static bool haveNoneInCommon(const std::vector<Schema> &a,
                             const std::vector<Schema> &b) {
  return std::ranges::none_of(a, [&](const Schema &value) {
    return std::ranges::find(b, value) != b.end();
  });
}

static bool isRequired(const Schema &schema, const std::string &property) {
  auto required = schema.find("required");
  return required != schema.end() && required->is_array() &&
         std::ranges::find(*required, Schema(property)) != required->end();
}

static bool differInAConstantProperty(const Schema &root, const Schema &a,
                                      const Schema &b) {
  auto inA = a.find("properties"), inB = b.find("properties");
  if (inA == a.end() || inB == b.end() || !inA->is_object() ||
      !inB->is_object())
    return false;
  for (const auto &[name, property] : inA->items()) {
    auto other = inB->find(name);
    if (other == inB->end() || !isRequired(a, name) || !isRequired(b, name))
      continue;
    auto constants = getConstants(follow(root, property));
    auto otherConstants = getConstants(follow(root, *other));
    if (constants && otherConstants &&
        haveNoneInCommon(*constants, *otherConstants))
      return true;
  }
  return false;
}

/// By what they name: {"minimum": 3} says of numbers alone that they are at
/// least 3, but any string is valid by it.
static bool areDisjointTypes(const Schema &a, const Schema &b) {
  std::vector<std::string> first = getNamedTypes(a), second = getNamedTypes(b);
  if (first.empty() || second.empty())
    return false;
  auto general = [](const std::string &type) {
    return type == "integer" ? std::string("number") : type;
  };
  return std::ranges::none_of(first, [&](const std::string &type) {
    return std::ranges::any_of(second, [&](const std::string &other) {
      return general(type) == general(other);
    });
  });
}

bool ignis::areDisjoint(const Schema &root, const Schema &alternatives) {
  for (size_t i = 0; i != alternatives.size(); ++i)
    for (size_t j = 0; j != i; ++j) {
      const Schema &a = follow(root, alternatives[i]);
      const Schema &b = follow(root, alternatives[j]);
      if (!a.is_object() || !b.is_object())
        return false;
      auto constants = getConstants(a), others = getConstants(b);
      if (constants && others) {
        if (!haveNoneInCommon(*constants, *others))
          return false;
        continue;
      }
      if (!areDisjointTypes(a, b) && !differInAConstantProperty(root, a, b))
        return false;
    }
  return true;
}

//===----------------------------------------------------------------------===//
// allOf
//===----------------------------------------------------------------------===//

Expected<Schema> ignis::mergeObjects(const Schema &root,
                                     const Schema &schemas) {
  Schema merged = {{"type", "object"},
                   {"properties", Schema::object()},
                   {"required", Schema::array()}};
  for (const Schema &part : schemas) {
    const Schema &schema = follow(root, part);
    if (!schema.is_object() ||
        getTypes(schema) != std::vector<std::string>{"object"})
      return makeError(ExitCode::Usage,
                       "allOf: expected schemas of objects, other ones are not "
                       "supported together");
    for (const auto &[keyword, value] : schema.items()) {
      if (keyword == "type" || isAnnotation(keyword))
        continue;
      if (keyword == "properties" && value.is_object()) {
        for (const auto &[name, property] : value.items()) {
          auto known = merged["properties"].find(name);
          if (known != merged["properties"].end() && *known != property)
            return makeError(ExitCode::Usage,
                             "allOf: expected each property once, found two "
                             "schemas of {}",
                             name);
          merged["properties"][name] = property;
        }
      } else if (keyword == "required" && value.is_array()) {
        for (const Schema &name : value)
          merged["required"].push_back(name);
      } else {
        return makeError(ExitCode::Usage,
                         "allOf: {} is not supported in one of several schemas",
                         keyword);
      }
    }
  }
  return merged;
}
