//===- ObjectKey.cpp - What a cached object depends on --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectKey.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Chrono.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace ignis;

/// The running program's file: its size and time change with each build.
static void addCompilerBuild(raw_ostream &out) {
  static const int anchor = 0;
  std::string path = sys::fs::getMainExecutable(
      "ignis", const_cast<void *>(static_cast<const void *>(&anchor)));
  sys::fs::file_status status;
  out << "compiler " << path;
  if (!sys::fs::status(path, status))
    out << ' ' << status.getSize() << ' '
        << status.getLastModificationTime().time_since_epoch().count();
  out << '\n';
}

std::string ignis::getObjectKey(const LoadedSource &source,
                                mlir::ModuleOp module,
                                const CompileOptions &options,
                                const ignis::Target &target) {
  std::string key;
  raw_string_ostream out(key);
  addCompilerBuild(out);
  out << "llvm " LLVM_VERSION_STRING "\n"
      << "abi " << IGNIS_ABI_VERSION << '\n'
      << "target " << target.triple << ' ' << target.cpu << ' '
      << target.features << '\n'
      << "options " << getStageName(options.stopAfter) << ' '
      << options.cacheType << ' ' << options.maxTokens << ' '
      << options.distribute << '\n';
  if (source.text)
    out << source.text->getBuffer();
  else if (failed(mlir::writeBytecodeToFile(module, out)))
    module.print(out);
  return key;
}
