//===- SchemaKeywords.cpp - The words of JSON Schema ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SchemaKeywords.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

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

bool ignis::hasOwnBase(const Schema &schema) {
  auto id = schema.find("$id");
  return id != schema.end() && id->is_string();
}

const Schema *ignis::resolve(const Schema &root, std::string_view reference) {
  // Percent signs would stand for other characters, as in any URI.
  if (!reference.starts_with('#') || reference.find('%') != reference.npos)
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
      if (reference[i] != '~') {
        name += reference[i];
        continue;
      }
      if (++i == end || (reference[i] != '0' && reference[i] != '1'))
        return nullptr;
      name += reference[i] == '0' ? '~' : '/';
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
    if (at != &root && hasOwnBase(*at))
      return nullptr;
    at = &(*at)[name];
  }
  return at;
}

const Schema &ignis::follow(const Schema &root, const Schema &schema) {
  const Schema *at = &schema;
  for (int steps = 0; steps != 100 && at->is_object(); ++steps) {
    auto reference = at->find("$ref");
    if (reference == at->end() || !reference->is_string())
      break;
    bool isAlone = std::ranges::all_of(at->items(), [](const auto &item) {
      return item.key() == "$ref" || isAnnotation(item.key());
    });
    if (!isAlone)
      break;
    const Schema *next =
        resolve(root, reference->get_ref<const std::string &>());
    if (!next)
      break;
    at = next;
  }
  return *at;
}

bool ignis::allowsAll(const Schema &schema) {
  if (!schema.is_object())
    return schema == Schema(true);
  return std::ranges::all_of(schema.items(), [](const auto &item) {
    return isAnnotation(item.key());
  });
}

//===----------------------------------------------------------------------===//
// Values
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

static bool isSame(const Schema &a, const Schema &b) {
  // The order of an object's members means nothing.
  return nlohmann::json(a) == nlohmann::json(b);
}

bool ignis::areObjects(const Schema &root) {
  std::vector<const Schema *> left = {&root};
  std::unordered_set<const Schema *> seen;
  while (!left.empty()) {
    const Schema &schema = follow(root, *left.back());
    left.pop_back();
    if (schema == Schema(true))
      return false;
    if (!seen.insert(&schema).second || !schema.is_object() ||
        schema.contains("$ref"))
      continue;
    if (auto constants = getConstants(schema)) {
      if (!std::ranges::all_of(*constants, &Schema::is_object))
        return false;
      continue;
    }
    bool hasParts = false;
    for (const char *keyword : {"anyOf", "oneOf", "allOf"})
      if (auto it = schema.find(keyword); it != schema.end()) {
        hasParts = true;
        for (const Schema &part : *it)
          left.push_back(&part);
      }
    if (!hasParts && getTypes(schema) != std::vector<std::string>{"object"})
      return false;
  }
  return true;
}

const Schema *ignis::findInexact(const Schema &value) {
  if (value.is_number_float())
    return std::abs(value.get<double>()) >= 0x1p63 ? &value : nullptr;
  if (value.is_structured())
    for (const Schema &part : value)
      if (const Schema *found = findInexact(part))
        return found;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// oneOf
//===----------------------------------------------------------------------===//

static bool haveNoneInCommon(const std::vector<Schema> &a,
                             const std::vector<Schema> &b) {
  return std::ranges::none_of(a, [&](const Schema &value) {
    return std::ranges::any_of(
        b, [&](const Schema &other) { return isSame(value, other); });
  });
}

static bool isRequired(const Schema &schema, const std::string &property) {
  auto required = schema.find("required");
  return required != schema.end() && required->is_array() &&
         std::ranges::find(*required, Schema(property)) != required->end();
}

static bool differInAConstantProperty(const Schema &root, const Schema &a,
                                      const Schema &b) {
  // Of what is no object properties say nothing: it is valid by both.
  const std::vector<std::string> objects = {"object"};
  if (getTypes(a) != objects || getTypes(b) != objects)
    return false;
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
      if (keyword == "type" || (isAnnotation(keyword) && keyword != "$id"))
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
