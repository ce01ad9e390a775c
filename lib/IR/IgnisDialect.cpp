//===- IgnisDialect.cpp - The ignis dialect -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

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

InFlightDiagnostic ignis::emitBriefError(Operation *op) {
  return mlir::emitError(op->getLoc()) << "'" << op->getName() << "' op ";
}

/// The dialect's attributes of operations that are not its own.
static bool isKnown(StringRef name, Operation *op) {
  if (isa<ModuleOp>(op))
    return name == IgnisDialect::getModelAttrName();
  return isa<FunctionOpInterface>(op) &&
         (name == IgnisDialect::getLocalLogitsAttrName() ||
          name == "ignis.arena" || name == "ignis.minimal");
}

LogicalResult IgnisDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == getModelAttrName() && !isa<ModuleOp>(op))
    return emitBriefError(op) << "expects '" << name << "' on a module only";
  if (!isKnown(name, op))
    return emitBriefError(op) << "has no attribute '" << name << "'";
  if (name == getModelAttrName() && !isa<ModelAttr>(attribute.getValue()))
    return emitBriefError(op)
           << "expects '" << name << "' to be a #ignis.model, got "
           << attribute.getValue();
  return success();
}

LogicalResult IgnisDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                     unsigned index,
                                                     NamedAttribute attribute) {
  return emitBriefError(op)
         << "has no attribute '" << attribute.getName().getValue()
         << "' of argument " << index;
}

LogicalResult IgnisDialect::verifyRegionResultAttribute(
    Operation *op, unsigned, unsigned index, NamedAttribute attribute) {
  return emitBriefError(op)
         << "has no attribute '" << attribute.getName().getValue()
         << "' of result " << index;
}
