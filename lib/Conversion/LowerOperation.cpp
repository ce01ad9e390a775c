//===- LowerOperation.cpp - An operation as calls -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LowerOperation.h"

#include "CallEmitter.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// The most columns a buffer may have: products of sizes stay far below 2^63.
static constexpr int64_t kMostColumns = int64_t(1) << 31;

static LogicalResult checkBuffer(Operation *op, MemRefType type,
                                 int64_t staticTokens, bool anyRows) {
  if (!type.getLayout().isIdentity() || type.getMemorySpace())
    return op->emitOpError("expects buffers without layout or memory space, "
                           "got ")
           << type;
  if (type.getShape().back() > kMostColumns)
    return op->emitOpError("expects at most ")
           << kMostColumns << " columns, got " << type;
  if (!anyRows && !type.isDynamicDim(0) && type.getDimSize(0) != staticTokens)
    return op->emitOpError("expects a row for each token, got ") << type;
  return success();
}

static LogicalResult checkShare(ComputeOpInterface op, ShareAttr share) {
  if (share.getKind() == ShareKind::Replicated && op.getWrittenCache())
    return op->emitOpError("writes the cache, expects not to be replicated");
  if (share.getKind() == ShareKind::Columns &&
      share.getParts() > op.getColumns())
    return op->emitOpError("expects at most ")
           << op.getColumns() << " parts, got " << share.getParts();
  return success();
}

static LogicalResult checkOperation(ComputeOpInterface op,
                                    const ThreadProgram &program) {
  if (!op.isBufferForm())
    return op->emitOpError("expects buffer form");
  auto matmul = dyn_cast<MatmulOp>(op.getOperation());
  bool anyRows = matmul && matmul.getFirstRow();
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (type &&
        failed(checkBuffer(op, type, program.getStaticTokens(), anyRows)))
      return failure();
    if (isa<WeightType>(operand.getType()) &&
        !operand.getDefiningOp<WeightOp>())
      return op->emitOpError("expects weights to come from ignis.weight");
  }
  return checkShare(op, op.getShareOrDefault());
}

/// Kernels take sixteen columns at a time.
static LogicalResult checkVectorized(ComputeOpInterface op) {
  if (op.getColumns() % VectorCode::kLanes != 0)
    return op->emitOpError("expects columns to be a multiple of ")
           << VectorCode::kLanes << ", got " << op.getColumns();
  return success();
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

namespace {
/// Lowers one operation after its checks.
class Lowering {
public:
  Lowering(ComputeOpInterface op, ThreadProgram &program, ProgramModule &module)
      : op(op), program(program), module(module), emit(op, program, module),
        share(op.getShareOrDefault()) {}

  LogicalResult lower();

private:
  LogicalResult elementwise(KernelKind kind, ValueRange inputs,
                            ValueRange parameters = {});
  LogicalResult foreign(ElementwiseOpInterface op);
  LogicalResult norm(KernelKind kind, ValueRange inputs, const APFloat &eps);
  LogicalResult embedding(EmbeddingOp lookup);
  LogicalResult rope(RopeOp turn);
  LogicalResult append(KVAppendOp op);
  LogicalResult attend(AttendOp op);
  LogicalResult attention(AttentionOp op);
  LogicalResult matmul(MatmulOp product);
  LogicalResult group(GroupedMatmulOp products);
  LogicalResult qkv(QKVOp products);
  LogicalResult gateUp(GateUpOp products);

  LogicalResult checkRope(const APFloat &base, int64_t headDim);
  IndexRange columns() { return program.getColumns(share, op.getColumns()); }
  Value out(int64_t i = 0) {
    return MutableOperandRange(op.getOutsMutable())[i].get();
  }

  ComputeOpInterface op;
  ThreadProgram &program;
  ProgramModule &module;
  CallEmitter emit;
  ShareAttr share;
};
} // namespace

LogicalResult Lowering::elementwise(KernelKind kind, ValueRange inputs,
                                    ValueRange parameters) {
  if (failed(checkVectorized(op)))
    return failure();
  auto weightOrBuffer = [&](Value input) {
    return isa<WeightType>(input.getType()) ? emit.weight(input) : input;
  };
  emit.kernel(kind, llvm::map_to_vector(inputs, weightOrBuffer), out(),
              op.getColumns(), program.getRows(share), columns(), parameters);
  return success();
}

/// An operation of another dialect, which brings its code with it.
LogicalResult Lowering::foreign(ElementwiseOpInterface foreign) {
  if (failed(checkVectorized(op)))
    return failure();
  SmallVector<Value> inputs;
  for (OpOperand &operand : op->getOpOperands()) {
    if (compute::isDestination(operand))
      continue;
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || !type.getElementType().isF32() ||
        type.getDimSize(1) != op.getColumns())
      return op->emitOpError("expects inputs of the result's f32 columns, got ")
             << operand.get().getType();
    inputs.push_back(operand.get());
  }
  if (inputs.empty() || MutableOperandRange(op.getOutsMutable()).size() != 1)
    return op->emitOpError("expects inputs and one destination");
  emit.kernel(KernelKind::Elementwise, inputs, out(), op.getColumns(),
              program.getRows(share), columns(), {}, /*headDim=*/0, foreign);
  return success();
}

