//===- BuffersToPointers.cpp - Memrefs become bare pointers ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Conversion/Passes.h"

#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Transforms/DialectConversion.h"

namespace ignis {
#define GEN_PASS_DEF_BUFFERSTOPOINTERS
#include "ignis/Conversion/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// A buffer whose elements follow one another, all but its first size static.
static bool isDense(MemRefType type) {
  return type.getLayout().isIdentity() && !type.getMemorySpace() &&
         type.getElementType().isIntOrFloat() &&
         llvm::none_of(type.getShape().drop_front(type.getRank() > 0),
                       ShapedType::isDynamic);
}

namespace {
struct PointerConverter : TypeConverter {
  PointerConverter() {
    addConversion([](Type type) { return type; });
    addConversion([](MemRefType type) -> std::optional<Type> {
      if (!isDense(type))
        return Type();
      return LLVM::LLVMPointerType::get(type.getContext());
    });
    addConversion([](KVCacheType type) -> Type {
      return LLVM::LLVMPointerType::get(type.getContext());
    });
    addConversion([](RowsType type) -> Type {
      return LLVM::LLVMPointerType::get(type.getContext());
    });
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// The address of the element at `indices`.
static Value getElementAddress(OpBuilder &builder, Location loc, Value base,
                               MemRefType type, ValueRange indices) {
  // Horner's rule over the sizes, outermost first.
  Value offset;
  for (auto [size, index] : llvm::zip(type.getShape(), indices)) {
    if (offset) {
      Value scale = arith::ConstantIndexOp::create(builder, loc, size);
      offset = arith::MulIOp::create(builder, loc, offset, scale);
      offset = arith::AddIOp::create(builder, loc, offset, index);
    } else {
      offset = index;
    }
  }
  if (!offset)
    return base;
  Value number =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), offset);
  return LLVM::GEPOp::create(builder, loc, base.getType(),
                             type.getElementType(), base,
                             ArrayRef<LLVM::GEPArg>{number});
}

/// Rows may begin anywhere: an element's alignment is all there is.
static unsigned getAlignment(MemRefType type) {
  return llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

namespace {
struct ConvertLoad : OpConversionPattern<vector::LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(vector::LoadOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    MemRefType type = op.getMemRefType();
    Value address = getElementAddress(rewriter, op.getLoc(), operands.getBase(),
                                      type, operands.getIndices());
    rewriter.replaceOpWithNewOp<LLVM::LoadOp>(op, op.getVectorType(), address,
                                              getAlignment(type));
    return success();
  }
};

/// Of one number, such as a row's position.
struct ConvertNumber : OpConversionPattern<memref::LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(memref::LoadOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    Value address =
        getElementAddress(rewriter, op.getLoc(), operands.getMemref(),
                          op.getMemRefType(), operands.getIndices());
    rewriter.replaceOpWithNewOp<LLVM::LoadOp>(op, op.getType(), address);
    return success();
  }
};

struct ConvertStore : OpConversionPattern<vector::StoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(vector::StoreOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    MemRefType type = op.getMemRefType();
    Value address = getElementAddress(rewriter, op.getLoc(), operands.getBase(),
                                      type, operands.getIndices());
    rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, operands.getValueToStore(),
                                               address, getAlignment(type));
    return success();
  }
};

struct ConvertView : OpConversionPattern<memref::ViewOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(memref::ViewOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    auto bytes = cast<MemRefType>(op.getSource().getType());
    rewriter.replaceOp(op, getElementAddress(rewriter, op.getLoc(),
                                             operands.getSource(), bytes,
                                             operands.getByteShift()));
    return success();
  }
};

/// A buffer in another type, and a buffer and its address, have become one.
template <typename Op>
struct ConvertToOperand : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult
  matchAndRewrite(Op op, typename Op::Adaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, operands.getOperands());
    return success();
  }
};

struct ConvertBufferAt : OpConversionPattern<BufferAtOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(BufferAtOp op, OpAdaptor operands,
                  ConversionPatternRewriter &rewriter) const override {
    if (!typeConverter->convertType(op.getBuffer().getType()))
      return rewriter.notifyMatchFailure(op, "expects a dense buffer");
    rewriter.replaceOp(op, operands.getAddress());
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct BuffersToPointers
    : public ignis::impl::BuffersToPointersBase<BuffersToPointers> {
  void runOnOperation() override;
};
} // namespace

/// Refuses operations that are still to become calls.
static LogicalResult checkOutlined(ModuleOp module) {
  WalkResult found = module.walk([&](Operation *op) {
    if (!isa<ComputeOpInterface, PhaseOp, BarrierOp>(op))
      return WalkResult::advance();
    emitBriefError(module) << "expects calls of kernels, got '" << op->getName()
                           << "': run ignis-outline-kernels";
    return WalkResult::interrupt();
  });
  return success(!found.wasInterrupted());
}

void BuffersToPointers::runOnOperation() {
  if (failed(checkOutlined(getOperation())))
    return signalPassFailure();
  MLIRContext *context = &getContext();
  PointerConverter converter;
  RewritePatternSet patterns(context);
  patterns.add<ConvertLoad, ConvertNumber, ConvertStore, ConvertView,
               ConvertToOperand<memref::CastOp>,
               ConvertToOperand<AddressOfOp>, ConvertBufferAt>(converter,
                                                               context);
  populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                 converter);
  populateCallOpTypeConversionPattern(patterns, converter);

  ConversionTarget target(*context);
  target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp op) {
    return converter.isSignatureLegal(op.getFunctionType()) &&
           converter.isLegal(&op.getBody());
  });
  target.markUnknownOpDynamicallyLegal(
      [&](Operation *op) { return converter.isLegal(op); });
  if (failed(
          applyPartialConversion(getOperation(), target, std::move(patterns))))
    signalPassFailure();
}
