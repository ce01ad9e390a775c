//===- Verifier.h - Computes the answers of a receipt again ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_VERIFIER_H
#define IGNIS_SERVER_VERIFIER_H

#include "ignis/Engine/ProgramProvider.h"

namespace ignis {

/// A whole run of ignis-verify, from the arguments (without the program's name)
/// to the exit code: 1 if something differs.
int runVerifier(const std::string &name, std::vector<std::string> arguments,
                ProgramProvider &provider);

} // namespace ignis

#endif // IGNIS_SERVER_VERIFIER_H
