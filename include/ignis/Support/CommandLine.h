//===- CommandLine.h - What every program's main does ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_COMMANDLINE_H
#define IGNIS_SUPPORT_COMMANDLINE_H

#include "ignis/Support/Defaults.h"
#include "ignis/Support/Error.h"
#include "ignis/Support/Escape.h"
#include "ignis/Support/HelpFormatter.h"
#include "ignis/Support/Manual.h"
#include "ignis/Support/Print.h"
#include "ignis/Support/Program.h"
#include "ignis/Support/Signals.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ignis {

/// One line on stderr; returns the exit code. Who interrupts knows why.
inline int reportError(const std::string &program, const Error &error) {
  if (error.code == ExitCode::Interrupted)
    return getInterruptedCode();
  print(stderr, "{}: error: {}\n", program, escapeControls(error.message));
  return static_cast<int>(error.code);
}

/// Flushes what was printed; the last step of a program whose result is on
/// stdout, since a full disk or a closed pipe may only show here.
inline Expected<void> flushOutput() {
  if (std::cout.flush() && std::fflush(stdout) == 0 && !std::ferror(stdout))
    return {};
  return makeError(ExitCode::Failure, "cannot write to stdout: {}",
                   std::strerror(errno));
}

//===----------------------------------------------------------------------===//
// Checks of single values
//===----------------------------------------------------------------------===//

/// Of a whole number in digits, the value. CLI11 would take 010 for 8, and what
/// has no room for the greatest number that has.
template <typename T>
bool parseNumber(const std::string &text, T &value) {
  if constexpr (std::is_floating_point_v<T>)
    return CLI::detail::lexical_cast(text, value);
  const char *end = text.data() + text.size();
  auto [rest, status] = std::from_chars(text.data(), end, value);
  std::string_view digits(text);
  digits.remove_prefix(digits.starts_with('-'));
  bool isOctal = digits.size() > 1 && digits.front() == '0';
  return status == std::errc() && rest == end && !isOctal;
}

/// For Option::check: a number between two bounds.
template <typename T>
std::function<std::string(const std::string &)> inRange(T least, T greatest) {
  return [=](const std::string &text) -> std::string {
    T value;
    // A NaN is between nothing.
    if (parseNumber(text, value) && value >= least && value <= greatest)
      return {};
    return fmt::format("expected {} from {} to {}, found {}",
                       std::is_floating_point_v<T> ? "a number"
                                                   : "a whole number",
                       least, greatest, text);
  };
}

/// The same with a lower bound alone.
inline std::function<std::string(const std::string &)> atLeast(int64_t least) {
  auto check = inRange(least, std::numeric_limits<int64_t>::max());
  return [=](const std::string &text) -> std::string {
    if (check(text).empty())
      return {};
    return fmt::format("expected a whole number not below {}, found {}", least,
                       text);
  };
}

/// For Option::check: any number but an infinite one or a NaN.
inline std::string findNoNumber(const std::string &text) {
  double value;
  if (CLI::detail::lexical_cast(text, value) && std::isfinite(value))
    return {};
  return fmt::format("expected a finite number, found {}", text);
}

/// For Option::check: an empty text would be as good as none.
inline std::string findNoText(const std::string &text) {
  return text.empty() ? "expected a text, found none" : "";
}

/// The same for an option that names a file.
inline std::string findNoPath(const std::string &path) {
  return path.empty() ? "expected a file, found nothing" : "";
}

/// For Option::check: one of a few names.
inline std::function<std::string(const std::string &)>
oneOf(std::vector<std::string> names) {
  return [names = std::move(names)](const std::string &text) -> std::string {
    if (std::find(names.begin(), names.end(), text) != names.end())
      return {};
    return fmt::format("expected one of {}, found {}", fmt::join(names, ", "),
                       text);
  };
}

