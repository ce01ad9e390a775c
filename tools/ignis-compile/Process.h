//===- Process.h - Programs run on the way ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_PROCESS_H
#define IGNIS_COMPILE_PROCESS_H

#include "ignis/Support/Error.h"

#include <csignal>
#include <string>
#include <vector>

namespace ignis {

/// While it lives, the signals that end a program wait, so that what was begun
/// can be cleared away.
class HeldSignals {
public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals &) = delete;
  HeldSignals &operator=(const HeldSignals &) = delete;

  /// Fails with ExitCode::Interrupted if one of them came.
  Expected<void> check() const;

  /// The mask that there was before.
  const sigset_t &before() const { return saved; }

private:
  bool hasCome() const;

  sigset_t held, saved;
};

/// The program of this name on PATH, or a path with a slash as it is; empty if
/// there is none that can be run.
std::string findProgram(const std::string &name);

struct ProcessResult {
  bool succeeded;
  std::string output; ///< of stdout and stderr together
};

/// Runs `arguments`, the first of which is the program's path, to its end, or
/// ends it once a signal comes.
Expected<ProcessResult> runProcess(const std::vector<std::string> &arguments,
                                   const HeldSignals &signals);

} // namespace ignis

#endif // IGNIS_COMPILE_PROCESS_H
