//===- TestDialect.cpp - Operations that are not ours ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestDialect.h"

using namespace mlir;
using namespace ignis;
using namespace ignis::test;

#include "TestDialect.cpp.inc"

#define GET_OP_CLASSES
#include "TestOps.cpp.inc"

void TestDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "TestOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// SiluOp
//===----------------------------------------------------------------------===//

LogicalResult test::SiluOp::verify() { return success(); }

Division test::SiluOp::getDivision() {
  return {cast<ShapedType>(getInput().getType()).getDimSize(1), 16,
          /*tokens=*/true};
}
SmallVector<Access> test::SiluOp::getAccesses() {
  return compute::accessActivations(*this, Part::Own);
}

std::string test::SiluOp::getKernelName() { return "test_silu"; }
Value test::SiluOp::emitElements(VectorCode &code, ValueRange inputs) {
  return code.silu(inputs[0]);
}

//===----------------------------------------------------------------------===//
// ContractOp
//===----------------------------------------------------------------------===//

LogicalResult ContractOp::verify() { return success(); }

Division ContractOp::getDivision() {
  return {static_cast<int64_t>(getWidth()), static_cast<int64_t>(getGrain()),
          getTokens()};
}

SmallVector<Access> ContractOp::getAccesses() {
  SmallVector<Access> accesses;
  for (auto [word, operand] :
       llvm::zip(getTouchesAttr().getAsRange<StringAttr>(),
                 getOperation()->getOpOperands())) {
    StringRef what = word.getValue();
    bool writes = what.consume_front("!");
    if (what == "none")
      continue;
    Part part = what == "own"   ? Part::Own
                : what == "row" ? Part::Row
                                : Part::Whole;
    accesses.push_back({&operand, writes, part});
  }
  return accesses;
}
