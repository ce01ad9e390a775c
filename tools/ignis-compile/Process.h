//===- Process.h - Another program, run to its end --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_PROCESS_H
#define IGNIS_COMPILE_PROCESS_H

#include "TemporaryDirectory.h"

#include <vector>

namespace ignis {

/// The program of this name on PATH, or a path with a slash as it is; empty if
/// there is none that can be run.
std::string findProgram(const std::string &name);

struct ProcessResult {
  bool succeeded;
  std::string output; ///< of stdout and stderr together
};

/// Runs `arguments`, the first of which is the program's path, to its end; a
/// signal that ends this program ends that one too. Its output is kept in
/// `directory` meanwhile.
Expected<ProcessResult> runProcess(const std::vector<std::string> &arguments,
                                   const TemporaryDirectory &directory);

} // namespace ignis

#endif // IGNIS_COMPILE_PROCESS_H
