//===- Machine.h - What this machine is and this build can do ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_MACHINE_H
#define IGNIS_ENGINE_MACHINE_H

#include <string>
#include <utility>
#include <vector>

namespace ignis {

/// For people, a name and a value a line: the CPU and its features, the kernels
/// of this build and which of them it runs, the threads and the memory that the
/// process may use.
std::vector<std::pair<std::string, std::string>> describeMachine();

/// The same as lines "name   value".
std::string formatMachine();

/// For --version: the program, the commit, what compiles ("LLVM 22.1.0"), the
/// kernels that this CPU runs best and the CPU.
std::string describeVersion(const std::string &program,
                            const std::string &compiler);

} // namespace ignis

#endif // IGNIS_ENGINE_MACHINE_H