/// An option whose value is one of a few names, in the order that help lists
/// them.
template <typename T>
CLI::Option *addChoice(CLI::App &app, const std::string &name,
                       const std::vector<std::pair<std::string, T>> &choices,
                       T &value, const std::string &help) {
  std::vector<std::string> names;
  for (const auto &[choice, meaning] : choices)
    names.push_back(choice);
  auto choose = [choices, &value](const std::string &text) {
    for (const auto &[choice, meaning] : choices)
      if (choice == text)
        value = meaning;
  };
  return app.add_option_function<std::string>(name, choose, help)
      ->check(oneOf(names))
      ->type_name(fmt::format("{}", fmt::join(names, "|")));
}

//===----------------------------------------------------------------------===//
// All arguments
//===----------------------------------------------------------------------===//

/// The command line of a program: CLI11's parser, with names and messages as
/// people know them. Of a repeated option the last one counts.
class CommandLine : public CLI::App {
public:
  CommandLine(const std::string &description, const std::string &name)
      : CLI::App(description, name) {
    formatter(help);
    footer(exitCodes);
    set_help_flag("-h,--help", "Print this help and end");
    set_version_flag("--version", name + " " IGNIS_VERSION,
                     "Print the version and end");
    // For those who package it; whatever else is missing, as with --help.
    add_option_function<std::string>("--write-manual",
                                     [this](const std::string &kind) {
                                       manualKind = kind;
                                       throw CLI::Success();
                                     })
        ->check(oneOf({"man", "bash", "zsh", "fish", "rules"}))
        ->group("");
    option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }

  /// Has --version say more, once it is asked for.
  void setVersion(std::function<std::string()> describe) {
    set_version_flag("--version", std::move(describe),
                     "Print the version and end");
  }

  /// Has a short name of several letters, such as -cnv, stand for an option.
  void addShortName(const std::string &shortName, const std::string &option) {
    help->shortNames.emplace(shortName, option);
  }

  /// What to say of an option that people know from elsewhere.
  void addHint(const std::string &name, const std::string &hint) {
    hints.emplace(name, hint);
  }

  /// Which options do not go together.
  OptionRules rules{*this};

  /// Parses the arguments (without the program's name). The program goes on if
  /// this is empty, else it ends with the code: after --help, --version, or a
  /// mistake that was reported.
  std::optional<int> parseArguments(std::vector<std::string> arguments) {
    Expected<std::vector<std::string>> resolved =
        resolveNames(std::move(arguments));
    if (!resolved)
      return refuse(resolved.error().message);
    Expected<std::vector<DefaultValue>> defaults = findDefaults(*this);
    if (!defaults)
      return refuse(defaults.error().message);
    addDefaults(*this, rules, *defaults, *resolved);
    // CLI11 takes them from the back.
    std::reverse(resolved->begin(), resolved->end());
    try {
      parse(std::move(*resolved));
      if (auto broken = rules.findBroken())
        return refuse(*broken + describeSource(*defaults, *broken));
      return std::nullopt;
    } catch (const CLI::ParseError &error) {
      if (error.get_exit_code() != 0)
        return refuse(describeMistake(error) +
                      describeSource(*defaults, error.what()));
      if (!manualKind.empty())
        return printManual();
      exit(error); // prints
      Expected<void> flushed = flushOutput();
      return flushed ? 0 : reportError(get_name(), flushed.error());
    }
  }

private:
  int printManual() {
    print(stdout, "{}",
          manualKind == "rules" ? rules.describe()
                                : makeManual(*this, *help, manualKind));
    Expected<void> flushed = flushOutput();
    return flushed ? 0 : reportError(get_name(), flushed.error());
  }

  int refuse(const std::string &mistake) const {
    return reportError(get_name(), {ExitCode::Usage,
                                    mistake + " (see --help)"});
  }

