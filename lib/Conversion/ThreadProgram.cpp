//===- ThreadProgram.cpp - A function as one thread runs it ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ThreadProgram.h"

#include "ignis/Runtime/ABI.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/MathExtras.h"

#include <cstddef>

using namespace mlir;
using namespace ignis;

/// What buffers in the scratch are aligned to, as quantised rows must be.
static constexpr int64_t alignment = 64;
/// More than the columns of any model take; keeps products of sizes far from
/// overflow.
static constexpr int64_t mostRowBytes = int64_t(1) << 32;

// Fields of ignis_thread and of ignis_rows, by number.
namespace ThreadField {
enum : int32_t {
  Id = 0,
  Count = 1,
  Weights = 2,
  Rope = 3,
  Scratch = 4,
  Rank = 7,
  Ranks = 8,
};
} // namespace ThreadField
namespace RowsField {
enum : int32_t { Count = 0, Positions = 1, OutputCount = 2, Outputs = 3 };
} // namespace RowsField

// Every field that is read lies where a structure of words has it.
#define IGNIS_FIELD(record, field, number)                                     \
  static_assert(offsetof(record, field) == 8 * (number) &&                     \
                sizeof(record::field) == 8)
IGNIS_FIELD(ignis_thread, id, ThreadField::Id);
IGNIS_FIELD(ignis_thread, count, ThreadField::Count);
IGNIS_FIELD(ignis_thread, weights, ThreadField::Weights);
IGNIS_FIELD(ignis_thread, rope, ThreadField::Rope);
IGNIS_FIELD(ignis_thread, scratch, ThreadField::Scratch);
IGNIS_FIELD(ignis_thread, rank, ThreadField::Rank);
IGNIS_FIELD(ignis_thread, ranks, ThreadField::Ranks);
IGNIS_FIELD(ignis_rows, count, RowsField::Count);
IGNIS_FIELD(ignis_rows, positions, RowsField::Positions);
IGNIS_FIELD(ignis_rows, output_count, RowsField::OutputCount);
IGNIS_FIELD(ignis_rows, outputs, RowsField::Outputs);
#undef IGNIS_FIELD

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

ThreadProgram::ThreadProgram(func::FuncOp function,
                             const EntrySignature &signature)
    : function(function), signature(signature),
      beginningEnd(&function.front().front()) {}

FailureOr<ThreadProgram> ThreadProgram::create(func::FuncOp function) {
  FailureOr<EntrySignature> signature = EntrySignature::get(function);
  if (failed(signature))
    return failure();
  ThreadProgram thread(function, *signature);
  thread.convertSignature();
  return thread;
}

/// Gives the function the arguments of ignis_forward_fn: thread, tokens, rows,
/// cache, logits, arena.
void ThreadProgram::convertSignature() {
  auto pointer = LLVM::LLVMPointerType::get(function.getContext());
  auto insert = [&](unsigned index) {
    (void)function.insertArgument(index, pointer, {}, function.getLoc());
  };
  insert(0);
  if (!signature.output)
    insert(4);
  if (!signature.arena)
    insert(5);
  thread = function.getArgument(0);
  tokenCount = signature.tokenCount
                   ? getIndex(*signature.tokenCount)
                   : loadRowsField(RowsField::Count,
                                   IndexType::get(function.getContext()));
}

KVCacheType ThreadProgram::getCacheType() const {
  return cast<KVCacheType>(signature.cache.getType());
}

//===----------------------------------------------------------------------===//
// Values at the function's beginning
//===----------------------------------------------------------------------===//

ImplicitLocOpBuilder ThreadProgram::atBeginning() {
  return ImplicitLocOpBuilder(function.getLoc(), beginningEnd);
}

Value ThreadProgram::getIndex(int64_t value) {
  Value &index = indices[value];
  if (!index) {
    ImplicitLocOpBuilder builder = atBeginning();
    index = arith::ConstantIndexOp::create(builder, value);
  }
  return index;
}

