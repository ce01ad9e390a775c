//===- Linker.h - The system's linker driver ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_LINKER_H
#define IGNIS_COMPILE_LINKER_H

#include "Process.h"

#include "ignis/Compiler/CompilePackage.h"

namespace ignis {

/// A compiler that knows how to link for a target.
class Linker {
public:
  /// `name` if it is not empty, else the first on PATH that has the target's
  /// libraries. Refuses with the names that were looked for.
  static Expected<Linker> find(const TargetName &target,
                               const std::string &name,
                               const TemporaryDirectory &directory);

  /// Writes `output`; the inputs are objects and archives.
  Expected<void> linkProgram(const std::vector<std::string> &inputs,
                             const std::string &output,
                             const TemporaryDirectory &directory) const;

  /// The same for a program that mpirun starts: MPI is a shared library.
  Expected<void> linkRank(const std::vector<std::string> &inputs,
                          const std::string &output,
                          const TemporaryDirectory &directory) const;

  /// The same for a shared library that is to be known as `name` and shows
  /// nothing but the functions of ignis.h and its package.
  Expected<void> linkLibrary(const std::vector<std::string> &inputs,
                             const std::string &name, const std::string &output,
                             const TemporaryDirectory &directory) const;

private:
  explicit Linker(std::vector<std::string> command)
      : command(std::move(command)) {}

  Expected<void> run(std::vector<std::string> arguments,
                     const std::vector<std::string> &inputs,
                     const std::string &output,
                     const TemporaryDirectory &directory) const;

  std::vector<std::string> command; ///< the driver and what it always takes
};

} // namespace ignis

#endif // IGNIS_COMPILE_LINKER_H
