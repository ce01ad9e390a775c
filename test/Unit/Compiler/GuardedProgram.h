//===- GuardedProgram.h - A program with pages that bite --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_COMPILER_GUARDEDPROGRAM_H
#define IGNIS_TEST_UNIT_COMPILER_GUARDEDPROGRAM_H

#include "ignis/Engine/Model.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace ignis::test {

/// Memory between two pages that nobody may touch, its end at the second.
class GuardedMemory {
public:
  /// `size` bytes, each with this value.
  GuardedMemory(size_t size, uint8_t value);
  GuardedMemory(GuardedMemory &&other) noexcept;
  GuardedMemory(const GuardedMemory &) = delete;
  ~GuardedMemory();

  template <typename T>
  T *as() const {
    return reinterpret_cast<T *>(begin);
  }
  template <typename T>
  static GuardedMemory of(const std::vector<T> &values) {
    GuardedMemory memory(values.size() * sizeof(T), 0);
    std::copy(values.begin(), values.end(), memory.as<T>());
    return memory;
  }

private:
  uint8_t *mapping;
  size_t mappingSize;
  uint8_t *begin;
};

/// Calls a program with everything it is given in memory of its own.
class GuardedProgram {
public:
  explicit GuardedProgram(const Model &model);

  /// What the program gives, bit for bit, for rows of one sequence, called as
  /// the engine would, in memory that held `value` in every byte before.
  std::vector<uint8_t> run(int threads, uint8_t value) const;

private:
  const Model &model;
  std::vector<GuardedMemory> tensors;
  std::vector<std::shared_ptr<ignis_weight>> matrices;
  std::vector<const void *> weights;
};

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_COMPILER_GUARDEDPROGRAM_H
