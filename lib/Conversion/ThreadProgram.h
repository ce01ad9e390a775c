//===- ThreadProgram.h - A function as one thread runs it ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_THREADPROGRAM_H
#define IGNIS_LIB_CONVERSION_THREADPROGRAM_H

#include "ignis/Analysis/EntrySignature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

namespace ignis {

/// Rows or columns, the end not included, as values of type index.
struct IndexRange {
  mlir::Value begin, end;
};

/// The part of a result that a thread computes.
struct ResultPart {
  IndexRange rows, columns;
};

/// A function of a scheduled module while it becomes the program of one thread:
/// its arguments, what it reads of the thread's record, which part of an
/// operation is the thread's, and where the thread's own memory lies. Values
/// are made once, at the function's beginning. The operations that the function
/// had must stay in place until the last of them is lowered.
class ThreadProgram {
public:
  using Value = mlir::Value;

  /// Checks the function's signature and gives it that of ignis_forward_fn.
  static mlir::FailureOr<ThreadProgram> create(mlir::func::FuncOp function);

  mlir::func::FuncOp getFunction() const { return function; }
  /// Tokens per call; none: any number.
  std::optional<int64_t> getStaticTokens() const {
    return signature.tokenCount;
  }
  KVCacheType getCacheType() const;
  /// Candidates per row, or 0 if the function gives logits.
  int64_t getCandidates() const { return signature.getCandidates(); }

  Value getThread() const { return thread; }
  Value getCallRows() const { return signature.callRows; }
  Value getTokenCount() const { return tokenCount; }
  Value getNull();
  Value getIndex(int64_t value);
  /// [position][2][head_dim / 2] cosines and sines.
  Value getRopeTable(mlir::Type type);
  /// Of each row, memref<?xi64>.
  Value getPositions();
  /// How many rows want logits, and the address of their numbers.
  Value getOutputCount();
  Value getOutputs();
  /// Entry `index` of the thread's table of weights, loaded by `builder`.
  Value loadWeight(mlir::ImplicitLocOpBuilder &builder, int64_t index);

  IndexRange getAllRows() { return {getIndex(0), tokenCount}; }
  /// Of an operation with `columns` columns, the thread's.
  IndexRange getOwnRows(ShareAttr share);
  IndexRange getOwnColumns(ShareAttr share, int64_t columns);
  /// Of `units` units the rank's, and of `parts` parts those that cover them.
  IndexRange getRankUnits(int64_t units);
  IndexRange getRankParts(int64_t parts, int64_t units);
  /// Of the rank's query heads, key heads and value heads, counted one after
  /// the other, the thread's. Ranks divide query heads.
  IndexRange getHeads(int64_t heads, int64_t kvHeads);

  /// Gives `memref.alloca`s their places in the thread's scratch.
  mlir::LogicalResult placeAllocas();
  /// A buffer [T][columns] in the scratch until `freeTemporaries`.
  Value takeTemporary(mlir::ImplicitLocOpBuilder &builder, int64_t columns,
                      mlir::Type element);
  void freeTemporaries() { temporaryBytes = 0; }
  int64_t getScratchBytesPerToken() const {
    return privateBytes + mostTemporaryBytes;
  }

  /// Replaces `memref.dim` of buffers by the count of rows it stands for, and
  /// `ignis.selected_count`.
  mlir::LogicalResult replaceCounts();

private:
  ThreadProgram(mlir::func::FuncOp function, const EntrySignature &signature);
  void convertSignature();
  /// A builder at the end of what stands at the function's beginning.
  mlir::ImplicitLocOpBuilder atBeginning();
  /// Field `field` of the thread's record, or of the rows'.
  Value loadField(int64_t field, mlir::Type type);
  Value loadRowsField(int64_t field, mlir::Type type);
  Value getBufferAt(Value address, mlir::Type type);
  /// Field `field` of the thread's record as a number.
  Value loadCount(int64_t field);
  /// `count * i / n` for i a number of n and for the next, which are the
  /// record's fields.
  IndexRange divide(Value count, Value &number, Value &total,
                    int64_t numberField, int64_t totalField);
  /// Of `count` things the thread's.
  IndexRange divide(Value count);
  IndexRange divideAmongThreads(IndexRange all);
  Value viewScratch(mlir::ImplicitLocOpBuilder &builder, int64_t offsetPerToken,
                    mlir::MemRefType type);

  mlir::func::FuncOp function;
  EntrySignature signature;
  /// The first operation that the function had; the beginning ends before it.
  mlir::Operation *beginningEnd;
  Value thread, tokenCount;
  Value null, weightTable, ropeTable, positions, outputs, outputCount, scratch;
  Value threadId, threadCount, rank, rankCount;
  Value headCount; ///< the rank's, of queries, keys and values
  llvm::DenseMap<int64_t, Value> indices;
  llvm::DenseMap<Value, IndexRange> divisions;
  llvm::DenseMap<std::pair<int64_t, ShareAttr>, IndexRange> columnRanges;
  llvm::DenseMap<int64_t, IndexRange> rankUnits;
  llvm::DenseMap<std::pair<int64_t, int64_t>, IndexRange> rankParts;
  int64_t privateBytes = 0;
  int64_t temporaryBytes = 0;
  int64_t mostTemporaryBytes = 0;
};

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_THREADPROGRAM_H
