//===- VectorCode.cpp - The numeric contract as vector operations ---------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Conversion/VectorCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Constants, memory, arithmetic
//===----------------------------------------------------------------------===//

Type VectorCode::vectorOf(Type element) {
  return VectorType::get(lanes, element);
}

Value VectorCode::fixed(float value, Type type) {
  TypedAttr attribute = getF32FloatAttr(value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, value);
  return arith::ConstantOp::create(*this, attribute);
}

Value VectorCode::fixed(int32_t value, Type type) {
  TypedAttr attribute = getI32IntegerAttr(value);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, value);
  return arith::ConstantOp::create(*this, attribute);
}

Value VectorCode::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}

Value VectorCode::scalar(float value) { return fixed(value, getF32Type()); }
Value VectorCode::splat(float value) {
  return fixed(value, vectorOf(getF32Type()));
}
Value VectorCode::splat(Value scalar) {
  return vector::BroadcastOp::create(*this, vectorOf(scalar.getType()), scalar);
}

Value VectorCode::load(Value buffer, ValueRange indices) {
  return vector::LoadOp::create(*this, cast<VectorType>(vectorOf(getF32Type())),
                                buffer, indices);
}

void VectorCode::store(Value vector, Value buffer, ValueRange indices) {
  vector::StoreOp::create(*this, vector, buffer, indices);
}

Value VectorCode::add(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b);
}
Value VectorCode::mul(Value a, Value b) {
  return arith::MulFOp::create(*this, a, b);
}
Value VectorCode::div(Value a, Value b) {
  return arith::DivFOp::create(*this, a, b);
}
Value VectorCode::fma(Value a, Value b, Value c) {
  return math::FmaOp::create(*this, a, b, c);
}
Value VectorCode::negate(Value a) { return arith::NegFOp::create(*this, a); }

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

Value VectorCode::sum(Value vector) {
  for (int64_t width = lanes / 2; width >= 1; width /= 2) {
    auto low = llvm::to_vector(llvm::seq<int64_t>(0, width));
    auto high = llvm::to_vector(llvm::seq<int64_t>(width, 2 * width));
    vector = add(vector::ShuffleOp::create(*this, vector, vector, low),
                 vector::ShuffleOp::create(*this, vector, vector, high));
  }
  return vector::ExtractOp::create(*this, vector, 0);
}

Value VectorCode::nearest(Value x) {
  auto type = cast<VectorType>(x.getType());
  return arith::FPToSIOp::create(*this, type.clone(getI32Type()),
                                 math::RoundEvenOp::create(*this, x));
}

Value VectorCode::exp(Value x) {
  auto compare = [&](arith::CmpFPredicate predicate, float limit) -> Value {
    return arith::CmpFOp::create(*this, predicate, x, splat(limit));
  };
  Value below = compare(arith::CmpFPredicate::OLT, -87.0f);
  Value above = compare(arith::CmpFPredicate::OGT, 88.0f);
  // Lanes below -87 are clamped as well, so that n stays small.
  x = arith::SelectOp::create(*this, above, splat(88.0f), x);
  x = arith::SelectOp::create(*this, below, splat(-87.0f), x);

  Value n = math::RoundEvenOp::create(*this, mul(x, splat(0x1.715476p+0f)));
  Value r = fma(n, splat(-0x1.63p-1f), x);
  r = fma(n, splat(0x1.bd0106p-13f), r);
  Value p = splat(0x1.a0d2cep-13f);
  for (float coefficient : {0x1.6e879cp-10f, 0x1.111210p-7f, 0x1.555382p-5f,
                            0x1.555554p-3f, 0x1.000000p-1f})
    p = fma(p, r, splat(coefficient));
  Value y = add(fma(p, mul(r, r), r), splat(1.0f));

  // 2^n, its exponent put in place.
  Type integers = vectorOf(getI32Type());
  Value exponent = arith::FPToSIOp::create(*this, integers, n);
  exponent = arith::AddIOp::create(*this, exponent, fixed(127, integers));
  exponent = arith::ShLIOp::create(*this, exponent, fixed(23, integers));
  Value power = arith::BitcastOp::create(*this, x.getType(), exponent);
  return arith::SelectOp::create(*this, below, zero(), mul(y, power));
}

Value VectorCode::silu(Value gate) {
  return div(gate, add(splat(1.0f), exp(negate(gate))));
}

Value VectorCode::reciprocalRoot(Value squares, int64_t count, Value eps) {
  Value mean = div(squares, scalar(static_cast<float>(count)));
  return div(scalar(1.0f), math::SqrtOp::create(*this, add(mean, eps)));
}

//===----------------------------------------------------------------------===//
// Quantisation
//===----------------------------------------------------------------------===//

Value VectorCode::largestMagnitude(Value low, Value high) {
  // The bits of floats without a sign are ordered as the floats are, and a NaN
  // is above all of them, so it is not lost.
  auto magnitude = [&](Value vector) -> Value {
    return arith::BitcastOp::create(*this, vectorOf(getI32Type()),
                                    math::AbsFOp::create(*this, vector));
  };
  Value most = vector::ReductionOp::create(
      *this, vector::CombiningKind::MAXSI,
      arith::MaxSIOp::create(*this, magnitude(low), magnitude(high)));
  return arith::BitcastOp::create(*this, getF32Type(), most);
}

void VectorCode::storeWord(Value word, Value buffer, Value row, Value byte) {
  Value bits = word;
  if (word.getType().isF32())
    bits = arith::BitcastOp::create(*this, getI32Type(), word);
  bits = vector::BroadcastOp::create(*this, VectorType::get(1, getI32Type()),
                                     bits);
  bits =
      vector::BitCastOp::create(*this, VectorType::get(4, getI8Type()), bits);
  store(bits, buffer, {row, byte});
}

void VectorCode::quantize(Value low, Value high, Value buffer, Value row,
                          Value column, int64_t columns) {
  Value amax = largestMagnitude(low, high);
  Value isZero = arith::CmpFOp::create(*this, arith::CmpFPredicate::OLT, amax,
                                       scalar(0x1p-100f));
  auto unlessZero = [&](Value value) -> Value {
    return arith::SelectOp::create(*this, isZero, scalar(0.0f), value);
  };
  Value scale = unlessZero(div(amax, scalar(127.0f)));
  Value inverse = splat(unlessZero(div(scalar(127.0f), amax)));

  Value q[] = {nearest(mul(low, inverse)), nearest(mul(high, inverse))};
  Type bytes = vectorOf(getI8Type());
  store(arith::TruncIOp::create(*this, bytes, q[0]), buffer, {row, column});
  store(arith::TruncIOp::create(*this, bytes, q[1]), buffer,
        {row, arith::AddIOp::create(*this, column, index(lanes))});

  // The sums of both halves share a word, the first in its lower part.
  auto sum = [&](Value half) -> Value {
    return vector::ReductionOp::create(*this, vector::CombiningKind::ADD, half);
  };
  Type word = getI32Type();
  Value sums = arith::OrIOp::create(
      *this, arith::AndIOp::create(*this, sum(q[0]), fixed(0xffff, word)),
      arith::ShLIOp::create(*this, sum(q[1]), fixed(16, word)));

  // Values, then a scale a block, then the sums of a block.
  Value offset = arith::DivUIOp::create(*this, column, index(blockValues / 4));
  auto after = [&](int64_t start) -> Value {
    return arith::AddIOp::create(*this, offset, index(start));
  };
  storeWord(scale, buffer, row, after(columns));
  storeWord(sums, buffer, row, after(columns + columns / blockValues * 4));
}