Value ThreadProgram::getNull() {
  if (!null) {
    ImplicitLocOpBuilder builder = atBeginning();
    null = LLVM::ZeroOp::create(builder, thread.getType());
  }
  return null;
}

Value ThreadProgram::loadField(int64_t field, Type type) {
  ImplicitLocOpBuilder builder = atBeginning();
  auto pointer = LLVM::LLVMPointerType::get(function.getContext());
  Type word = builder.getI64Type();
  auto record = LLVM::LLVMStructType::getLiteral(
      function.getContext(),
      {word, word, pointer, pointer, pointer, pointer, pointer, word, word});
  Value address = LLVM::GEPOp::create(
      builder, pointer, record, thread,
      ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(field)});
  return LLVM::LoadOp::create(builder, type, address);
}

Value ThreadProgram::loadRowsField(int64_t field, Type type) {
  ImplicitLocOpBuilder builder = atBeginning();
  auto pointer = LLVM::LLVMPointerType::get(function.getContext());
  Type word = builder.getI64Type();
  auto record = LLVM::LLVMStructType::getLiteral(
      function.getContext(), {word, pointer, word, pointer, word, pointer});
  Value base = AddressOfOp::create(builder, pointer, signature.callRows);
  Value address = LLVM::GEPOp::create(
      builder, pointer, record, base,
      ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(field)});
  if (!type.isIndex())
    return LLVM::LoadOp::create(builder, type, address);
  Value count = LLVM::LoadOp::create(builder, word, address);
  return arith::IndexCastOp::create(builder, type, count);
}

Value ThreadProgram::loadCount(int64_t field) {
  ImplicitLocOpBuilder builder = atBeginning();
  Value word = loadField(field, builder.getI64Type());
  return arith::IndexCastOp::create(builder, builder.getIndexType(), word);
}

Value ThreadProgram::getPositions() {
  if (!positions) {
    auto words = MemRefType::get(ShapedType::kDynamic,
                                 IntegerType::get(function.getContext(), 64));
    positions = getBufferAt(
        loadRowsField(RowsField::Positions, thread.getType()), words);
  }
  return positions;
}

Value ThreadProgram::getOutputCount() {
  if (!outputCount)
    outputCount = loadRowsField(RowsField::OutputCount,
                                IndexType::get(function.getContext()));
  return outputCount;
}

Value ThreadProgram::getOutputs() {
  if (!outputs)
    outputs = loadRowsField(RowsField::Outputs, thread.getType());
  return outputs;
}

Value ThreadProgram::getBufferAt(Value address, Type type) {
  ImplicitLocOpBuilder builder = atBeginning();
  return BufferAtOp::create(builder, type, address);
}

Value ThreadProgram::getRopeTable(Type type) {
  if (!ropeTable)
    ropeTable =
        getBufferAt(loadField(ThreadField::Rope, thread.getType()), type);
  return ropeTable;
}