LogicalResult Lowering::norm(KernelKind kind, ValueRange inputs,
                             const APFloat &eps) {
  Value value = arith::ConstantFloatOp::create(emit, emit.getF32Type(), eps);
  return elementwise(kind, inputs, value);
}

LogicalResult Lowering::embedding(EmbeddingOp lookup) {
  IndexRange rows = program.getRows(share);
  emit.runtime("ignis_rt_embed",
               {program.getThread(), emit.weight(lookup.getTable()),
                emit.addressOf(lookup.getTokens()), rows.begin, rows.end,
                emit.addressOf(out())});
  return success();
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

LogicalResult Lowering::checkRope(const APFloat &base, int64_t headDim) {
  if (base != module.model.getRopeBase().getValue())
    return op->emitOpError("expects the model's rope base ")
           << module.model.getRopeBase();
  if (headDim != module.model.getHeadDim())
    return op->emitOpError("expects the model's head dimension ")
           << module.model.getHeadDim() << ", got " << headDim;
  return success();
}

LogicalResult Lowering::rope(RopeOp turn) {
  int64_t headDim = turn.getHeadDim();
  if (failed(checkRope(turn.getBase(), headDim)))
    return failure();
  emit.rope(turn.getInput(), out(), headDim, turn.getPosition(),
            program.getRows(share), columns());
  return success();
}

LogicalResult Lowering::append(KVAppendOp append) {
  int64_t headDim = append.getCache().getType().getHeadDim();
  emit.append(append.getCache(), append.getLayer(), append.getKey(),
              append.getValue(), append.getPosition(),
              emit.divide(columns(), headDim));
  return success();
}

LogicalResult Lowering::attend(AttendOp attend) {
  emit.attend(attend.getCache(), attend.getLayer(), attend.getQuery(),
              attend.getPosition(), columns(), out());
  return success();
}

LogicalResult Lowering::attention(AttentionOp attention) {
  // The thread's query heads read no keys but those it appends itself.
  IndexRange range = columns();
  emit.append(attention.getCache(), attention.getLayer(), attention.getKey(),
              attention.getValue(), attention.getPosition(),
              emit.divide(range, attention.getColumnGranularity()));
  emit.attend(attention.getCache(), attention.getLayer(), attention.getQuery(),
              attention.getPosition(), range, out());
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

LogicalResult Lowering::matmul(MatmulOp matmul) {
  Value first = matmul.getFirstRow();
  emit.product(
      {.input = emit.prepareInput(matmul.getInput(), matmul.getWeight(), first),
       .weight = matmul.getWeight(),
       .bias = matmul.getBias(),
       .residual = matmul.getResidual(),
       .firstRow = first,
       .rows = columns(),
       .out = emit.addressOf(out()),
       .stride = op.getColumns()});
  return success();
}

LogicalResult Lowering::group(GroupedMatmulOp group) {
  OperandRange weights = group.getWeights();
  auto input = emit.prepareInput(group.getInput(), weights);
  IndexRange all = columns();
  int64_t offset = 0;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    int64_t rows = cast<WeightType>(weight.getType()).getRows();
    emit.product(
        {.input = input,
         .weight = weight,
         .bias = group.getBiases().empty() ? Value() : group.getBiases()[i],
         .rows = emit.clip(all, offset, rows),
         .out = emit.addressOf(out(i)),
         .stride = rows});
    offset += rows;
  }
  return success();
}

LogicalResult Lowering::qkv(QKVOp qkv) {
  KVCacheType cache = qkv.getCache().getType();
  int64_t headDim = cache.getHeadDim();
  if (failed(checkRope(qkv.getBase(), headDim)))
    return failure();

  // q goes where the result is; k and v stay with the thread.
  OperandRange weights = qkv.getWeights();
  auto input = emit.prepareInput(qkv.getInput(), weights);
  int64_t kvColumns = cache.getHeads() * headDim;
  Value results[] = {out(), emit.temporary(kvColumns),
                     emit.temporary(kvColumns)};
  IndexRange all = columns(), ranges[3];
  int64_t offset = 0;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    int64_t rows = cast<WeightType>(weight.getType()).getRows();
    ranges[i] = emit.clip(all, offset, rows);
    emit.product(
        {.input = input,
         .weight = weight,
         .bias = qkv.getBiases().empty() ? Value() : qkv.getBiases()[i],
         .rows = ranges[i],
         .out = emit.addressOf(results[i]),
         .stride = rows});
    offset += rows;
  }
  IndexRange tokens = program.getAllRows();
  Value position = qkv.getPosition();
  for (int i : {0, 1})
    emit.rope(results[i], results[i], headDim, position, tokens, ranges[i]);
  // The thread's key heads need not be those of its values.
  emit.append(qkv.getCache(), qkv.getLayer(), results[1], {}, position,
              emit.divide(ranges[1], headDim));
  emit.append(qkv.getCache(), qkv.getLayer(), {}, results[2], position,
              emit.divide(ranges[2], headDim));
  return success();
}

