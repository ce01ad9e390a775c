//===- IgnisPlugin.cpp - The dialect and its passes as a plugin -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   mlir-opt --load-dialect-plugin=IgnisPlugin.so
//   --load-pass-plugin=IgnisPlugin.so
//            --pass-pipeline='builtin.module(func.func(ignis-fuse-swiglu))'
//            M.mlir
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Pipeline.h"
#include "ignis/IR/Ignis.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Support/Compiler.h"

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "ignis", IGNIS_VERSION,
          [](mlir::DialectRegistry *registry) {
            registry->insert<ignis::IgnisDialect>();
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "ignis", IGNIS_VERSION,
          ignis::registerAllPasses};
}
