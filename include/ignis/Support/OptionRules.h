//===- OptionRules.h - Options that do not go together ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_OPTIONRULES_H
#define IGNIS_SUPPORT_OPTIONRULES_H

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ignis {

/// Which options of a program mean nothing beside others, or without them. CLI11
/// has such rules too, but for it --no-x is --x.
class OptionRules {
public:
  using Options = std::vector<const CLI::Option *>;
  using IsThere = std::function<bool(const CLI::Option *)>;

  explicit OptionRules(const CLI::App &app) : app(app) {}

  /// None of `ones` goes with one of `others`, both long names with spaces
  /// between. `reason` may be empty.
  void exclude(std::string_view ones, std::string_view others,
               std::string_view reason);
  /// No two of `names` go together.
  void excludeEachOther(std::string_view names, std::string_view reason);
  /// Each of `ones` needs any of `others`.
  void require(std::string_view ones, std::string_view others);

  /// Whether one of these does not go with `option`.
  bool excludes(const CLI::Option *option,
                const std::set<const CLI::Option *> &given) const;
  /// Whether `option` requires one that is not there.
  bool lacks(const CLI::Option *option, const IsThere &isThere) const;
  /// What is wrong with what was given, or nothing.
  std::optional<std::string> findBroken() const;
  /// All rules, a line each.
  std::string describe() const;

private:
  struct Exclusion {
    const CLI::Option *one, *other;
    std::string_view reason;

    std::string describe() const;
  };
  struct Requirement {
    const CLI::Option *one;
    Options others;

    std::string describe() const;
  };

  Options find(std::string_view names) const;

  const CLI::App &app;
  std::vector<Exclusion> exclusions;
  std::vector<Requirement> requirements;
};

} // namespace ignis

#endif // IGNIS_SUPPORT_OPTIONRULES_H