/// Columns of gate and up that are computed before SwiGLU takes them, where
/// there are many tokens: the scratch holds no more.
static constexpr int64_t kGateUpChunk = 256;

LogicalResult Lowering::gateUp(GateUpOp gateUp) {
  if (failed(checkVectorized(op)))
    return failure();
  int64_t features = op.getColumns();
  int64_t chunk = program.getStaticTokens() == 1
                      ? features
                      : std::min(features, kGateUpChunk);
  auto input =
      emit.prepareInput(gateUp.getInput(), {gateUp.getGate(), gateUp.getUp()});
  Value gate = emit.addressOf(emit.temporary(chunk));
  Value up = emit.addressOf(emit.temporary(chunk));

  auto compute = [&](Value gate, Value up, IndexRange part) {
    auto product = [&](Value weight, Value out) {
      emit.product({.input = input,
                    .weight = weight,
                    .rows = part,
                    .out = out,
                    .stride = chunk});
    };
    product(gateUp.getGate(), gate);
    product(gateUp.getUp(), up);
    emit.kernel(KernelKind::SwiGLU,
                {emit.bufferAt(gate, chunk), emit.bufferAt(up, chunk)}, out(),
                features, program.getAllRows(), part);
  };
  IndexRange all = columns();
  if (chunk == features) {
    compute(gate, up, all);
    return success();
  }
  auto loop =
      scf::ForOp::create(emit, all.begin, all.end, program.getIndex(chunk));
  OpBuilder::InsertionGuard guard(emit);
  emit.setInsertionPointToStart(loop.getBody());
  Value begin = loop.getInductionVar();
  Value end = arith::MinUIOp::create(
      emit, arith::AddIOp::create(emit, begin, program.getIndex(chunk)),
      all.end);
  // Columns count from the whole's beginning, also in a chunk.
  compute(emit.moveBack(gate, begin, emit.getF32Type()),
          emit.moveBack(up, begin, emit.getF32Type()), {begin, end});
  return success();
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

LogicalResult Lowering::lower() {
  using K = KernelKind;
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](AddOp op) {
        return elementwise(K::Add, {op.getLhs(), op.getRhs()});
      })
      .Case([&](MulOp op) {
        return elementwise(K::Mul, {op.getLhs(), op.getRhs()});
      })
      .Case([&](ScaleOp op) {
        return elementwise(K::Scale, {op.getInput(), op.getWeight()});
      })
      .Case([&](SiluOp op) { return elementwise(K::Silu, op.getInput()); })
      .Case([&](SwiGLUOp op) {
        return elementwise(K::SwiGLU, {op.getGate(), op.getUp()});
      })
      .Case([&](QuantizeOp op) {
        return elementwise(K::Quantize, op.getInput());
      })
      .Case([&](RMSNormalizeOp op) {
        return norm(K::RMSNormalize, op.getInput(), op.getEps());
      })
      .Case([&](RMSNormOp op) {
        return norm(K::RMSNorm, {op.getInput(), op.getWeight()}, op.getEps());
      })
      .Case([&](EmbeddingOp op) { return embedding(op); })
      .Case([&](RopeOp op) { return rope(op); })
      .Case([&](KVAppendOp op) { return append(op); })
      .Case([&](AttendOp op) { return attend(op); })
      .Case([&](AttentionOp op) { return attention(op); })
      .Case([&](MatmulOp op) { return matmul(op); })
      .Case([&](GroupedMatmulOp op) { return group(op); })
      .Case([&](QKVOp op) { return qkv(op); })
      .Case([&](GateUpOp op) { return gateUp(op); })
      .Case([&](ElementwiseOpInterface op) { return foreign(op); })
      .Default([](Operation *op) {
        return op->emitOpError("cannot be turned into calls");
      });
}

LogicalResult ignis::lowerOperation(ComputeOpInterface op,
                                    ThreadProgram &program,
                                    ProgramModule &module) {
  if (failed(checkOperation(op, program)))
    return failure();
  program.freeTemporaries();
  return Lowering(op, program, module).lower();
}
