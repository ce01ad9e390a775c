//===- CallEmitter.cpp - Calls of kernels and of the runtime --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallEmitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace ignis;

static int64_t columnsOf(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getDimSize(1);
}

static bool isQuantized(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getElementType().isInteger(8);
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

Value CallEmitter::addressOf(Value buffer) {
  return createOrFold<AddressOfOp>(thread.getThread().getType(), buffer);
}

Value CallEmitter::addressOf(Value buffer, Value column) {
  Value address = addressOf(buffer);
  Value offset = arith::IndexCastOp::create(*this, getI64Type(), column);
  return LLVM::GEPOp::create(*this, address.getType(), getF32Type(), address,
                             ArrayRef<LLVM::GEPArg>{offset});
}

Value CallEmitter::weight(Value weight) {
  auto op = weight.getDefiningOp<WeightOp>();
  Value address = thread.loadWeight(*this, program.getIndex(op));
  if (!op.getType().isVector())
    return address;
  Type type = MemRefType::get(op.getType().getShape(), getF32Type());
  return BufferAtOp::create(*this, type, address);
}

IndexRange CallEmitter::divide(IndexRange range, int64_t divisor) {
  auto bound = [&](Value value) -> Value {
    return createOrFold<arith::DivUIOp>(value, index(divisor));
  };
  return {bound(range.begin), bound(range.end)};
}

IndexRange CallEmitter::clip(IndexRange range, Value offset, Value count) {
  // Signed: a bound before the offset becomes 0.
  auto bound = [&](Value value) -> Value {
    value = createOrFold<arith::SubIOp>(value, offset);
    value = createOrFold<arith::MaxSIOp>(value, index(0));
    return createOrFold<arith::MinSIOp>(value, count);
  };
  return {bound(range.begin), bound(range.end)};
}

IndexRange CallEmitter::scale(IndexRange range, Value offset, int64_t size) {
  auto bound = [&](Value value) -> Value {
    value = createOrFold<arith::AddIOp>(value, offset);
    return createOrFold<arith::MulIOp>(value, index(size));
  };
  return {bound(range.begin), bound(range.end)};
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

void CallEmitter::runtime(RuntimeFunction function, ValueRange operands) {
  StringRef name = ignis::getName(function);
  if (!program.module.lookupSymbol(name)) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToEnd(program.module.getBody());
    func::FuncOp::create(*this, name, ignis::getType(function, *this))
        .setPrivate();
  }
  func::CallOp::create(*this, name, TypeRange(), operands);
}

void CallEmitter::gather(AllGatherOp gather) {
  Type element = gather.getBufferType().getElementType();
  runtime(
      RuntimeFunction::ignis_rt_all_gather,
      {thread.getThread(), addressOf(gather.getBuffer()),
       gather.getSelection() ? thread.getOutputCount() : thread.getTokenCount(),
       index(static_cast<int64_t>(gather.getColumns())),
       index(static_cast<int64_t>(gather.getWidth())),
       index(element.getIntOrFloatBitWidth() / 8),
       index(gather.getFirstOnly())});
}

/// `type` with any number of rows, as kernels take it; a vector as it is.
static MemRefType withAnyRows(Type type) {
  auto memref = cast<MemRefType>(type);
  if (memref.getRank() != 2)
    return memref;
  return MemRefType::get({ShapedType::kDynamic, memref.getDimSize(1)},
                         memref.getElementType());
}

void CallEmitter::kernel(KernelKind kind, ValueRange inputs, Value result,
                         int64_t columns, ResultPart part,
                         ValueRange parameters, int64_t headDim) {
  call({kind, {}, withAnyRows(result.getType()), columns, headDim}, inputs,
       result, part, parameters);
}

void CallEmitter::elementwise(const ElementwiseCode &code, ValueRange inputs,
                              Value result, int64_t columns, ResultPart part,
                              int64_t headDim) {
  call({KernelKind::Elementwise,
        {},
        withAnyRows(result.getType()),
        columns,
        headDim,
        code},
       inputs, result, part, {});
}

void CallEmitter::call(Kernel kernel, ValueRange inputs, Value result,
                       ResultPart part, ValueRange parameters) {
  SmallVector<Value> operands;
  auto addBuffer = [&](Value buffer) {
    MemRefType type = withAnyRows(buffer.getType());
    if (type != buffer.getType())
      buffer = memref::CastOp::create(*this, type, buffer);
    operands.push_back(buffer);
  };
  for (Value input : inputs) {
    kernel.inputs.push_back(withAnyRows(input.getType()));
    addBuffer(input);
  }
  addBuffer(result);
  llvm::append_range(operands, parameters);
  operands.append(
      {part.rows.begin, part.rows.end, part.columns.begin, part.columns.end});

  func::CallOp::create(*this, getOrGenerateKernel(program, kernel), operands);
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

static bool wantsQuantizedInput(Value weight) {
  return cast<WeightType>(weight.getType()).wantsQuantizedInput();
}

CallEmitter::ProductInput
CallEmitter::prepareInput(Value input, ValueRange weights, bool selects) {
  bool isReady = isQuantized(input);
  int64_t columns = columnsOf(input);
  if (selects) {
    Type element = cast<MemRefType>(input.getType()).getElementType();
    Value selected = thread.takeTemporary(*this, columns, element);
    int64_t rowBytes = columns * element.getIntOrFloatBitWidth() / 8;
    runtime(RuntimeFunction::ignis_rt_select,
            {addressOf(thread.getCallRows()), addressOf(input), index(rowBytes),
             addressOf(selected)});
    input = selected;
  }
  if (isReady)
    return {{}, input};
  ProductInput prepared = {input, {}};
  if (llvm::none_of(weights, wantsQuantizedInput))
    return prepared;

  prepared.quantized =
      thread.takeTemporary(*this, Q8Type::getRowBytes(columns), getI8Type());
  IndexRange rows = thread.getAllRows();
  if (selects)
    rows.end = thread.getOutputCount();
  elementwise(quantizeFormula, input, prepared.quantized, columns,
              {rows, {index(0), index(columns)}});
  return prepared;
}

void CallEmitter::product(const Product &product) {
  bool quantized = wantsQuantizedInput(product.weight);
  Value input = quantized ? product.input.quantized : product.input.floats;
  Value x = addressOf(input);
  Value bias = thread.getNull();
  if (product.bias)
    bias = addressOf(weight(product.bias));
  Value residual = product.residual ? product.residual : thread.getNull();
  runtime(quantized ? RuntimeFunction::ignis_rt_matmul_q8
                    : RuntimeFunction::ignis_rt_matmul_f32,
          {thread.getThread(), weight(product.weight), x,
           product.selects ? thread.getOutputCount() : thread.getTokenCount(),
           product.weightRows.begin, product.weightRows.end, bias, residual,
           product.out, index(product.stride)});
}

void CallEmitter::argmax(Value values, int64_t stride, ArgmaxRows rows,
                         IndexRange range, int64_t part, Value result) {
  Value count = rows == ArgmaxRows::All ? thread.getTokenCount()
                                        : thread.getOutputCount();
  Value numbers =
      rows == ArgmaxRows::Select ? thread.getOutputs() : thread.getNull();
  runtime(RuntimeFunction::ignis_rt_argmax,
          {values, index(stride), numbers, count, range.begin, range.end,
           index(part), addressOf(result), index(columnsOf(result))});
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

void CallEmitter::rope(Value values, Value result, int64_t headDim,
                       ResultPart part) {
  Type table =
      MemRefType::get({ShapedType::kDynamic, 2, headDim / 2}, getF32Type());
  kernel(KernelKind::Rope, values, result, columnsOf(values), part,
         {thread.getRopeTable(table), thread.getPositions()}, headDim);
}

void CallEmitter::append(Value cache, int64_t layer, Value key, Value value,
                         IndexRange heads) {
  auto addressOrNull = [&](Value buffer) {
    return buffer ? addressOf(buffer) : thread.getNull();
  };
  runtime(RuntimeFunction::ignis_rt_kv_append,
          {thread.getThread(), addressOf(cache), index(layer),
           addressOrNull(key), addressOrNull(value),
           addressOf(thread.getCallRows()), heads.begin, heads.end});
}

void CallEmitter::attend(Value cache, int64_t layer, Value query,
                         IndexRange ownColumns, Value result) {
  int64_t columns = columnsOf(query);
  int64_t headDim = cast<KVCacheType>(cache.getType()).getHeadDim();
  bool quantizes = isQuantized(result);
  Value out = quantizes ? temporary(columns) : result;
  IndexRange heads = divide(ownColumns, headDim);
  runtime(RuntimeFunction::ignis_rt_attend,
          {thread.getThread(), addressOf(cache), index(layer), addressOf(query),
           index(columns / headDim), addressOf(thread.getCallRows()),
           heads.begin, heads.end, addressOf(out)});
  if (quantizes)
    elementwise(quantizeFormula, out, result, columns,
                {thread.getAllRows(), ownColumns});
}