Value ThreadProgram::loadWeight(ImplicitLocOpBuilder &builder, int64_t index) {
  if (!weightTable)
    weightTable = loadField(ThreadField::Weights, thread.getType());
  Type pointer = thread.getType();
  Value address =
      LLVM::GEPOp::create(builder, pointer, pointer, weightTable,
                          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
  return LLVM::LoadOp::create(builder, pointer, address);
}

//===----------------------------------------------------------------------===//
// The thread's part
//===----------------------------------------------------------------------===//

IndexRange ThreadProgram::divide(Value count, Value &number, Value &total,
                                 int64_t numberField, int64_t totalField) {
  if (!number) {
    number = loadCount(numberField);
    total = loadCount(totalField);
  }
  ImplicitLocOpBuilder builder = atBeginning();
  auto bound = [&](Value number) -> Value {
    return arith::DivUIOp::create(
        builder, arith::MulIOp::create(builder, count, number), total);
  };
  Value next = arith::AddIOp::create(builder, number, getIndex(1));
  return {bound(number), bound(next)};
}

IndexRange ThreadProgram::divide(Value parts) {
  IndexRange &range = divisions[parts];
  if (!range.begin)
    range = divide(parts, threadId, threadCount, ThreadField::Id,
                   ThreadField::Count);
  return range;
}

//===----------------------------------------------------------------------===//
// The rank's part
//===----------------------------------------------------------------------===//

IndexRange ThreadProgram::getRankUnits(int64_t units) {
  IndexRange &range = rankUnits[units];
  if (!range.begin)
    range = divide(getIndex(units), rank, rankCount, ThreadField::Rank,
                   ThreadField::Ranks);
  return range;
}

IndexRange ThreadProgram::getRankParts(int64_t parts, int64_t units) {
  IndexRange own = getRankUnits(units);
  if (parts == units)
    return own;
  IndexRange &range = rankParts[{parts, units}];
  if (range.begin)
    return range;
  // Those that cover the units: of none, none.
  ImplicitLocOpBuilder builder = atBeginning();
  auto scaled = [&](Value unit, int64_t rounding) -> Value {
    Value value = arith::MulIOp::create(builder, unit, getIndex(parts));
    value = arith::AddIOp::create(builder, value, getIndex(rounding));
    return arith::DivUIOp::create(builder, value, getIndex(units));
  };
  Value begin = scaled(own.begin, 0);
  Value none = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq,
                                     own.begin, own.end);
  Value end =
      arith::SelectOp::create(builder, none, begin, scaled(own.end, units - 1));
  return range = {begin, end};
}

IndexRange ThreadProgram::divideAmongThreads(IndexRange all) {
  ImplicitLocOpBuilder builder = atBeginning();
  Value count = arith::SubIOp::create(builder, all.end, all.begin);
  IndexRange own = divide(count);
  return {arith::AddIOp::create(builder, all.begin, own.begin),
          arith::AddIOp::create(builder, all.begin, own.end)};
}

IndexRange ThreadProgram::getHeads(int64_t heads, int64_t kvHeads) {
  if (!headCount) {
    IndexRange query = getRankUnits(heads), kv = getRankParts(kvHeads, heads);
    ImplicitLocOpBuilder builder = atBeginning();
    Value kvCount = arith::SubIOp::create(builder, kv.end, kv.begin);
    headCount = arith::SubIOp::create(builder, query.end, query.begin);
    for (int i = 0; i < 2; ++i)
      headCount = arith::AddIOp::create(builder, headCount, kvCount);
  }
  return divide(headCount);
}

//===----------------------------------------------------------------------===//
// Rows and columns
//===----------------------------------------------------------------------===//

IndexRange ThreadProgram::getOwnRows(ShareAttr share) {
  if (share.getKind() != ShareKind::Tokens)
    return getAllRows();
  return divide(tokenCount);
}

IndexRange ThreadProgram::getOwnColumns(ShareAttr share, int64_t columns) {
  if (share.getKind() != ShareKind::Columns)
    return {getIndex(0), getIndex(columns)};
  int64_t parts = share.getParts();
  IndexRange &range = columnRanges[{columns, share}];
  if (range.begin)
    return range;

  // The last part is what is left, and there may be none for some.
  IndexRange own =
      share.isDistributed()
          ? divideAmongThreads(getRankParts(parts, share.getUnits()))
          : divide(getIndex(parts));
  int64_t partColumns = ShareAttr::getPartColumns(columns, parts);
  auto firstColumn = [&](Value part) -> Value {
    ImplicitLocOpBuilder builder = atBeginning();
    Value column = arith::MulIOp::create(builder, part, getIndex(partColumns));
    if (partColumns * parts == columns)
      return column;
    return arith::MinUIOp::create(builder, column, getIndex(columns));
  };
  range = {firstColumn(own.begin), firstColumn(own.end)};
  return range;
}

//===----------------------------------------------------------------------===//
// The thread's own memory
//===----------------------------------------------------------------------===//

/// Bytes of a row of `columns` elements, aligned, or nothing if they are
/// absurd.
static std::optional<int64_t> getRowBytes(int64_t columns, Type element) {
  int64_t size = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  if (ShapedType::isDynamic(columns) || columns > mostRowBytes / size)
    return std::nullopt;
  return llvm::alignTo(columns * size, alignment);
}

