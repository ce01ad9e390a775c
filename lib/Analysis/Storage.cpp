//===- Storage.cpp - Sizes and places of buffers --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Storage.h"

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

/// Of one row of a buffer, or of a buffer of static size.
static constexpr int64_t maxBytes = int64_t(1) << 36;

LogicalResult ignis::checkMaxTokens(Operation *op, int64_t maxTokens) {
  if (1 <= maxTokens && maxTokens <= maxTokenCount)
    return success();
  return op->emitError("expects max-tokens from 1 to ")
         << maxTokenCount << ", got " << maxTokens;
}

/// Whether values of this type hold the tokens.
static bool isTokens(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  return memref && memref.getRank() == 1 &&
         memref.getElementType().isInteger(32);
}

bool ignis::isTokenCount(Value value) {
  auto dim = value.getDefiningOp<memref::DimOp>();
  if (!dim || dim.getConstantIndex() != 0)
    return false;
  auto argument = dyn_cast<BlockArgument>(dim.getSource());
  return argument && isTokens(argument.getType()) &&
         isa<func::FuncOp>(argument.getOwner()->getParentOp());
}

int64_t ignis::getStaticTokens(func::FuncOp function) {
  for (Type type : function.getArgumentTypes())
    if (isTokens(type) && cast<MemRefType>(type).hasStaticShape())
      return cast<MemRefType>(type).getDimSize(0);
  return 0;
}

bool ignis::isPrivate(Value buffer) {
  return buffer.getDefiningOp<memref::AllocaOp>() != nullptr;
}

/// Whether a sum of a few such forms at any number of tokens stays in range.
static bool isSmall(LinearForm form) {
  return std::abs(form.perToken) <= maxBytes * 256 &&
         std::abs(form.constant) <= maxBytes * 256;
}

static std::optional<LinearForm> getLinearForm(Value value, int64_t depth) {
  if (std::optional<int64_t> constant = getConstantIntValue(value)) {
    LinearForm form{0, *constant};
    return isSmall(form) ? std::optional(form) : std::nullopt;
  }
  if (isTokenCount(value))
    return LinearForm{1, 0};
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0 || !isa<arith::AddIOp, arith::MulIOp>(op))
    return std::nullopt;

  auto lhs = getLinearForm(op->getOperand(0), depth - 1);
  auto rhs = getLinearForm(op->getOperand(1), depth - 1);
  if (!lhs || !rhs)
    return std::nullopt;
  LinearForm result;
  if (isa<arith::AddIOp>(op)) {
    result = *lhs + *rhs;
  } else {
    if (lhs->perToken != 0)
      std::swap(lhs, rhs);
    if (lhs->perToken != 0 ||
        llvm::MulOverflow(lhs->constant, rhs->perToken, result.perToken) ||
        llvm::MulOverflow(lhs->constant, rhs->constant, result.constant))
      return std::nullopt;
  }
  return isSmall(result) ? std::optional(result) : std::nullopt;
}

std::optional<LinearForm> ignis::getLinearForm(Value value) {
  return ::getLinearForm(value, /*depth=*/4);
}

static FailureOr<LinearForm> getSize(Operation *op, MemRefType type,
                                     ValueRange dynamicSizes) {
  if (!type.getLayout().isIdentity() || !type.getElementType().isIntOrFloat() ||
      type.getRank() == 0)
    return op->emitOpError("expects a buffer of numbers with the identity "
                           "layout, got ")
           << type;
  if (!llvm::all_of(dynamicSizes, isTokenCount))
    return op->emitOpError("expects the number of tokens as its dynamic size");
  bool dynamic = type.isDynamicDim(0);
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  for (int64_t size : type.getShape().drop_front(dynamic ? 1 : 0)) {
    if (ShapedType::isDynamic(size))
      return op->emitOpError("expects only the first dimension to be dynamic, "
                             "got ")
             << type;
    if (llvm::MulOverflow(bytes, size, bytes) || bytes > maxBytes)
      return op->emitOpError("expects at most ")
             << maxBytes << " bytes" << (dynamic ? " a token" : "") << ", got "
             << type;
  }
  bytes = llvm::alignTo(bytes, bufferAlignment);
  return dynamic ? LinearForm{bytes, 0} : LinearForm{0, bytes};
}

FailureOr<LinearForm> ignis::getBufferSize(memref::AllocOp alloc) {
  return getSize(alloc, alloc.getType(), alloc.getDynamicSizes());
}

FailureOr<Slice> ignis::getSlice(memref::ViewOp view) {
  FailureOr<LinearForm> size = getSize(view, view.getType(), view.getSizes());
  if (failed(size))
    return failure();
  std::optional<LinearForm> offset = getLinearForm(view.getByteShift());
  if (!offset)
    return view.emitOpError("expects an offset that is linear in the number "
                            "of tokens");
  if (offset->perToken < 0 || offset->constant < 0 ||
      offset->perToken % bufferAlignment != 0 ||
      offset->constant % bufferAlignment != 0)
    return view.emitOpError("expects an offset of multiples of ")
           << bufferAlignment << ", got " << toString(*offset);
  return Slice{*offset, *size};
}

bool ignis::areDisjoint(const Slice &a, const Slice &b, int64_t maxTokens) {
  return atMost(a.end(), b.offset, maxTokens) ||
         atMost(b.end(), a.offset, maxTokens);
}

FailureOr<SmallVector<LinearForm>> ignis::getArenaSize(func::FuncOp function) {
  auto error = [&] {
    return emitBriefError(function)
           << "expects '" << arenaAttrName
           << "' to be a list of pairs of integers, got "
           << function->getAttr(arenaAttrName);
  };
  if (!function->hasAttr(arenaAttrName))
    return emitBriefError(function)
           << "expects '" << arenaAttrName << "': run ignis-plan-memory";
  auto pairs = function->getAttrOfType<ArrayAttr>(arenaAttrName);
  if (!pairs)
    return error();
  SmallVector<LinearForm> sizes;
  for (Attribute attribute : pairs) {
    auto pair = dyn_cast<ArrayAttr>(attribute);
    if (!pair || pair.size() != 2 || !llvm::all_of(pair, [](Attribute number) {
          auto integer = dyn_cast<IntegerAttr>(number);
          return integer && integer.getType().isSignlessInteger(64);
        }))
      return error();
    LinearForm size{cast<IntegerAttr>(pair[0]).getInt(),
                    cast<IntegerAttr>(pair[1]).getInt()};
    if (!isSmall(size))
      return error();
    sizes.push_back(size);
  }
  return sizes;
}
