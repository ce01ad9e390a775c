//===- IgnisOps.cpp - Verifiers and canonicalizations ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace ignis;

#define GET_OP_CLASSES
#include "ignis/IR/IgnisOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Rows of an activation in any form, tokens of a token list.
static int64_t rowsOf(Type type) {
  if (auto quantized = dyn_cast<Q8Type>(type))
    return quantized.getRows();
  return cast<ShapedType>(type).getDimSize(0);
}

/// Checks that `type` holds rows of `columns` features, quantised or not.
static LogicalResult checkFeatures(Operation *op, StringRef name, Type type,
                                   int64_t columns) {
  if (auto quantized = dyn_cast<Q8Type>(type)) {
    if (quantized.getCols() == columns)
      return success();
    return op->emitOpError("expects ")
           << name << " to have " << columns << " columns, got "
           << quantized.getCols();
  }
  auto shaped = cast<ShapedType>(type);
  int64_t found = shaped.getDimSize(1);
  if (shaped.getElementType().isInteger(8)) {
    if (columns % 32 == 0 && found == Q8Type::getRowBytes(columns))
      return success();
    return op->emitOpError("expects ")
           << name << " to have the row bytes of " << columns
           << " quantised columns, got " << found;
  }
  if (found == columns)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects ")
                                  << name << " to have " << columns
                                  << " columns, got ";
  return ShapedType::isDynamic(found) ? diagnostic << "?" : diagnostic << found;
}

/// Checks that `value` is an f32 vector of `length`.
static LogicalResult checkVector(Operation *op, StringRef name, Value value,
                                 int64_t length) {
  auto type = cast<WeightType>(value.getType());
  if (type.getElement() != ElementKind::F32)
    return op->emitOpError("expects ")
           << name << " to be f32, got "
           << stringifyElementKind(type.getElement());
  if (type.getCols() != length)
    return op->emitOpError("expects ") << name << " to have length " << length
                                       << ", got " << type.getCols();
  return success();
}

/// Checks the product of `input` and `weight`: matching features, and a
/// quantised input for q8_0 weights only.
static LogicalResult checkProduct(Operation *op, Value input, Value weight) {
  auto type = cast<WeightType>(weight.getType());
  bool quantized =
      isa<Q8Type>(input.getType()) ||
      cast<ShapedType>(input.getType()).getElementType().isInteger(8);
  if (quantized && type.getElement() != ElementKind::Q8_0)
    return op->emitOpError("expects f32 input for a weight of type ")
           << stringifyElementKind(type.getElement());
  return checkFeatures(op, "input", input.getType(), type.getCols());
}

/// The types of results and destinations: all that hold what is computed.
static SmallVector<Type> getResultTypes(ComputeOpInterface op) {
  SmallVector<Type> types(op->getResultTypes());
  for (OpOperand &out : op.getOutsMutable())
    types.push_back(out.get().getType());
  return types;
}

/// Checks that results and destinations have `columns` features, that there are
/// `count` of either, and, unless `anyRows`, that all rows agree.
static LogicalResult checkResults(ComputeOpInterface op,
                                  ArrayRef<int64_t> columns,
                                  bool anyRows = false) {
  auto outs = MutableOperandRange(op.getOutsMutable());
  size_t found = outs.empty() ? op->getNumResults() : outs.size();
  if (found != columns.size())
    return op->emitOpError("expects ")
           << columns.size() << " result" << (columns.size() == 1 ? "" : "s")
           << " or outs, got " << found;
  SmallVector<Type> types = getResultTypes(op);
  for (auto [index, type] : llvm::enumerate(types))
    if (failed(
            checkFeatures(op, "result", type, columns[index % columns.size()])))
      return failure();
  if (anyRows)
    return success();

  int64_t rows = ShapedType::kDynamic;
  for (Value operand : op->getOperands())
    if (isa<ShapedType, Q8Type>(operand.getType()))
      types.push_back(operand.getType());
  for (Type type : types) {
    if (ShapedType::isDynamic(rowsOf(type)))
      continue;
    if (!ShapedType::isDynamic(rows) && rows != rowsOf(type))
      return op->emitOpError("expects equal rows, got ")
             << rows << " and " << rowsOf(type);
    rows = rowsOf(type);
  }
  return success();
}

/// Checks an operation whose operands and results all have the same shape.
static LogicalResult checkElementwise(ComputeOpInterface op,
                                      ArrayRef<Value> inputs) {
  int64_t columns = op.getColumns();
  if (ShapedType::isDynamic(columns))
    return op->emitOpError("expects a static number of columns");
  for (Value input : inputs)
    if (failed(checkFeatures(op, "input", input.getType(), columns)))
      return failure();
  return checkResults(op, columns);
}

static LogicalResult checkEps(Operation *op, const APFloat &eps) {
  if (!eps.isFinite() || eps.isNegative())
    return op->emitOpError("expects eps to be finite and not negative");
  return success();
}

