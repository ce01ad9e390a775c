//===- Build.h - From a model to a program or a library --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_BUILD_H
#define IGNIS_COMPILE_BUILD_H

#include "ignis/Runtime/ABI.h"
#include "ignis/Support/Error.h"

#include <string>

namespace ignis {

/// What the command line asks for.
struct Command {
  std::string model;
  std::string output; ///< a library if it ends in .a or .so
  std::string header;
  std::string triple;
  std::string cpu;
  std::string linker;
  bool embed = false;
  bool embeddings = false; ///< with an entry for them
  bool server = false; ///< a program that serves, in place of one that runs
  int64_t batch = 512;
  bool distribute = false;
  bool mpi = false; ///< link what carries results between ranks
  ignis_type cacheType = IGNIS_TYPE_F16;
};

/// Writes what it asks for, whole or not at all.
Expected<void> build(const Command &command);

} // namespace ignis

#endif // IGNIS_COMPILE_BUILD_H
