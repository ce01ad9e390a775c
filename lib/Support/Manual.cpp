//===- Manual.cpp - Options as manuals and completions --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/Manual.h"

#include <algorithm>

using namespace ignis;

namespace {

/// An option as all of these need it.
struct Entry {
  std::vector<std::string> names;
  std::string metavariable; ///< empty: a flag
  std::string description;
  std::string group;

  bool isFile() const { return metavariable == "FILE"; }
  /// Of a metavariable such as auto|never|always.
  std::vector<std::string> choices() const {
    std::vector<std::string> all;
    if (metavariable.find('|') == std::string::npos)
      return all;
    for (size_t at = 0, end; at <= metavariable.size(); at = end + 1) {
      end = std::min(metavariable.find('|', at), metavariable.size());
      all.push_back(metavariable.substr(at, end - at));
    }
    return all;
  }
};

std::vector<Entry> getEntries(const CLI::App &app, const HelpFormatter &help) {
  std::vector<Entry> entries;
  for (const CLI::Option *option : app.get_options())
    if (option->nonpositional() && !option->get_group().empty())
      entries.push_back({help.namesOf(option), help.metavariableOf(option),
                         help.describe(option, false), option->get_group()});
  return entries;
}

std::vector<const CLI::App *> getCommands(const CLI::App &app) {
  return app.get_subcommands([](const CLI::App *) { return true; });
}

/// Of a program and all its subcommands, each set of names once.
std::vector<Entry> getAllEntries(const CLI::App &app,
                                 const HelpFormatter &help) {
  std::vector<Entry> entries = getEntries(app, help);
  for (const CLI::App *command : getCommands(app))
    for (Entry &entry : getEntries(*command, help))
      if (std::ranges::find(entries, entry.names, &Entry::names) ==
          entries.end())
        entries.push_back(std::move(entry));
  return entries;
}

} // namespace

//===----------------------------------------------------------------------===//
// man
//===----------------------------------------------------------------------===//

/// Text as roff takes it literally.
static std::string escapeRoff(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else if ((c == '.' || c == '\'') &&
             (escaped.empty() || escaped.back() == '\n'))
      escaped += std::string("\\&") + c;
    else
      escaped += c;
  }
  return escaped;
}

static std::string describeOptions(const CLI::App &app,
                                   const HelpFormatter &help) {
  std::string text, group;
  for (const Entry &entry : getEntries(app, help)) {
    if (entry.group != std::exchange(group, entry.group))
      text += ".SS " + escapeRoff(entry.group) + "\n";
    std::vector<std::string> names;
    for (const std::string &name : entry.names)
      names.push_back("\\fB" + escapeRoff(name) + "\\fR");
    text += fmt::format(".TP\n{}", fmt::join(names, ", "));
    if (!entry.metavariable.empty())
      text += " \\fI" + escapeRoff(entry.metavariable) + "\\fR";
    text += "\n" + escapeRoff(entry.description) + "\n";
  }
  return text;
}

/// Those that have no name where they are given.
static std::vector<const CLI::Option *> getPositionals(const CLI::App &app) {
  return app.get_options([](const CLI::Option *option) {
    return option->get_positional() && !option->get_group().empty();
  });
}

static std::string listPositionals(const CLI::App &app) {
  std::string text;
  for (const CLI::Option *option : getPositionals(app))
    text += fmt::format(" \\fI{}\\fR{}",
                        escapeRoff(HelpFormatter::placeOf(option)),
                        option->get_items_expected_max() > 1 ? " ..." : "");
  return text;
}

static std::string describePositionals(const CLI::App &app) {
  std::string text;
  for (const CLI::Option *option : getPositionals(app))
    text += fmt::format(".TP\n\\fI{}\\fR\n{}\n",
                        escapeRoff(HelpFormatter::placeOf(option)),
                        escapeRoff(HelpFormatter::describe(option, true)));
  return text.empty() ? text : ".SS Positionals\n" + text;
}

static std::string makePage(const CLI::App &app, const HelpFormatter &help) {
  const std::string &name = app.get_name();
  std::string title = name;
  std::ranges::transform(title, title.begin(),
                         [](unsigned char c) { return std::toupper(c); });
  auto commands = getCommands(app);
  std::string text = fmt::format(
      ".TH {} 1 \"\" \"ignis\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n"
      "[\\fIOPTIONS\\fR]{}{}\n.SH OPTIONS\n",
      title, escapeRoff(name), escapeRoff(app.get_description()),
      escapeRoff(name), listPositionals(app),
      commands.empty() ? "" : " \\fICOMMAND\\fR ...");
  text += describePositionals(app) + describeOptions(app, help);
  for (const CLI::App *command : commands)
    text += fmt::format(".SH COMMAND {0}\n\\fB{0}\\fR [\\fIOPTIONS\\fR]{1}\n.PP\n"
                        "{2}\n{3}{4}",
                        escapeRoff(command->get_name()),
                        listPositionals(*command),
                        escapeRoff(command->get_description()),
                        describePositionals(*command),
                        describeOptions(*command, help));
  text += ".SH ENVIRONMENT\n"
          "IGNIS_ARG_NAME, such as IGNIS_ARG_MODEL, is the default of the "
          "option of that name.\n"
          ".SH FILES\n"
          "$IGNIS_CONFIG, or $XDG_CONFIG_HOME/ignis/config (~/.config): lines "
          "\\(dqname = value\\(dq behind a line \\(dq[" +
          escapeRoff(name) +
          "]\\(dq are defaults, too; lines before the first such one those of "
          "every program.\n.SH EXIT STATUS\n" +
          escapeRoff(app.get_footer()) + "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// Shells
//===----------------------------------------------------------------------===//

static std::string joinCommands(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::App *command : getCommands(app))
    names.push_back(command->get_name());
  return fmt::format("{}", fmt::join(names, " "));
}