static LogicalResult checkRopeBase(Operation *op, const APFloat &base) {
  if (!base.isFinite() || !(base.convertToDouble() > 0))
    return op->emitOpError("expects base to be finite and positive");
  return success();
}

/// Checks layer and query against the cache.
static LogicalResult checkCache(Operation *op, KVCacheType cache,
                                uint64_t layer, int64_t queryColumns) {
  if (static_cast<int64_t>(layer) < 0 ||
      static_cast<int64_t>(layer) >= cache.getLayers())
    return op->emitOpError("expects layer to be below ")
           << cache.getLayers() << ", got " << static_cast<int64_t>(layer);
  int64_t group = cache.getHeads() * cache.getHeadDim();
  if (ShapedType::isDynamic(queryColumns) || queryColumns <= 0 ||
      queryColumns % group != 0)
    return op->emitOpError("expects query columns to be a multiple of ")
           << group;
  return success();
}

/// Checks rows of k or v against the cache.
static LogicalResult checkKeys(Operation *op, StringRef name, Value value,
                               KVCacheType cache) {
  return checkFeatures(op, name, value.getType(),
                       cache.getHeads() * cache.getHeadDim());
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

LogicalResult EmbeddingOp::verify() {
  return checkResults(*this, getColumns());
}

LogicalResult RMSNormalizeOp::verify() {
  if (failed(checkEps(*this, getEps())))
    return failure();
  return checkElementwise(*this, getInput());
}

LogicalResult ScaleOp::verify() {
  if (failed(checkElementwise(*this, getInput())))
    return failure();
  return checkVector(*this, "weight", getWeight(), getColumns());
}

LogicalResult RMSNormOp::verify() {
  if (failed(checkEps(*this, getEps())) ||
      failed(checkElementwise(*this, getInput())))
    return failure();
  return checkVector(*this, "weight", getWeight(), getColumns());
}

LogicalResult QuantizeOp::verify() {
  if (getColumns() % 32 != 0 || ShapedType::isDynamic(getColumns()))
    return emitOpError("expects columns to be a multiple of 32");
  return checkElementwise(*this, getInput());
}

LogicalResult MatmulOp::verify() {
  int64_t rows = getColumns();
  if (failed(checkProduct(*this, getInput(), getWeight())))
    return failure();
  if (getBias() && failed(checkVector(*this, "bias", getBias(), rows)))
    return failure();
  if (getResidual() && getFirstRow())
    return emitOpError("expects no residual beside a first row");
  if (getResidual() &&
      failed(checkFeatures(*this, "residual", getResidual().getType(), rows)))
    return failure();
  return checkResults(*this, rows, /*anyRows=*/getFirstRow() != nullptr);
}

LogicalResult RopeOp::verify() {
  int64_t headDim = getHeadDim();
  if (headDim != 32 && headDim != 64 && headDim != 128)
    return emitOpError("expects head_dim to be 32, 64 or 128, got ") << headDim;
  if (getColumns() % headDim != 0)
    return emitOpError("expects head_dim to divide the columns");
  if (failed(checkRopeBase(*this, getBase())))
    return failure();
  return checkElementwise(*this, getInput());
}

LogicalResult AttentionOp::verify() {
  KVCacheType cache = getCache().getType();
  if (failed(checkCache(*this, cache, getLayer(), getColumns())) ||
      failed(checkKeys(*this, "key", getKey(), cache)) ||
      failed(checkKeys(*this, "value", getValue(), cache)))
    return failure();
  return checkResults(*this, getColumns());
}

LogicalResult AttendOp::verify() {
  if (failed(checkCache(*this, getCache().getType(), getLayer(), getColumns())))
    return failure();
  return checkResults(*this, getColumns());
}

LogicalResult KVAppendOp::verify() {
  KVCacheType cache = getCache().getType();
  if (failed(checkCache(*this, cache, getLayer(),
                        cache.getHeads() * cache.getHeadDim())) ||
      failed(checkKeys(*this, "key", getKey(), cache)) ||
      failed(checkKeys(*this, "value", getValue(), cache)))
    return failure();
  int64_t keys = rowsOf(getKey().getType());
  int64_t values = rowsOf(getValue().getType());
  if (keys != values && !ShapedType::isDynamic(keys) &&
      !ShapedType::isDynamic(values))
    return emitOpError("expects equal rows, got ") << keys << " and " << values;
  return success();
}

LogicalResult AddOp::verify() {
  return checkElementwise(*this, {getLhs(), getRhs()});
}

LogicalResult MulOp::verify() {
  return checkElementwise(*this, {getLhs(), getRhs()});
}

LogicalResult SiluOp::verify() { return checkElementwise(*this, getInput()); }

LogicalResult SwiGLUOp::verify() {
  return checkElementwise(*this, {getGate(), getUp()});
}

/// Checks a group of products of one input, with as many biases as weights or
/// none; fills in the rows of each weight.
static LogicalResult checkGroup(Operation *op, Value input,
                                OperandRange weights, OperandRange biases,
                                SmallVectorImpl<int64_t> &rows) {
  if (weights.empty())
    return op->emitOpError("expects a weight");
  if (!biases.empty() && biases.size() != weights.size())
    return op->emitOpError("expects as many biases as weights or none, got ")
           << biases.size() << " and " << weights.size();
  for (auto [index, weight] : llvm::enumerate(weights)) {
    rows.push_back(cast<WeightType>(weight.getType()).getRows());
    if (failed(checkProduct(op, input, weight)))
      return failure();
    if (index + 1 < weights.size() && rows.back() % 16 != 0)
      return op->emitOpError("expects rows of all weights but the last to be a "
                             "multiple of 16, got ")
             << rows.back();
    if (!biases.empty() &&
        failed(checkVector(op, "bias", biases[index], rows.back())))
      return failure();
  }
  return success();
}

LogicalResult GroupedMatmulOp::verify() {
  SmallVector<int64_t> rows;
  if (failed(checkGroup(*this, getInput(), getWeights(), getBiases(), rows)))
    return failure();
  return checkResults(*this, rows);
}

LogicalResult QKVOp::verify() {
  SmallVector<int64_t> rows;
  if (failed(checkGroup(*this, getInput(), getWeights(), getBiases(), rows)))
    return failure();
  if (rows.size() != 3)
    return emitOpError("expects three weights, got ") << rows.size();
  KVCacheType cache = getCache().getType();
  if (failed(checkCache(*this, cache, getLayer(), rows[0])) ||
      failed(checkRopeBase(*this, getBase())))
    return failure();
  int64_t kvColumns = cache.getHeads() * cache.getHeadDim();
  if (rows[1] != kvColumns || rows[2] != kvColumns)
    return emitOpError("expects key and value weights to have ")
           << kvColumns << " rows, got " << rows[1] << " and " << rows[2];
  return checkResults(*this, rows[0]);
}

LogicalResult GateUpOp::verify() {
  if (failed(checkProduct(*this, getInput(), getGate())) ||
      failed(checkProduct(*this, getInput(), getUp())))
    return failure();
  int64_t rows = cast<WeightType>(getUp().getType()).getRows();
  if (rows != getColumns())
    return emitOpError("expects gate and up to have equal rows, got ")
           << getColumns() << " and " << rows;
  return checkResults(*this, getColumns());
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {
/// `matmul ... from(0)` computes every row.
struct DropFirstRowZero : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatmulOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getFirstRow() || !matchPattern(op.getFirstRow(), m_Zero()))
      return rewriter.notifyMatchFailure(op, "computes from a later row");
    if (!op.isValueForm())
      return rewriter.notifyMatchFailure(op, "not in value form");
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    auto full = RankedTensorType::get(
        {rowsOf(op.getInput().getType()), type.getDimSize(1)},
        type.getElementType());
    auto matmul = MatmulOp::create(rewriter, op.getLoc(), TypeRange(full),
                                   op.getInput(), op.getWeight(), op.getBias(),
                                   op.getResidual(), /*firstRow=*/Value(),
                                   /*outs=*/ValueRange(), op.getShareAttr());
    Value result = matmul.getResult(0);
    if (full != type)
      result = tensor::CastOp::create(rewriter, op.getLoc(), type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};
} // namespace

void MatmulOp::getCanonicalizationPatterns(RewritePatternSet &results,
                                           MLIRContext *context) {
  results.add<DropFirstRowZero>(context);
}

//===----------------------------------------------------------------------===//
// Phases and barriers
//===----------------------------------------------------------------------===//

void PhaseOp::build(OpBuilder &, OperationState &state) {
  state.addRegion()->emplaceBlock();
}

LogicalResult PhaseOp::verify() {
  for (Operation &op : *getBody().begin()) {
    if (isa<PhaseOp, BarrierOp>(op))
      return emitOpError("expects no phase or barrier inside");
    auto compute = dyn_cast<ComputeOpInterface>(op);
    if (compute && !compute.isBufferForm())
      return emitOpError("expects operations in buffer form");
  }
  return success();
}

LogicalResult PhaseOp::canonicalize(PhaseOp op, PatternRewriter &rewriter) {
  if (!op.getBody().begin()->empty())
    return rewriter.notifyMatchFailure(op, "not empty");
  rewriter.eraseOp(op);
  return success();
}

LogicalResult BarrierOp::canonicalize(BarrierOp op, PatternRewriter &rewriter) {
  if (!isa_and_nonnull<BarrierOp>(op->getNextNode()))
    return rewriter.notifyMatchFailure(op, "no barrier follows");
  rewriter.eraseOp(op);
  return success();
}