Value ThreadProgram::viewScratch(ImplicitLocOpBuilder &builder,
                                 int64_t offsetPerToken, MemRefType type) {
  if (!scratch) {
    Type bytes = MemRefType::get(ShapedType::kDynamic, builder.getI8Type());
    scratch =
        getBufferAt(loadField(ThreadField::Scratch, thread.getType()), bytes);
  }
  Value offset = signature.tokenCount
                     ? getIndex(offsetPerToken * *signature.tokenCount)
                     : builder.createOrFold<arith::MulIOp>(
                           tokenCount, getIndex(offsetPerToken));
  ValueRange sizes =
      type.isDynamicDim(0) ? ValueRange(tokenCount) : ValueRange();
  return memref::ViewOp::create(builder, type, scratch, offset, sizes);
}

Value ThreadProgram::takeTemporary(ImplicitLocOpBuilder &builder,
                                   int64_t columns, Type element) {
  auto type = MemRefType::get({ShapedType::kDynamic, columns}, element);
  std::optional<int64_t> bytes = getRowBytes(columns, element);
  assert(bytes && "operations of more columns are not lowered");
  int64_t offset = privateBytes + temporaryBytes;
  temporaryBytes += bytes.value_or(0);
  mostTemporaryBytes = std::max(mostTemporaryBytes, temporaryBytes);
  return viewScratch(builder, offset, type);
}

/// The last operation that uses `buffer`, itself if none does.
static Operation *findLastUse(memref::AllocaOp buffer) {
  Operation *last = buffer;
  for (Operation *user : buffer->getUsers())
    if (last->isBeforeInBlock(user))
      last = user;
  return last;
}

LogicalResult ThreadProgram::placeAllocas() {
  struct Place {
    int64_t begin, end;
    Operation *lastUse;
  };
  SmallVector<Place> live; // by address
  for (auto alloca :
       llvm::make_early_inc_range(function.getOps<memref::AllocaOp>())) {
    MemRefType type = alloca.getType();
    std::optional<int64_t> bytes;
    if (type.getRank() == 2 && type.getLayout().isIdentity() &&
        type.getElementType().isIntOrFloat() &&
        (type.isDynamicDim(0) || type.getDimSize(0) == signature.tokenCount))
      bytes = getRowBytes(type.getDimSize(1), type.getElementType());
    if (!bytes)
      return alloca.emitOpError("expects a row for each token, got ") << type;

    // The first gap that is large enough.
    llvm::erase_if(live, [&](const Place &place) {
      return place.lastUse->isBeforeInBlock(alloca);
    });
    int64_t begin = 0;
    auto *after = llvm::find_if(live, [&](const Place &place) {
      bool fits = begin + *bytes <= place.begin;
      if (!fits)
        begin = place.end;
      return fits;
    });
    live.insert(after, {begin, begin + *bytes, findLastUse(alloca)});
    privateBytes = std::max(privateBytes, begin + *bytes);

    ImplicitLocOpBuilder builder(alloca.getLoc(), alloca);
    alloca.replaceAllUsesWith(viewScratch(builder, begin, type));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Token counts
//===----------------------------------------------------------------------===//

LogicalResult ThreadProgram::replaceCounts() {
  for (auto count : function.getOps<SelectedCountOp>()) {
    if (count.getRows() != signature.callRows)
      return count.emitOpError("expects the rows of the call");
    count.replaceAllUsesWith(getOutputCount());
  }
  for (auto dim :
       llvm::make_early_inc_range(function.getOps<memref::DimOp>())) {
    bool ofRows = dim.getConstantIndex() == 0;
    if (ofRows && dim.getSource() == signature.tokens) {
      dim.replaceAllUsesWith(tokenCount);
    } else if (ofRows && signature.output &&
               dim.getSource() == signature.output) {
      dim.replaceAllUsesWith(getOutputCount());
    } else {
      return dim.emitOpError("expects the rows of the tokens or the logits");
    }
  }
  return success();
}
