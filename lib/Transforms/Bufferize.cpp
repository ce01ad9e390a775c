//===- Bufferize.cpp - From values to buffers -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation is given a `tensor.empty` of its own as destination,
// quantised values become tensors of bytes, and returned tensors are written to
// memory of the caller. One-shot bufferization does the rest: an empty tensor
// becomes an allocation, or the caller's memory where the value ends up there.
//
//===----------------------------------------------------------------------===//

#include "ignis/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_BUFFERIZE
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Destinations
//===----------------------------------------------------------------------===//

/// Quantised values may only pass between compute operations, which all become
/// operations on bytes.
static LogicalResult verifyQuantized(func::FuncOp function) {
  WalkResult result = function.walk([](Operation *op) {
    bool touches = llvm::any_of(op->getOperandTypes(), llvm::IsaPred<Q8Type>) ||
                   llvm::any_of(op->getResultTypes(), llvm::IsaPred<Q8Type>);
    for (Region &region : op->getRegions())
      touches |= llvm::any_of(region.getArgumentTypes(), llvm::IsaPred<Q8Type>);
    if (!touches || isa<ComputeOpInterface>(op))
      return WalkResult::advance();
    op->emitOpError("expects quantised values between ignis operations only");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
/// Turns value form into destination form, in place.
class DestinationBuilder {
public:
  explicit DestinationBuilder(MLIRContext *context) : builder(context) {}

  void addDestinations(ComputeOpInterface op) {
    for (Value result : op->getResults())
      if (auto q8 = dyn_cast<Q8Type>(result.getType()))
        result.setType(q8.getStorageType());
    builder.setInsertionPoint(op);
    if (op.isValueForm())
      createDestinations(op);
    else
      splitDestinations(op);
  }

private:
  void createDestinations(ComputeOpInterface op) {
    SmallVector<Value> outs;
    for (Value result : op->getResults()) {
      auto type = cast<RankedTensorType>(result.getType());
      SmallVector<Value> sizes;
      if (type.isDynamicDim(0))
        sizes.push_back(getResultRows(op));
      outs.push_back(
          tensor::EmptyOp::create(builder, op.getLoc(), type, sizes));
    }
    MutableOperandRange(op.getOutsMutable()).assign(outs);
  }

  /// An empty tensor that several operations write becomes one for each.
  void splitDestinations(ComputeOpInterface op) {
    for (OpOperand &out : op.getOutsMutable())
      if (auto empty = out.get().getDefiningOp<tensor::EmptyOp>();
          empty && !empty->hasOneUse())
        out.set(builder.clone(*empty)->getResult(0));
  }

  /// Rows in, or those that the operation selects.
  Value getResultRows(ComputeOpInterface op) {
    Value &result = rows[op->getResult(0)];
    if (result)
      return result;
    Value selection = op.getSelection();
    Value count = selection ? SelectedCountOp::create(builder, op.getLoc(),
                                                      selection)
                                  .getResult()
                            : getRows(op->getOperand(0));
    return rows[op->getResult(0)] = count;
  }

  Value getRows(Value value) {
    if (Value known = rows.lookup(value))
      return known;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfterValue(value);
    Value zero = arith::ConstantIndexOp::create(builder, value.getLoc(), 0);
    return rows[value] =
               tensor::DimOp::create(builder, value.getLoc(), value, zero);
  }

  OpBuilder builder;
  DenseMap<Value, Value> rows;
};
} // namespace

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Turns the tensors that `function` returns into memrefs that it is given.
static void returnThroughArguments(func::FuncOp function) {
  auto terminator = cast<func::ReturnOp>(function.front().getTerminator());
  OpBuilder builder(terminator);
  llvm::BitVector gone(terminator.getNumOperands());
  for (auto [index, value] : llvm::enumerate(terminator.getOperands())) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type)
      continue;
    unsigned last = function.getNumArguments();
    (void)function.insertArgument(
        last, MemRefType::get(type.getShape(), type.getElementType()), {},
        value.getLoc());
    bufferization::MaterializeInDestinationOp::create(
        builder, value.getLoc(), TypeRange(), value, function.getArgument(last),
        /*restrict=*/true, /*writable=*/true);
    gone.set(index);
  }
  terminator->eraseOperands(gone);
  (void)function.eraseResults(gone);
}

/// Whether nobody but the runtime calls `function`.
static bool isEntry(func::FuncOp function, ModuleOp module) {
  return llvm::hasSingleElement(function.getBody()) &&
         SymbolTable::symbolKnownUseEmpty(function, module) &&
         !function->hasAttr(IgnisDialect::getLocalLogitsAttrName());
}

namespace {
struct Bufferize final : ignis::impl::BufferizeBase<Bufferize> {
  void getDependentDialects(DialectRegistry &registry) const override {
    BufferizeBase::getDependentDialects(registry);
    arith::registerBufferizableOpInterfaceExternalModels(registry);
    tensor::registerBufferizableOpInterfaceExternalModels(registry);
    bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
        registry);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto function : module.getOps<func::FuncOp>()) {
      if (function.isDeclaration())
        continue;
      if (failed(verifyQuantized(function)))
        return signalPassFailure();
      DestinationBuilder destinations(&getContext());
      function.walk(
          [&](ComputeOpInterface op) { destinations.addDestinations(op); });
      if (isEntry(function, module))
        returnThroughArguments(function);
    }

    OpPassManager pipeline(ModuleOp::getOperationName());
    pipeline.addPass(bufferization::createEmptyTensorEliminationPass());
    bufferization::OneShotBufferizePassOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.functionBoundaryTypeConversion =
        bufferization::LayoutMapOption::IdentityLayoutMap;
    pipeline.addPass(bufferization::createOneShotBufferizePass(options));
    pipeline.addPass(createCanonicalizerPass());
    pipeline.addPass(createCSEPass());
    if (failed(runPipeline(pipeline, module)))
      return signalPassFailure();
    module.walk([&](memref::AllocOp) { ++numBuffers; });
  }
};
} // namespace
