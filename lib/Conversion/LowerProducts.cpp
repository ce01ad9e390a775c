//===- LowerProducts.cpp - Matrix products as calls -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace ignis;

void Lowering::forEachChunk(int64_t size, function_ref<void(IndexRange)> body) {
  IndexRange all = ownColumns();
  auto loop =
      scf::ForOp::create(emit, all.begin, all.end, thread.getIndex(size));
  OpBuilder::InsertionGuard guard(emit);
  emit.setInsertionPointToStart(loop.getBody());
  Value begin = loop.getInductionVar();
  Value end = arith::MinUIOp::create(
      emit, arith::AddIOp::create(emit, begin, thread.getIndex(size)), all.end);
  body({begin, end});
}

LogicalResult Lowering::matmul(MatmulOp matmul) {
  bool selects = matmul.getSelection() != nullptr;
  IndexRange weightRows = ownColumns();
  Value residual = matmul.getResidual();
  emit.product(
      {.input =
           emit.prepareInput(matmul.getInput(), matmul.getWeight(), selects),
       .weight = matmul.getWeight(),
       .bias = matmul.getBias(),
       .residual =
           residual ? emit.addressOf(residual, weightRows.begin) : Value(),
       .selects = selects,
       .weightRows = weightRows,
       .out = emit.addressOf(out(), weightRows.begin),
       .stride = op.getColumns()});
  return success();
}

static int64_t rowsOf(Value weight) {
  return cast<WeightType>(weight.getType()).getRows();
}

LogicalResult Lowering::group(GroupedMatmulOp group) {
  OperandRange weights = group.getWeights();
  auto input = emit.prepareInput(group.getInput(), weights);
  IndexRange all = ownColumns();
  int64_t offset = 0;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    int64_t size = rowsOf(weight);
    IndexRange weightRows = emit.clip(all, offset, size);
    emit.product(
        {.input = input,
         .weight = weight,
         .bias = group.getBiases().empty() ? Value() : group.getBiases()[i],
         .weightRows = weightRows,
         .out = emit.addressOf(out(i), weightRows.begin),
         .stride = size});
    offset += size;
  }
  return success();
}

/// Columns of q, k and v that the thread computes: of all of them side by side,
/// or of those that its rank has.
void Lowering::divideHeads(OperandRange weights, int64_t headDim,
                           IndexRange (&ranges)[3]) {
  if (!share.isDistributed()) {
    int64_t offset = 0;
    for (auto [i, weight] : llvm::enumerate(weights)) {
      ranges[i] = emit.clip(ownColumns(), offset, rowsOf(weight));
      offset += rowsOf(weight);
    }
    return;
  }
  int64_t heads = rowsOf(weights[0]) / headDim;
  int64_t kvHeads = rowsOf(weights[1]) / headDim;
  IndexRange own = thread.getHeads(heads, kvHeads);
  IndexRange query = thread.getRankUnits(heads);
  IndexRange kv = thread.getRankParts(kvHeads, heads);
  Value offset = thread.getIndex(0);
  // By name: what a list in the loop's head refers to is gone within it.
  const IndexRange units[] = {query, kv, kv};
  for (auto [i, all] : llvm::enumerate(units)) {
    Value count = arith::SubIOp::create(emit, all.end, all.begin);
    ranges[i] = emit.scale(emit.clip(own, offset, count), all.begin, headDim);
    offset = arith::AddIOp::create(emit, offset, count);
  }
}

