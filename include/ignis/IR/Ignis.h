//===- Ignis.h - The ignis dialect -----------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_IGNIS_H
#define IGNIS_IR_IGNIS_H

#include "ignis/Runtime/WeightFormats.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "ignis/IR/Access.h"
#include "ignis/IR/Hyperparameters.h"

#include "ignis/IR/IgnisDialect.h.inc"

#include "ignis/IR/IgnisEnums.h.inc"

namespace ignis {
class WeightType;
} // namespace ignis

#define GET_ATTRDEF_CLASSES
#include "ignis/IR/IgnisAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "ignis/IR/IgnisTypes.h.inc"

namespace ignis {

// What ComputeOpInterface's methods do, on any operation that implements it.
bool isValueForm(mlir::Operation *op);
bool isBufferForm(mlir::Operation *op);
ShareAttr getShareOrDefault(mlir::Operation *op);
int64_t getFinestParts(mlir::Operation *op);
mlir::Value getSelection(mlir::Operation *op);
bool accessesCache(mlir::Operation *op, bool writes);
mlir::LogicalResult verifyComputeOp(mlir::Operation *op);

} // namespace ignis

#include "ignis/IR/IgnisInterfaces.h.inc"

namespace ignis {
/// Whether every thread of a team waits for all others here.
bool isBarrier(mlir::Operation *op);
/// `op.emitOpError()` of an operation with a body, without printing all of it.
mlir::InFlightDiagnostic emitBriefError(mlir::Operation *op);
} // namespace ignis

// Implementations that every compute operation shares.
namespace ignis::compute {
void getComputeEffects(
    ComputeOpInterface op,
    llvm::SmallVectorImpl<mlir::MemoryEffects::EffectInstance> &effects);
llvm::LogicalResult
reifyComputeShapes(ComputeOpInterface op, mlir::OpBuilder &builder,
                   mlir::ReifiedRankedShapedTypeDims &shapes);
bool isDestination(mlir::OpOperand &operand);
/// Reads `read` of each activation that is no destination, writes `written` of
/// each destination.
llvm::SmallVector<Access> accessActivations(ComputeOpInterface op, Part read,
                                            Part written = Part::Own);
mlir::bufferization::AliasingValueList
getAliasingValues(mlir::OpOperand &operand);
llvm::LogicalResult
bufferizeComputeOp(ComputeOpInterface op, mlir::RewriterBase &rewriter,
                   const mlir::bufferization::BufferizationOptions &options,
                   mlir::bufferization::BufferizationState &state);
} // namespace ignis::compute

#define GET_OP_CLASSES
#include "ignis/IR/IgnisOps.h.inc"

#endif // IGNIS_IR_IGNIS_H