  /// What is wrong with the arguments. Those that nobody asked for CLI11 names
  /// from the back.
  std::string describeMistake(const CLI::ParseError &error) const {
    if (!dynamic_cast<const CLI::ExtrasError *>(&error))
      return error.what();
    std::vector<std::string> extras = remaining(/*recurse=*/true);
    return fmt::format("unexpected argument{}: {}",
                       extras.size() == 1 ? "" : "s", fmt::join(extras, " "));
  }

  /// Writes names as CLI11 knows them, and refuses those that do not exist:
  /// CLI11 would name what is missing first, and takes -hf for -h -f.
  Expected<std::vector<std::string>>
  resolveNames(std::vector<std::string> arguments) const {
    std::vector<std::string> resolved;
    const CLI::App *app = this;
    for (size_t i = 0; i != arguments.size(); ++i) {
      std::string &argument = arguments[i];
      if (argument == "--") {
        resolved.insert(resolved.end(), arguments.begin() + ptrdiff_t(i),
                        arguments.end());
        break;
      }
      if (!looksLikeName(argument)) {
        if (const CLI::App *subcommand = findSubcommand(app, argument))
          app = subcommand;
        else if (app->get_require_subcommand_min() != 0)
          return makeError(ExitCode::Usage, "expected one of {}, found {}",
                           fmt::join(listSubcommands(app), ", "), argument);
        resolved.push_back(std::move(argument));
        continue;
      }
      auto [name, value] = splitName(argument);
      const CLI::Option *option = app->get_option_no_throw(name);
      if (auto hint = hints.find(name); !option && hint != hints.end())
        return makeError(ExitCode::Usage, "{}: {}", name, hint->second);
      if (!option)
        return makeError(ExitCode::Usage, "unknown option: {}", argument);
      bool takesValue = option->get_items_expected_min() != 0;
      resolved.push_back(takesValue && value ? name : name + value.value_or(""));
      if (!takesValue)
        continue;
      // A value is taken whatever it looks like.
      if (value)
        resolved.push_back(value->substr(value->starts_with('=')));
      else if (i + 1 != arguments.size())
        resolved.push_back(std::move(arguments[++i]));
      else
        return makeError(ExitCode::Usage, "{}: expected a value behind it",
                         argument);
    }
    return resolved;
  }

  static bool looksLikeName(std::string_view argument) {
    return argument.size() > 1 && argument[0] == '-' &&
           !std::isdigit(static_cast<unsigned char>(argument[1]));
  }

  static std::vector<std::string> listSubcommands(const CLI::App *app) {
    std::vector<std::string> names;
    for (const CLI::App *subcommand :
         app->get_subcommands([](const CLI::App *) { return true; }))
      names.push_back(subcommand->get_name());
    return names;
  }

  static const CLI::App *findSubcommand(const CLI::App *app,
                                        const std::string &name) {
    for (const CLI::App *subcommand :
         app->get_subcommands([](const CLI::App *) { return true; }))
      if (subcommand->get_name() == name)
        return subcommand;
    return nullptr;
  }

  /// An argument's option and the value in the same argument: "=v" behind a
  /// long name; behind a letter whatever cannot be a name's second letter.
  std::pair<std::string, std::optional<std::string>>
  splitName(const std::string &argument) const {
    if (argument.starts_with("--")) {
      size_t end = argument.find('=');
      if (end == std::string::npos)
        return {argument, std::nullopt};
      return {argument.substr(0, end), argument.substr(end)};
    }
    if (auto it = help->shortNames.find(argument); it != help->shortNames.end())
      return {it->second, std::nullopt};
    if (argument.size() > 2 &&
        !std::isalpha(static_cast<unsigned char>(argument[2])))
      return {argument.substr(0, 2), argument.substr(2)};
    return {argument, std::nullopt};
  }

  std::map<std::string, std::string> hints; ///< by name
  std::string manualKind; ///< of --write-manual; empty: none
  std::shared_ptr<HelpFormatter> help = std::make_shared<HelpFormatter>();
};

} // namespace ignis

#endif // IGNIS_SUPPORT_COMMANDLINE_H
