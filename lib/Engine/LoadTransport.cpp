//===- LoadTransport.cpp - The transport, where it is a library -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Group.h"

#include <filesystem>

#include <dlfcn.h>

using namespace ignis;

Expected<TransportOpener *> ignis::loadTransport() {
  std::error_code failed;
  std::filesystem::path program =
      std::filesystem::read_symlink("/proc/self/exe", failed);
  std::filesystem::path path =
      program.parent_path().parent_path() / "lib/ignis/libignis-mpi.so";
  // Open MPI's own plugins look for its functions among the process's.
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  void *symbol = library ? dlsym(library, "ignis_transport_open") : nullptr;
  if (!symbol)
    return makeError(ExitCode::Failure,
                     "started as one of several ranks, for which ignis must be "
                     "built with Open MPI: {}",
                     dlerror());
  return reinterpret_cast<TransportOpener *>(symbol);
}
