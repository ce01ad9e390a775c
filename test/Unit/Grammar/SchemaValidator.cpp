//===- SchemaValidator.cpp - Keywords of JSON schemas, again --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SchemaValidator.h"

#include <algorithm>
#include <cmath>
#include <regex>

using namespace ignis;
using json = nlohmann::json;

static bool hasType(const json &value, const std::string &type) {
  if (type == "integer")
    return value.is_number() &&
           std::floor(value.get<double>()) == value.get<double>();
  if (type == "number")
    return value.is_number() && std::isfinite(value.get<double>());
  return value.type_name() == type;
}

static size_t countPoints(const std::string &text) {
  return size_t(std::count_if(text.begin(), text.end(),
                              [](char c) { return (c & 0xC0) != 0x80; }));
}

static bool keepsTo(const json &root, const json &schema, const std::string &keyword,
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

bool ignis::isValid(const json &root, const json &schema, const json &value) {
  if (schema.is_boolean())
    return schema.get<bool>();
  for (const auto &[keyword, argument] : schema.items())
    if (!keepsTo(root, schema, keyword, argument, value))
      return false;
  return true;
}
