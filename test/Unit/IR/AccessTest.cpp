//===- AccessTest.cpp - What operations touch -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace ignis;

/// An operation that names no layer touches all of a cache.
TEST(AccessTest, AWholeCacheMeetsEveryLayer) {
  MLIRContext context;
  context.loadDialect<IgnisDialect, func::FuncDialect, memref::MemRefDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      R"(func.func @f(%q: memref<4x64xf32>, %rows: !ignis.rows,
                      %a: !ignis.kv_cache<2, 1, 64, f16>,
                      %b: !ignis.kv_cache<2, 1, 64, f16>) {
        ignis.attend %q, %a at %rows outs(%q) {layer = 0 : i64} :
          (memref<4x64xf32>, !ignis.kv_cache<2, 1, 64, f16>, !ignis.rows,
           memref<4x64xf32>) -> ()
        ignis.attend %q, %b at %rows outs(%q) {layer = 0 : i64} :
          (memref<4x64xf32>, !ignis.kv_cache<2, 1, 64, f16>, !ignis.rows,
           memref<4x64xf32>) -> ()
        return
      })",
      &context);
  ASSERT_TRUE(module);
  SmallVector<OpOperand *> caches;
  module->walk([&](AttendOp op) { caches.push_back(&op.getCacheMutable()); });
  ASSERT_EQ(caches.size(), 2u);
  OpOperand &a = *caches[0], &b = *caches[1];

  Access all = Access::writeCache(a);
  for (int64_t layer : {0, 1}) {
    EXPECT_TRUE(all.meets(Access::readCache(a, layer)));
    EXPECT_TRUE(Access::readCache(a, layer).meets(all));
    EXPECT_FALSE(all.meets(Access::readCache(b, layer)));
  }
  EXPECT_TRUE(all.meets(Access::readCache(a)));
  EXPECT_FALSE(Access::writeCache(a, 0).meets(Access::readCache(a, 1)));
}
