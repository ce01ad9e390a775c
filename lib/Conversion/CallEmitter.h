//===- CallEmitter.h - Calls of kernels and of the runtime -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_CALLEMITTER_H
#define IGNIS_LIB_CONVERSION_CALLEMITTER_H

#include "Kernels.h"
#include "ProgramModule.h"
#include "RuntimeFunctions.h"
#include "ThreadProgram.h"

namespace ignis {

/// Emits, at its insertion point in a thread's program, the calls that
/// operations are made of.
class CallEmitter : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;

  CallEmitter(mlir::Operation *before, ThreadProgram &thread,
              ProgramModule &program)
      : ImplicitLocOpBuilder(before->getLoc(), before), thread(thread),
        program(program) {}

  // Addresses: what a buffer becomes once buffers are pointers.
  Value addressOf(Value buffer);
  /// Where column `column` of the first row of an f32 buffer is.
  Value addressOf(Value buffer, Value column);
  /// A tensor of the file: a matrix's handle or a vector's address.
  Value weight(Value weight);

  Value temporary(int64_t columns) {
    return thread.takeTemporary(*this, columns, getF32Type());
  }
  /// What a range of columns is in units of `divisor`.
  IndexRange divide(IndexRange range, int64_t divisor);

  /// The part of `range` in offset .. offset + count, counted from there.
  IndexRange clip(IndexRange range, Value offset, Value count);
  IndexRange clip(IndexRange range, int64_t offset, int64_t count) {
    return clip(range, index(offset), index(count));
  }
  /// `range` of things of `size` columns, as columns, `offset` things on.
  IndexRange scale(IndexRange range, Value offset, int64_t size);

  void runtime(RuntimeFunction function, ValueRange operands);
  /// Waits for all threads and gets what other ranks have.
  void gather(AllGatherOp gather);
  /// Calls the generated function that computes `part` of a result with
  /// `columns` columns.
  void kernel(KernelKind kind, ValueRange inputs, Value result, int64_t columns,
              ResultPart part, ValueRange parameters = {}, int64_t headDim = 0);
  /// The same for an elementwise function.
  void elementwise(const ElementwiseCode &code, ValueRange inputs, Value result,
                   int64_t columns, ResultPart part, int64_t headDim = 0);

  /// The input of matrix products: f32 rows, quantised rows, or both.
  struct ProductInput {
    Value floats, quantized;
  };
  /// `input` as products with `weights` need it: if only the rows that want
  /// logits are needed, those come together first; f32 rows are quantised if
  /// one of the weights wants that.
  ProductInput prepareInput(Value input, ValueRange weights,
                            bool selects = false);

  struct Product {
    ProductInput input;
    Value weight;
    Value bias = {};       ///< a weight vector, or null
    Value residual = {};   ///< where its column weightRows.begin is, or null
    bool selects = false;  ///< the input are the rows that want logits
    IndexRange weightRows; ///< the result's columns
    Value out;             ///< where column weightRows.begin of the result is
    int64_t stride;        ///< columns of its rows, and of the residual's
  };
  void product(const Product &product);
  /// Which rows argmax takes: all that there are, those that want logits where
  /// only they are there, or those that want logits out of all.
  enum class ArgmaxRows { All, Selected, Select };
  /// Finds the best of each `part` columns of `range`, of rows `stride` apart;
  /// `values` is where the first has the range's first column.
  void argmax(Value values, int64_t stride, ArgmaxRows rows, IndexRange range,
              int64_t part, Value result);

  void rope(Value values, Value result, int64_t headDim, ResultPart part);
  /// `heads` are key/value heads; `key` or `value` may be null.
  void append(Value cache, int64_t layer, Value key, Value value,
              IndexRange heads);
  /// Attends with the query heads that `ownColumns` cover; a quantised result
  /// is computed in f32 first.
  void attend(Value cache, int64_t layer, Value query, IndexRange ownColumns,
              Value result);

private:
  void call(Kernel kernel, ValueRange inputs, Value result, ResultPart part,
            ValueRange parameters);
  Value index(int64_t value) { return thread.getIndex(value); }

  ThreadProgram &thread;
  ProgramModule &program;
};

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_CALLEMITTER_H