LogicalResult Lowering::qkv(QKVOp qkv) {
  KVCacheType cache = qkv.getCache().getType();
  int64_t headDim = cache.getHeadDim();
  if (failed(checkRope(qkv.getRope(), headDim)))
    return failure();

  // q goes where the result is; k and v stay with the thread.
  OperandRange weights = qkv.getWeights();
  auto input = emit.prepareInput(qkv.getInput(), weights);
  int64_t kvColumns = cache.getHeads() * headDim;
  Value results[] = {out(), emit.temporary(kvColumns),
                     emit.temporary(kvColumns)};
  IndexRange ranges[3];
  divideHeads(weights, headDim, ranges);
  for (auto [i, weight] : llvm::enumerate(weights)) {
    emit.product(
        {.input = input,
         .weight = weight,
         .bias = qkv.getBiases().empty() ? Value() : qkv.getBiases()[i],
         .weightRows = ranges[i],
         .out = emit.addressOf(results[i], ranges[i].begin),
         .stride = rowsOf(weight)});
  }
  IndexRange tokens = thread.getAllRows();
  for (auto [i, norm] : llvm::enumerate(qkv.getNorms()))
    emit.kernel(KernelKind::RMSNorm, {results[i], emit.weight(norm)},
                results[i], rowsOf(weights[i]), {tokens, ranges[i]},
                {arith::ConstantFloatOp::create(emit, emit.getF32Type(),
                                                *qkv.getEps())},
                headDim);
  for (int i : {0, 1})
    emit.rope(results[i], results[i], headDim, {tokens, ranges[i]});
  // The thread's key heads need not be those of its values.
  emit.append(qkv.getCache(), qkv.getLayer(), results[1], {},
              emit.divide(ranges[1], headDim));
  emit.append(qkv.getCache(), qkv.getLayer(), {}, results[2],
              emit.divide(ranges[2], headDim));
  return success();
}

/// Columns of gate and up that are computed before SwiGLU takes them, where
/// there are many tokens: the scratch holds no more.
static constexpr int64_t gateUpChunk = 256;

LogicalResult Lowering::gateUp(GateUpOp gateUp) {
  if (failed(checkVectorized()))
    return failure();
  int64_t columns = op.getColumns();
  int64_t chunk =
      thread.getStaticTokens() == 1 ? columns : std::min(columns, gateUpChunk);
  auto input =
      emit.prepareInput(gateUp.getInput(), {gateUp.getGate(), gateUp.getUp()});
  Value gate = emit.temporary(chunk);
  Value up = emit.temporary(chunk);

  // `first` is the column of the temporaries that the part's first goes to.
  auto compute = [&](IndexRange part, Value first) {
    auto product = [&](Value weight, Value out) {
      emit.product({.input = input,
                    .weight = weight,
                    .weightRows = part,
                    .out = emit.addressOf(out, first),
                    .stride = chunk});
    };
    product(gateUp.getGate(), gate);
    product(gateUp.getUp(), up);
    emit.elementwise(swiGLUFormula, {gate, up}, out(), columns,
                     {thread.getAllRows(), part});
  };
  if (chunk == columns) {
    IndexRange all = ownColumns();
    compute(all, all.begin);
    return success();
  }
  forEachChunk(chunk,
               [&](IndexRange part) { compute(part, thread.getIndex(0)); });
  return success();
}

//===----------------------------------------------------------------------===//
// The likeliest tokens
//===----------------------------------------------------------------------===//

LogicalResult Lowering::argmax(ArgmaxOp argmax) {
  using Rows = CallEmitter::ArgmaxRows;
  IndexRange range = ownColumns();
  emit.argmax(emit.addressOf(argmax.getInput(), range.begin), op.getColumns(),
              argmax.getSelection() ? Rows::Select : Rows::All, range,
              op.getColumnGranularity(), out());
  return success();
}

LogicalResult Lowering::matmulArgmax(MatmulArgmaxOp head) {
  using Rows = CallEmitter::ArgmaxRows;
  bool selects = head.getSelection() != nullptr;
  auto input = emit.prepareInput(head.getInput(), head.getWeight(), selects);
  int64_t size = op.getColumnGranularity();
  Value logits = emit.addressOf(emit.temporary(size));
  forEachChunk(size, [&](IndexRange part) {
    emit.product({.input = input,
                  .weight = head.getWeight(),
                  .selects = selects,
                  .weightRows = part,
                  .out = logits,
                  .stride = size});
    emit.argmax(logits, size, selects ? Rows::Selected : Rows::All, part, size,
                out());
  });
  return success();
}
