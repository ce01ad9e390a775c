//===- OptionRules.cpp - Options that do not go together ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/OptionRules.h"

#include <fmt/format.h>

#include <algorithm>

using namespace ignis;

OptionRules::Options OptionRules::find(std::string_view names) const {
  Options options;
  for (size_t at = 0, end; at < names.size(); at = end + 1) {
    end = std::min(names.find(' ', at), names.size());
    options.push_back(app.get_option(std::string(names.substr(at, end - at))));
  }
  return options;
}

void OptionRules::exclude(std::string_view ones, std::string_view others,
                          std::string_view reason) {
  for (const CLI::Option *one : find(ones))
    for (const CLI::Option *other : find(others))
      exclusions.push_back({one, other, reason});
}

void OptionRules::excludeEachOther(std::string_view names,
                                   std::string_view reason) {
  Options options = find(names);
  for (size_t i = 0; i != options.size(); ++i)
    for (size_t j = i + 1; j != options.size(); ++j)
      exclusions.push_back({options[i], options[j], reason});
}

void OptionRules::require(std::string_view ones, std::string_view others) {
  for (const CLI::Option *one : find(ones))
    requirements.push_back({one, find(others)});
}

bool OptionRules::excludes(
    const CLI::Option *option,
    const std::set<const CLI::Option *> &given) const {
  return std::ranges::any_of(exclusions, [&](const Exclusion &each) {
    return (each.one == option && given.contains(each.other)) ||
           (each.other == option && given.contains(each.one));
  });
}

bool OptionRules::lacks(const CLI::Option *option,
                        const IsThere &isThere) const {
  return std::ranges::any_of(requirements, [&](const Requirement &each) {
    return each.one == option && std::ranges::none_of(each.others, isThere);
  });
}

/// Not as --no-x.
static bool isGiven(const CLI::Option *option) {
  return option->count() > 0 && (option->get_items_expected_min() != 0 ||
                                 option->results().back() != "false");
}

std::string OptionRules::Exclusion::describe() const {
  return fmt::format("{} excludes {}", one->get_name(), other->get_name());
}

std::string OptionRules::Requirement::describe() const {
  std::vector<std::string> names;
  for (const CLI::Option *other : others)
    names.push_back(other->get_name());
  return fmt::format("{} requires {}", one->get_name(),
                     fmt::join(names, " or "));
}

std::optional<std::string> OptionRules::findBroken() const {
  for (const Exclusion &each : exclusions)
    if (isGiven(each.one) && isGiven(each.other))
      return fmt::format("{}{}{}", each.describe(),
                         each.reason.empty() ? "" : ": ", each.reason);
  for (const Requirement &each : requirements)
    if (isGiven(each.one) && std::ranges::none_of(each.others, isGiven))
      return each.describe();
  return std::nullopt;
}

std::string OptionRules::describe() const {
  std::string text;
  for (const Exclusion &each : exclusions)
    text += each.describe() + "\n";
  for (const Requirement &each : requirements)
    text += each.describe() + "\n";
  return text;
}
