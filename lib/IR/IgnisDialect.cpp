//===- IgnisDialect.cpp - The ignis dialect -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace ignis;

#include "ignis/IR/IgnisDialect.cpp.inc"
#include "ignis/IR/IgnisEnums.cpp.inc"
#include "ignis/IR/IgnisInterfaces.cpp.inc"

void IgnisDialect::initialize() {
  registerTypes();
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "ignis/IR/IgnisOps.cpp.inc"
      >();
}

LogicalResult IgnisDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attribute) {
  if (attribute.getName() != getModelAttrName())
    return success();
  if (!isa<ModuleOp>(op))
    return op->emitOpError("expects '")
           << getModelAttrName() << "' on a module only";
  if (!isa<ModelAttr>(attribute.getValue()))
    return op->emitOpError("expects '")
           << getModelAttrName() << "' to be a #ignis.model, got "
           << attribute.getValue();
  return success();
}
