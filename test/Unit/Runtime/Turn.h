//===- Turn.h - Rotary embeddings for tests ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_RUNTIME_TURN_H
#define IGNIS_TEST_RUNTIME_TURN_H

#include "ignis/Runtime/ABI.h"

/// The usual rotary embedding, of another base.
inline ignis_rope turnBy(double base) {
  ignis_rope rope;
#define IGNIS_ROPE(field, usual, words) rope.field = usual;
#include "ignis/Runtime/Hyperparameters.def"
  rope.base = base;
  return rope;
}

#endif // IGNIS_TEST_RUNTIME_TURN_H
