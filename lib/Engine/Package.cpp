//===- Package.cpp - A program compiled ahead of time ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Package.h"

#include "ignis/Runtime/Runtime.h"

using namespace ignis;

Expected<void> ignis::checkCpu(const ignis_package &package) {
  std::string_view rest = package.features;
  while (!rest.empty()) {
    size_t end = std::min(rest.find(','), rest.size());
    std::string feature(rest.substr(0, end));
    if (!ignis_rt_cpu_has(feature.c_str()))
      return makeError(ExitCode::Failure,
                       "this CPU lacks {}: the program was compiled for {}",
                       feature, package.cpu);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

Expected<void> ignis::checkLimits(const ignis_package &package, int64_t batch,
                                  ignis_type cacheType) {
  if (batch > package.max_tokens)
    return makeError(ExitCode::Usage,
                     "batches: the program was compiled for at most {} tokens, "
                     "found {}",
                     package.max_tokens, batch);
  auto compiled = static_cast<uint32_t>(package.program->kv_type);
  if (compiled != cacheType)
    return makeError(ExitCode::Usage,
                     "keys and values: the program was compiled for {}, found "
                     "{}",
                     findGGMLType(compiled)->name,
                     findGGMLType(cacheType)->name);
  return {};
}

Expected<GGUFFile> ignis::openOwnModel(const ignis_package &package) {
  if (package.model)
    return GGUFFile::fromMapping({package.model, package.model_size},
                                 "the embedded model");
  Expected<GGUFFile> file = GGUFFile::open(package.path);
  if (file)
    return file;
  return makeError(file.error().code,
                   "{} (the program was compiled from it)",
                   file.error().message);
}
