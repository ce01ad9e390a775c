//===- Server.h - Serves models over HTTP --------------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_SERVER_H
#define IGNIS_SERVER_SERVER_H

#include "ignis/Engine/ProgramProvider.h"

namespace ignis {

/// A whole run of a server, from the arguments (without the program's name) to
/// the exit code. `provider` is asked for a program for each model.
int runServer(const std::string &name, std::vector<std::string> arguments,
              ProgramProvider &provider);

} // namespace ignis

#endif // IGNIS_SERVER_SERVER_H
