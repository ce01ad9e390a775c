//===- Defaults.cpp - Defaults from files and the environment -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/Defaults.h"

#include "ignis/Support/Escape.h"
#include "ignis/Support/InputFile.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <set>

#include <unistd.h>

using namespace ignis;

static std::string getVariable(const std::string &name) {
  const char *value = std::getenv(name.c_str());
  return value ? value : "";
}

static std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r";
  size_t begin = std::min(text.find_first_not_of(space), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(space) + 1);
}

/// Empty where there is none.
static std::string findFile() {
  if (std::string path = getVariable("IGNIS_CONFIG"); !path.empty())
    return path;
  std::string folder = getVariable("XDG_CONFIG_HOME");
  if (folder.empty() && !getVariable("HOME").empty())
    folder = getVariable("HOME") + "/.config";
  std::string path = folder + "/ignis/config";
  return folder.empty() || access(path.c_str(), F_OK) != 0 ? "" : path;
}

/// The arguments that set an option; none where a flag is off anyway.
static Expected<std::vector<std::string>>
toArguments(const std::string &source, const CLI::Option *option,
            const std::string &name, const std::string &value) {
  if (option->get_items_expected_min() != 0)
    return std::vector<std::string>{name, value};
  if (value == "1" || value == "true" || value == "on" || value.empty())
    return std::vector<std::string>{name};
  if (value == "0" || value == "false" || value == "off")
    return std::vector<std::string>{};
  return makeError(ExitCode::Usage,
                   "{}: expected true or false for {}, found '{}'", source,
                   name, value);
}

static Expected<void> readDefaultsFile(CLI::App &app, const std::string &path,
                                       std::vector<DefaultValue> &defaults) {
  Expected<std::string> text = readFile(path);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  std::string section;
  size_t number = 0;
  for (size_t at = 0, end; at < text->size(); at = end + 1) {
    end = std::min(text->find('\n', at), text->size());
    std::string_view line = trim(std::string_view(*text).substr(at, end - at));
    std::string source = fmt::format("{}: line {}", path, ++number);
    if (line.empty() || line[0] == '#')
      continue;
    if (line[0] == '[' && line.back() == ']') {
      section = trim(line.substr(1, line.size() - 2));
      continue;
    }
    size_t equal = std::min(line.find('='), line.size());
    std::string_view given = trim(line.substr(0, equal));
    if (given.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") !=
        std::string_view::npos)
      return makeError(ExitCode::Usage,
                       "{}: expected NAME = VALUE or [PROGRAM], found '{}'",
                       source, escapeControls(line));
    if (!section.empty() && section != app.get_name())
      continue;
    std::string name = "--" + std::string(given);
    CLI::Option *option = app.get_option_no_throw(name);
    // What every program shares not every program has.
    if (!option && section.empty())
      continue;
    if (!option)
      return makeError(ExitCode::Usage, "{}: unknown option: {}", source, name);
    std::string value(
        trim(line.substr(std::min(equal + 1, line.size()))));
    auto arguments = toArguments(source, option, name, value);
    if (!arguments)
      return tl::unexpected(std::move(arguments.error()));
    defaults.push_back({source, option, std::move(*arguments)});
  }
  return {};
}

Expected<std::vector<DefaultValue>> ignis::findDefaults(CLI::App &app) {
  std::vector<DefaultValue> defaults;
  if (!app.get_subcommands([](const CLI::App *) { return true; }).empty())
    return defaults;
  if (std::string path = findFile(); !path.empty())
    if (auto read = readDefaultsFile(app, path, defaults); !read)
      return tl::unexpected(std::move(read.error()));
  for (CLI::Option *option : app.get_options()) {
    for (const std::string &name : option->get_lnames()) {
      std::string variable = "IGNIS_ARG_";
      for (unsigned char c : name)
        variable += c == '-' ? '_' : static_cast<char>(std::toupper(c));
      const char *value = std::getenv(variable.c_str());
      if (!value)
        continue;
      auto arguments = toArguments(variable, option, "--" + name, value);
      if (!arguments)
        return tl::unexpected(std::move(arguments.error()));
      std::erase_if(defaults, [&](const DefaultValue &other) {
        return other.option == option;
      });
      defaults.push_back({variable, option, std::move(*arguments)});
    }
  }
  return defaults;
}

namespace {

/// Options of a command line.
struct Given {
  std::set<const CLI::Option *> options; ///< as --no-x too
  std::set<const CLI::Option *> on;
};

} // namespace

static Given findGiven(const CLI::App &app,
                       const std::vector<std::string> &arguments) {
  Given given;
  for (size_t i = 0; i != arguments.size() && arguments[i] != "--"; ++i) {
    const CLI::Option *option = app.get_option_no_throw(arguments[i]);
    if (!option || !arguments[i].starts_with('-'))
      continue;
    given.options.insert(option);
    bool takesValue = option->get_items_expected_min() != 0;
    std::string name = arguments[i].substr(arguments[i].find_first_not_of('-'));
    if (takesValue || option->get_flag_value(name, "") != "false")
      given.on.insert(option);
    // Its value may look like a name.
    if (takesValue && i + 1 != arguments.size())
      ++i;
  }
  return given;
}

void ignis::addDefaults(const CLI::App &app, const OptionRules &rules,
                        std::vector<DefaultValue> defaults,
                        std::vector<std::string> &arguments) {
  Given given = findGiven(app, arguments);
  std::erase_if(defaults, [&](const DefaultValue &each) {
    return given.options.contains(each.option);
  });
  // What one requires may be a default too, and may go.
  auto isThere = [&](const CLI::Option *option) {
    return given.on.contains(option) ||
           std::ranges::find(defaults, option, &DefaultValue::option) !=
               defaults.end();
  };
  auto goes = [&](const DefaultValue &each) {
    return rules.excludes(each.option, given.on) ||
           rules.lacks(each.option, isThere);
  };
  while (true) {
    auto found = std::ranges::find_if(defaults, goes);
    if (found == defaults.end())
      break;
    defaults.erase(found);
  }
  std::vector<std::string> first;
  for (const DefaultValue &each : defaults)
    first.insert(first.end(), each.arguments.begin(), each.arguments.end());
  arguments.insert(arguments.begin(), first.begin(), first.end());
}

std::string ignis::describeSource(const std::vector<DefaultValue> &defaults,
                                  std::string_view message) {
  for (const DefaultValue &each : defaults)
    if (message.starts_with(each.option->get_name() + ":") ||
        message.starts_with(each.option->get_name() + " "))
      return fmt::format(" ({})", each.source);
  return "";
}
