//===- SchemaValues.cpp - Objects, arrays, strings and numbers of a schema ===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Regex.h"
#include "SchemaCompiler.h"

#include <algorithm>
#include <cmath>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

Expected<std::vector<SchemaCompiler::Member>>
SchemaCompiler::listMembers(const Schema &schema, const std::string &path) {
  auto properties = schema.value("properties", Schema::object());
  auto required = schema.value("required", Schema::array());
  if (!properties.is_object())
    return refuse(path, "properties: expected an object");
  auto isName = [](const Schema &name) { return name.is_string(); };
  if (!required.is_array() || !std::ranges::all_of(required, isName))
    return refuse(path, "required: expected an array of names");

  std::vector<Member> members;
  auto isRequired = [&](const std::string &name) {
    return std::ranges::find(required, Schema(name)) != required.end();
  };
  if (schema.contains("properties"))
    for (const auto &[name, property] : schema["properties"].items()) {
      Expected<Expr> value = visit(property, path + "/properties/" + name);
      if (!value)
        return tl::unexpected(std::move(value.error()));
      members.push_back(
          {json.member(json.literal(name), *value), isRequired(name)});
    }
  // What is required beside them is one of the additional ones.
  Expected<Expr> other = json.any();
  if (auto it = schema.find("additionalProperties"); it != schema.end())
    other = visit(*it, path + "/additionalProperties");
  if (!other)
    return tl::unexpected(std::move(other.error()));
  std::vector<std::string> added;
  for (const Schema &name : required)
    if (!properties.contains(name.get_ref<const std::string &>()) &&
        std::ranges::find(added, name.get<std::string>()) == added.end()) {
      members.push_back({json.member(json.literal(name), *other), true});
      added.push_back(name);
    }
  return members;
}

/// Members in their order, a comma between two that are there. From the back:
/// what may follow where one was written, and where none was.
Grammar::Expr SchemaCompiler::putTogether(const std::vector<Member> &members,
                                    std::optional<Expr> others) {
  Expr comma = grammar.sequence({grammar.text(","), json.space()});
  Expr later = grammar.empty(), first = grammar.empty();
  if (others) {
    later = grammar.repeat(grammar.sequence({comma, *others}), 0, std::nullopt);
    first = grammar.optional(grammar.sequence({*others, later}));
  }
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    // A rule, since it is called from two places each time.
    Rule rule = grammar.declare("members");
    grammar.define(rule, later);
    Expr behind = grammar.call(rule);
    Expr asFirst = grammar.sequence({member->pair, behind});
    Expr asLater = grammar.sequence({comma, member->pair});
    first = member->isRequired ? asFirst : grammar.choice({asFirst, first});
    later = grammar.sequence(
        {member->isRequired ? asLater : grammar.optional(asLater), behind});
  }
  return grammar.sequence({grammar.text("{"), json.space(), first,
                           json.space(), grammar.text("}")});
}

