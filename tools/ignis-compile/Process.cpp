//===- Process.cpp - Another program, run to its end ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Process.h"

#include "ignis/Support/InputFile.h"
#include "ignis/Support/Signals.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

using namespace ignis;
namespace sys = llvm::sys;

std::string ignis::findProgram(const std::string &name) {
  auto path = sys::findProgramByName(name);
  return path && sys::fs::can_execute(*path) ? *path : "";
}

Expected<ProcessResult>
ignis::runProcess(const std::vector<std::string> &arguments,
                  const TemporaryDirectory &directory) {
  std::string log = directory.path("log");
  llvm::SmallVector<llvm::StringRef> words(arguments.begin(), arguments.end());
  const std::optional<llvm::StringRef> redirects[] = {"", log, log};
  std::string reason;
  bool failed = false;
  // Detached, so that it has a group of its own, which a signal can end.
  sys::ProcessInfo process = sys::ExecuteNoWait(
      arguments[0], words, /*Env=*/std::nullopt, redirects, /*MemoryLimit=*/0,
      &reason, &failed, /*AffinityMask=*/nullptr, /*DetachProcess=*/true);
  if (failed)
    return makeError(ExitCode::Failure, "{}: cannot run: {}", arguments[0],
                     reason);
  setKilledOnSignal(process.Pid);
  sys::ProcessInfo ended = sys::Wait(process, /*SecondsToWait=*/std::nullopt);
  setKilledOnSignal(0);
  Expected<std::string> output = readFile(log);
  return ProcessResult{ended.ReturnCode == 0,
                       output ? std::move(*output) : std::string()};
}
