//===- ValueList.h - Where a call leaves what it computes ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No header of LLVM is needed here.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_VALUELIST_H
#define IGNIS_COMPILER_VALUELIST_H

#include "ignis/Compiler/Compiler.h"

#include <vector>

namespace ignis {

/// A result of an operation, and where it can be read once a call is done.
struct ListedValue {
  enum class Place : int64_t {
    Arena, ///< at byte perToken * T + constant
    Output,
    Cache, ///< keys and values of `layer`, or of all layers if it is negative
  };
  enum class Element : int64_t {
    F32,
    Q8,    ///< quantised rows, see ABI.h
    Key,   ///< uint64_t, a candidate's
    Bytes, ///< what is none of these
  };

  std::string function;
  /// What it computes, as the graph calls it: blk.0.attn_q. The last one of a
  /// name is what that name stands for after all fusions too.
  std::string name;
  std::string operation; ///< ignis.matmul
  std::string location;  ///< FILE:LINE:COLUMN of an edited program, or empty
  Place place = Place::Arena;
  Element element = Element::F32;
  int64_t perToken = 0;
  int64_t constant = 0;
  int64_t columns = 0;
  int64_t rowBytes = 0;
  int64_t layer = -1;
};

/// The results of all operations of a program, in the order of execution, as
/// they lie after a call of what `options` compile: of every operation, where
/// `options.stopAfter` is Stage::Bufferized or before, so that no memory is
/// used twice; without those in the arena, if `source` is planned already.
Expected<std::vector<ListedValue>> listValues(const ProgramSource &source,
                                              const CompileOptions &options);

} // namespace ignis

#endif // IGNIS_COMPILER_VALUELIST_H
