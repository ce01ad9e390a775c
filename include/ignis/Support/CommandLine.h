//===- CommandLine.h - What every program's main does ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_COMMANDLINE_H
#define IGNIS_SUPPORT_COMMANDLINE_H

#include "ignis/Support/Error.h"
#include "ignis/Support/Print.h"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ignis {

/// One line on stderr; returns the exit code.
inline int reportError(const std::string &program, const Error &error) {
  print(stderr, "{}: error: {}\n", program, error.message);
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

/// An option whose value is one of a few names.
template <typename T>
void addChoice(CLI::App &app, const std::string &name,
               const std::map<std::string, T> &choices, T &value,
               const std::string &help) {
  auto choose = [&value, choices](const std::string &choice) {
    value = choices.at(choice);
  };
  app.add_option_function<std::string>(name, choose, help)
      ->check(CLI::IsMember(choices));
}

/// For an option that names a file: an empty name would be as good as none.
inline std::string findNoPath(const std::string &path) {
  return path.empty() ? "expected a file, found nothing" : "";
}

/// What is wrong with the arguments. Those that nobody asked for CLI11 names
/// from the back.
inline std::string describeMistake(const CLI::App &app,
                                   const CLI::ParseError &error) {
  if (!dynamic_cast<const CLI::ExtrasError *>(&error))
    return error.what();
  std::vector<std::string> extras = app.remaining(/*recurse=*/true);
  return fmt::format("unexpected argument{}: {}", extras.size() == 1 ? "" : "s",
                     fmt::join(extras, " "));
}

/// Parses the arguments (without the program's name). The program goes on if
/// this is empty, else it ends with the code: after --help, --version, or a
/// mistake that was reported.
inline std::optional<int> parseCommandLine(CLI::App &app,
                                           std::vector<std::string> arguments) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed)); // which CLI11 takes from the back
    return std::nullopt;
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) {
      app.exit(error); // prints
      Expected<void> flushed = flushOutput();
      return flushed ? 0 : reportError(app.get_name(), flushed.error());
    }
    return reportError(
        app.get_name(),
        {ExitCode::Usage,
         fmt::format("{} (see --help)", describeMistake(app, error))});
  }
}

} // namespace ignis

#endif // IGNIS_SUPPORT_COMMANDLINE_H
