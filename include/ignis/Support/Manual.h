//===- Manual.h - Options as manuals and completions ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_MANUAL_H
#define IGNIS_SUPPORT_MANUAL_H

#include "ignis/Support/HelpFormatter.h"

#include <string>
#include <string_view>

namespace ignis {

/// What --help says of a program and its subcommands as a page for man ("man"),
/// or as a completion for a shell: "bash", "zsh" or "fish".
std::string makeManual(const CLI::App &app, const HelpFormatter &help,
                       std::string_view kind);

} // namespace ignis

#endif // IGNIS_SUPPORT_MANUAL_H