Expected<Grammar::Expr> SchemaCompiler::buildObject(const Schema &schema,
                                              const std::string &path) {
  Expected<std::vector<Member>> members = listMembers(schema, path);
  if (!members)
    return tl::unexpected(std::move(members.error()));
  auto additional = schema.find("additionalProperties");
  if (members->empty() && additional == schema.end())
    return json.anyObject();
  // Without a word about others, none are written: the object is valid so.
  if (additional == schema.end() || *additional == Schema(false))
    return putTogether(*members, std::nullopt);
  Expected<Expr> value = visit(*additional, path + "/additionalProperties");
  if (!value)
    return value;
  std::vector<std::string> names;
  if (schema.contains("properties"))
    for (const auto &item : schema["properties"].items())
      names.push_back(item.key());
  if (schema.contains("required"))
    for (const Schema &name : schema["required"])
      names.push_back(name);
  for (const std::string &name : names)
    if (name.size() > JSONText::longestKey)
      return refuse(path,
                    "expected names of at most {} bytes beside "
                    "additionalProperties, found one of {}",
                    JSONText::longestKey, name.size());
  return putTogether(*members, json.member(json.otherKey(names), *value));
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

Expected<std::optional<uint32_t>>
SchemaCompiler::getCount(const Schema &schema, const char *keyword,
                   const std::string &path) {
  auto it = schema.find(keyword);
  if (it == schema.end())
    return std::optional<uint32_t>();
  constexpr double most = 1'000'000;
  if (!it->is_number() || it->get<double>() < 0 || it->get<double>() > most ||
      std::floor(it->get<double>()) != it->get<double>())
    return refuse(path, "{}: expected a whole number up to a million", keyword);
  return static_cast<uint32_t>(it->get<double>());
}

Expected<Grammar::Expr> SchemaCompiler::buildArray(const Schema &schema,
                                             const std::string &path) {
  auto least = getCount(schema, "minItems", path);
  auto most = getCount(schema, "maxItems", path);
  if (!least || !most)
    return tl::unexpected(std::move(least ? most.error() : least.error()));
  uint32_t atLeast = least->value_or(0);
  if (*most && **most < atLeast)
    return refuse(path, "expected minItems not above maxItems");

  std::vector<Expr> firstItems;
  if (auto prefix = schema.find("prefixItems"); prefix != schema.end()) {
    if (!prefix->is_array())
      return refuse(path, "prefixItems: expected an array");
    for (size_t i = 0; i != prefix->size(); ++i) {
      Expected<Expr> item =
          visit((*prefix)[i], fmt::format("{}/prefixItems/{}", path, i));
      if (!item)
        return item;
      firstItems.push_back(*item);
    }
  }
  Expected<Expr> item = json.any();
  if (auto items = schema.find("items"); items != schema.end())
    item = visit(*items, path + "/items");
  if (!item)
    return item;

  // From the back: what follows the first n items, n descending. Counts of what
  // stands behind the prefix are those of the whole less the prefix.
  Expr comma = grammar.sequence({grammar.text(","), json.space()});
  auto count = static_cast<uint32_t>(firstItems.size());
  auto less = [](uint32_t from, uint32_t taken) {
    return from > taken ? from - taken : 0;
  };
  auto repeated = [&](uint32_t written) { // items behind `written` others
    std::optional<uint32_t> limit;
    if (*most)
      limit = less(**most, written);
    return grammar.repeat(grammar.sequence({comma, *item}),
                          less(atLeast, written), limit);
  };
  auto closing = grammar.sequence({json.space(), grammar.text("]")});
  Expr behind = closing;
  if (count == 0) {
    Expr some = grammar.sequence({*item, repeated(1), closing});
    bool mayBeEmpty = atLeast == 0, maySome = !*most || **most > 0;
    std::vector<Expr> ways;
    if (mayBeEmpty)
      ways.push_back(grammar.text("]"));
    if (maySome)
      ways.push_back(some);
    behind = grammar.choice(std::move(ways));
  } else {
    for (uint32_t written = count; written != 0; --written) {
      Expr ends = closing;
      Expr goesOn = written == count
                        ? grammar.sequence({repeated(count), closing})
                        : grammar.sequence({comma, firstItems[written], behind});
      bool mayEnd = written >= atLeast, mayGoOn = !*most || **most > written;
      std::vector<Expr> ways;
      if (mayEnd && (written != count || !mayGoOn))
        ways.push_back(ends);
      if (mayGoOn)
        ways.push_back(goesOn);
      behind = grammar.choice(std::move(ways));
    }
    std::vector<Expr> ways;
    if (atLeast == 0)
      ways.push_back(grammar.text("]"));
    if (!*most || **most > 0)
      ways.push_back(grammar.sequence({firstItems[0], behind}));
    behind = grammar.choice(std::move(ways));
  }
  return grammar.sequence({grammar.text("["), json.space(), behind});
}

//===----------------------------------------------------------------------===//
// Strings and numbers
//===----------------------------------------------------------------------===//

/// RFC 3339 and RFC 4122, as regular expressions; the 29th of February only
/// some years have.
static std::string findFormat(std::string_view name) {
  const std::string date =
      "\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|"
      "(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))";
  const std::string time = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?"
                           "(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
  const std::string octet = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  const std::pair<std::string_view, std::string> formats[] = {
      {"date", date},
      {"time", time},
      {"date-time", date + "T" + time},
      {"uuid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"},
      {"ipv4", "(" + octet + "\\.){3}" + octet}};
  for (const auto &[known, pattern] : formats)
    if (known == name)
      return "^" + pattern + "$";
  return {};
}

Expected<Grammar::Expr> SchemaCompiler::buildString(const Schema &schema,
                                              const std::string &path) {
  auto least = getCount(schema, "minLength", path);
  auto most = getCount(schema, "maxLength", path);
  if (!least || !most)
    return tl::unexpected(std::move(least ? most.error() : least.error()));
  if (*most && **most < least->value_or(0))
    return refuse(path, "expected minLength not above maxLength");
  for (const char *keyword : {"pattern", "format"}) {
    auto it = schema.find(keyword);
    if (it == schema.end())
      continue;
    bool isAlone = !*least && !*most &&
                   schema.contains("pattern") != schema.contains("format");
    if (!isAlone)
      return refuse(path, "{} together with another restriction of the string "
                          "is not supported",
                    keyword);
    if (!it->is_string())
      return refuse(path, "{}: expected a string", keyword);
    std::string pattern = *it;
    if (std::string_view(keyword) == "format") {
      std::string known = findFormat(pattern);
      if (known.empty())
        return refuse(path, "format: {} is not supported", pattern);
      pattern = std::move(known);
    }
    auto write = [this](Grammar &, const CodePoints &points) {
      return json.character(points);
    };
    Expected<Expr> characters =
        readRegex(grammar, pattern, write, /*isSearch=*/true);
    if (!characters)
      return refuse(path, "{}: {}", keyword, characters.error().message);
    return json.quoted(*characters);
  }
  return json.string(least->value_or(0), *most);
}

Expected<std::optional<Bound>>
SchemaCompiler::getBound(const Schema &schema, const char *inclusive,
                   const char *exclusive, bool isLow, const std::string &path) {
  std::optional<Bound> bound;
  for (const char *keyword : {inclusive, exclusive}) {
    auto it = schema.find(keyword);
    if (it == schema.end())
      continue;
    constexpr double most = 1e15;
    if (!it->is_number() || !(std::abs(it->get<double>()) < most))
      return refuse(path, "{}: expected a number between -10^15 and 10^15",
                    keyword);
    Bound other = {it->get<double>(), keyword == exclusive};
    bool isStricter =
        !bound ||
        (isLow ? other.value >= bound->value : other.value <= bound->value);
    if (isStricter)
      bound = other;
  }
  return bound;
}

Expected<Grammar::Expr> SchemaCompiler::buildNumber(const Schema &schema,
                                              bool isInteger,
                                              const std::string &path) {
  auto low =
      getBound(schema, "minimum", "exclusiveMinimum", /*isLow=*/true, path);
  auto high =
      getBound(schema, "maximum", "exclusiveMaximum", /*isLow=*/false, path);
  if (!low || !high)
    return tl::unexpected(std::move(low ? high.error() : low.error()));
  return isInteger ? json.integerBetween(*low, *high)
                   : json.numberBetween(*low, *high);
}

