//===- Machine.h - What this machine is and this build can do ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_MACHINE_H
#define IGNIS_ENGINE_MACHINE_H

#include "ignis/Runtime/Bench.h"
#include "ignis/Support/Error.h"

#include <span>
#include <string>
#include <vector>

namespace ignis {

/// What a machine is, and what of it the process may use.
struct Machine {
  std::string system; ///< name, release and architecture
  std::string cpu;
  std::string features; ///< those that kernels look for
  std::string kernels;  ///< of this build, and which of them run here
  std::string bestKernels; ///< or why there are none
  std::string wantedKernels; ///< by IGNIS_ISA, or empty
  int onlineCpus = 1;
  ignis_cpus cpus = {1, 1, 0};
  int threads = 1; ///< by default
  int nodes = 1;   ///< of memory
  double load = 0; ///< threads that wanted a CPU, on the average of a minute
  int64_t memory = 0;          ///< bytes; 0: unknown
  int64_t availableMemory = 0; ///< of these; 0: unknown
  int64_t groupMemory = 0;     ///< limit of the control group; 0: none
  int64_t addresses = 0;       ///< limit of the process, in bytes; 0: none
  std::string hugePages; ///< always, madvise or never; empty: unknown
  std::string governor;  ///< of frequencies; empty: unknown
  int64_t frequency = 0;     ///< kHz that a core may reach; 0: unknown
  int64_t bestFrequency = 0; ///< that it could reach

  /// This machine's. `root` is what stands before the paths of what the kernel
  /// tells.
  static Machine read(const std::string &root = "");
};

/// What a team can do at best, by a short measurement that touches 512 MiB.
struct Limits {
  double readBytes = 0;  ///< of memory, a second
  double multiplies = 0; ///< multiply-adds of bytes, a second
  int threads = 1;

  static Expected<Limits> measure(const ignis_kernels *kernels, int threads);
};

/// What makes it slower than it could be, each with what to do about it.
/// `needed` are the bytes of the models to run, or 0.
std::vector<std::string> findHindrances(const Machine &machine,
                                        int64_t needed);

/// For people, a name and a value a line; then the limits, measured; then what
/// holds it back. `models` are the files that are to run.
std::string reportMachine(std::span<const std::string> models);

/// For --version: the program, the commit, what compiles ("LLVM 22.1.0"), the
/// kernels that this CPU runs best and the CPU.
std::string describeVersion(const std::string &program,
                            const std::string &compiler);

} // namespace ignis

#endif // IGNIS_ENGINE_MACHINE_H