/// A name that a shell takes for a function.
static std::string toFunctionName(std::string name) {
  std::ranges::replace(name, '-', '_');
  return "_" + name;
}

static std::string makeBash(const CLI::App &app, const HelpFormatter &help) {
  std::string files, others, cases, names = joinCommands(app);
  for (const Entry &entry : getAllEntries(app, help)) {
    names += fmt::format(" {}", fmt::join(entry.names, " "));
    std::string pattern = fmt::format("{}", fmt::join(entry.names, "|"));
    if (auto choices = entry.choices(); !choices.empty())
      cases += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); "
                           "return ;;\n",
                           pattern, fmt::join(choices, " "));
    else if (entry.isFile())
      files += (files.empty() ? "" : "|") + pattern;
    else if (!entry.metavariable.empty())
      others += (others.empty() ? "" : "|") + pattern;
  }
  if (!files.empty())
    cases += fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$word\")); return "
                         ";;\n",
                         files);
  if (!others.empty())
    cases += fmt::format("    {}) return ;;\n", others);
  return fmt::format("{0}() {{\n"
                     "  local word=${{COMP_WORDS[COMP_CWORD]}}\n"
                     "  case ${{COMP_WORDS[COMP_CWORD-1]}} in\n"
                     "{1}  esac\n"
                     "  COMPREPLY=($(compgen -W '{2}' -- \"$word\"))\n"
                     "}}\n"
                     "complete -o default -o filenames -F {0} {3}\n",
                     toFunctionName(app.get_name()), cases, names,
                     app.get_name());
}

/// Text between single quotes of a shell.
static std::string quote(std::string_view text) {
  std::string quoted;
  for (char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted;
}

static std::string makeZsh(const CLI::App &app, const HelpFormatter &help) {
  std::string specs;
  for (const Entry &entry : getAllEntries(app, help)) {
    std::string description;
    for (char c : quote(entry.description))
      description += std::string(c == '[' || c == ']' || c == ':' ? "\\" : "") + c;
    std::string value;
    if (auto choices = entry.choices(); !choices.empty())
      value = fmt::format(":value:({})", fmt::join(choices, " "));
    else if (entry.isFile())
      value = ":file:_files";
    else if (!entry.metavariable.empty())
      value = ":" + entry.metavariable + ":";
    for (const std::string &name : entry.names)
      specs += fmt::format(" \\\n  '*{}[{}]{}'", name, description, value);
  }
  std::string commands = joinCommands(app);
  if (!commands.empty())
    specs += fmt::format(" \\\n  '1:command:({})'", commands);
  return fmt::format("#compdef {}\n_arguments{} \\\n  '*:file:_files'\n",
                     app.get_name(), specs);
}

static std::string makeFish(const CLI::App &app, const HelpFormatter &help) {
  std::string text;
  for (const Entry &entry : getAllEntries(app, help)) {
    text += "complete -c " + app.get_name();
    for (const std::string &name : entry.names)
      text += name.starts_with("--") ? " -l " + name.substr(2)
              : name.size() == 2     ? " -s " + name.substr(1)
                                     : " -o " + name.substr(1);
    if (auto choices = entry.choices(); !choices.empty())
      text += fmt::format(" -x -a '{}'", fmt::join(choices, " "));
    else if (entry.isFile())
      text += " -r -F";
    else if (!entry.metavariable.empty())
      text += " -x";
    text += " -d '" + quote(entry.description) + "'\n";
  }
  if (std::string commands = joinCommands(app); !commands.empty())
    text += fmt::format("complete -c {} -n __fish_use_subcommand -a '{}'\n",
                        app.get_name(), commands);
  return text;
}

std::string ignis::makeManual(const CLI::App &app, const HelpFormatter &help,
                              std::string_view kind) {
  return kind == "man"    ? makePage(app, help)
         : kind == "bash" ? makeBash(app, help)
         : kind == "zsh"  ? makeZsh(app, help)
                          : makeFish(app, help);
}
