//===- Exp.h - The contract's exponential -----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_EXP_H
#define IGNIS_RUNTIME_LIB_EXP_H

namespace {

/// exp(x) lane by lane; python-free-docs/numeric-contract.md explains it.
template <class Vector>
inline Vector exponential(const Vector &unclamped) {
  auto constant = [](float value) { return Vector::broadcast(value); };
  Vector x = Vector::min(unclamped, constant(88.0f));
  Vector n = (x * constant(0x1.715476p+0f)).rounded();
  Vector r = Vector::fma(n, constant(-0x1.63p-1f), x);
  r = Vector::fma(n, constant(0x1.bd0106p-13f), r);
  Vector p = constant(0x1.a0d2cep-13f);
  p = Vector::fma(p, r, constant(0x1.6e879cp-10f));
  p = Vector::fma(p, r, constant(0x1.111210p-7f));
  p = Vector::fma(p, r, constant(0x1.555382p-5f));
  p = Vector::fma(p, r, constant(0x1.555554p-3f));
  p = Vector::fma(p, r, constant(0x1.000000p-1f));
  Vector y = Vector::fma(p, r * r, r) + constant(1.0f);
  return y.scaled(n).zeroWhereLess(unclamped, -87.0f);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_EXP_H
