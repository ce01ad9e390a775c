//===- HelpFormatter.h - How a program prints its options ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_HELPFORMATTER_H
#define IGNIS_SUPPORT_HELPFORMATTER_H

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ignis {

/// Short names of several letters, such as -cnv, each with the option it stands
/// for, such as --conversation. CLI11 has names of one letter behind one dash.
using ShortNames = std::map<std::string, std::string, std::less<>>;

/// `text` in lines of at most `width` bytes where its words allow that, each
/// but the first indented by `indent`.
inline std::string wrapText(std::string_view text, size_t width,
                            size_t indent) {
  std::string wrapped;
  size_t used = 0;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    if (used != 0 && used + 1 + end > width) {
      wrapped += "\n" + std::string(indent, ' ');
      used = 0;
    } else if (used != 0) {
      wrapped += ' ';
      ++used;
    }
    wrapped += text.substr(0, end);
    used += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wrapped;
}

/// Two columns within 100: names and value, then what it is for and the default.
class HelpFormatter : public CLI::Formatter {
public:
  /// What the options' names do not say themselves.
  ShortNames shortNames;

  std::string make_option(const CLI::Option *option,
                          bool isPositional) const override {
    return row(nameOf(option, isPositional), describe(option, isPositional));
  }

  std::string make_subcommand(const CLI::App *subcommand) const override {
    return row(subcommand->get_name(), subcommand->get_description());
  }

  /// Without the line break that CLI11 leaves in front.
  std::string make_description(const CLI::App *app) const override {
    return wrapText(app->get_description(), pageWidth, 0) + "\n";
  }

  /// All names of an option, dashes included, short ones first.
  std::vector<std::string> namesOf(const CLI::Option *option) const {
    std::vector<std::string> names;
    for (const std::string &name : option->get_snames())
      names.push_back("-" + name);
    for (const auto &[shortName, stoodFor] : shortNames)
      if (option->check_name(stoodFor))
        names.push_back(shortName);
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
    return names;
  }

  /// Of its value; empty for a flag.
  static std::string metavariableOf(const CLI::Option *option) {
    if (option->get_items_expected_min() == 0)
      return "";
    std::string type = option->get_type_name();
    if (type == "INT" || type == "UINT" || type == "FLOAT")
      return "N";
    return type;
  }

  /// What stands in the usage line for one that needs no name.
  static std::string placeOf(const CLI::Option *option) {
    return option->get_name(/*positional=*/true);
  }

  static std::string describe(const CLI::Option *option, bool isPositional) {
    std::string text = option->get_description();
    std::string value = option->get_default_str();
    if (value.starts_with('[')) // how CLI11 writes what may be several
      value = value.substr(1, value.size() - 2);
    if (!value.empty())
      text += " (default: " + value + ")";
    else if (option->get_required() && !isPositional)
      text += " (required)";
    return text;
  }

private:
  static constexpr size_t pageWidth = 100;
  static constexpr size_t nameWidth = 30;

  static std::string row(const std::string &name,
                         const std::string &description) {
    std::string line = "  " + name;
    if (description.empty())
      return line + "\n";
    if (line.size() + 2 > nameWidth)
      line += "\n" + std::string(nameWidth, ' ');
    else
      line.resize(nameWidth, ' ');
    return line + wrapText(description, pageWidth - nameWidth, nameWidth) +
           "\n";
  }

  std::string nameOf(const CLI::Option *option, bool isPositional) const {
    if (isPositional)
      return placeOf(option);
    std::string line = fmt::format("{}", fmt::join(namesOf(option), ", "));
    std::string metavariable = metavariableOf(option);
    return metavariable.empty() ? line : line + " " + metavariable;
  }
};

} // namespace ignis

#endif // IGNIS_SUPPORT_HELPFORMATTER_H
