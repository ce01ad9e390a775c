//===- VectorCode.h - The numeric contract as vector operations -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sixteen lanes on every target: one register of AVX-512, two of AVX2, four of
// NEON. Each function emits one formula of
// python-free-docs/numeric-contract.md, operation by operation, without
// fast-math flags.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_CONVERSION_VECTORCODE_H
#define IGNIS_CONVERSION_VECTORCODE_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace ignis {

class VectorCode : public mlir::ImplicitLocOpBuilder {
public:
  static constexpr int64_t lanes = 16;
  /// Columns of a quantisation block.
  static constexpr int64_t blockValues = 32;

  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  using Value = mlir::Value;

  Value index(int64_t value);
  Value scalar(float value);
  Value splat(float value);
  Value splat(Value scalar);
  Value zero() { return splat(0.0f); }

  /// Sixteen f32 of a row, from `column` on.
  Value load(Value buffer, mlir::ValueRange indices);
  void store(Value vector, Value buffer, mlir::ValueRange indices);

  Value add(Value a, Value b);
  Value mul(Value a, Value b);
  Value div(Value a, Value b);
  Value fma(Value a, Value b, Value c);
  Value negate(Value a);

  /// The contract's tree over sixteen lanes: halves are added until one is
  /// left.
  Value sum(Value vector);
  Value exp(Value x);
  /// g / (1 + exp(-g)).
  Value silu(Value gate);
  /// 1 / sqrt(mean + eps), where `squares` is the sum of the squares of `count`
  /// elements.
  Value reciprocalRoot(Value squares, int64_t count, Value eps);
  /// Quantises the block that starts at `column` of row `row`, whose elements
  /// are `low` and `high`, into `buffer`, rows of `columns` quantised elements.
  void quantize(Value low, Value high, Value buffer, Value row, Value column,
                int64_t columns);

private:
  mlir::Type vectorOf(mlir::Type element);
  Value fixed(float value, mlir::Type type);
  Value fixed(int32_t value, mlir::Type type);
  Value largestMagnitude(Value low, Value high);
  /// Nearest integers, ties to even, as i32.
  Value nearest(Value x);
  /// Stores 32 bits among the bytes of a quantised row.
  void storeWord(Value word, Value buffer, Value row, Value byte);
};

} // namespace ignis

#endif // IGNIS_CONVERSION_VECTORCODE_H
