//===- Kernels.h - What a kernel set provides -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel set is one ISA's implementation of the five operations below. The
// functions are pure: they work on the caller's buffers and their own stack,
// allocate nothing, keep no state and read not one byte past their inputs.
// Dispatch.cpp holds the table of sets; Weight.cpp and KVCache.cpp call them.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_KERNELS_H
#define IGNIS_RUNTIME_LIB_KERNELS_H

#include "ignis/Runtime/ABI.h"

#include <cstdint>

namespace ignis::runtime {

//===----------------------------------------------------------------------===//
// Packed Q8_0
//===----------------------------------------------------------------------===//
//
// 16 rows ("a group"), two blocks at a time ("a pair", 17 cache lines):
//   [2 blocks][16 rows] f16 scales
//   [2 blocks][32 / n groups of n values][16 rows][n values]
// The last pair of an odd number of blocks is half used, and the rows that the
// last group lacks are zero. Groups follow one another.

constexpr int64_t GroupRows = 16;
constexpr int64_t BlockValues = 32;
constexpr int64_t BlockBytes = 34; ///< in the file: f16 scale, 32 values
constexpr int64_t PairBytes = 1088;
constexpr int64_t PairScaleBytes = 64;
constexpr int64_t PairValueBytes = GroupRows * BlockValues; ///< of one block

/// Streams of memory that are read at once begin this much more than a multiple
/// of a power of two apart, so as not to meet in the same banks: on a Zen 4
/// core two streams 2^28 bytes apart reached 0.75 of what they reach so.
constexpr int64_t StreamSkew = 3 * 4096 + 10 * 64;

enum class PackedOrder : uint8_t {
  Groups4,       ///< n = 4
  Groups4Biased, ///< n = 4, bytes ^ 0x80: unsigned, 128 too large
  Groups8,       ///< n = 8
};

// Internal, as everything that a kernel file defines: of an inline function the
// linker would keep one copy, which might be that of a better CPU.
static constexpr int64_t groupBytes(int64_t cols) {
  return (cols / BlockValues + 1) / 2 * PairBytes;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Where a product's results go: out[t * stride + r] = dot (+ bias[r])
/// (+ residual[t * stride + r]), r counted from the product's first row.
struct ProductOutput {
  const float *bias;
  const float *residual;
  float *out;
  int64_t stride;

  /// Of a product that begins at a later row.
  ProductOutput fromRow(int64_t row) const {
    return {bias ? bias + row : nullptr, residual ? residual + row : nullptr,
            out + row, stride};
  }
};

/// Rows of a Q8_0 matrix that stand together, from a multiple of 16 on: at
/// `panels` if packed, else at `source`.
struct Q8Rows {
  const uint8_t *source;
  const uint8_t *panels;
  int64_t rows;
  ProductOutput output;

  int64_t groups() const { return (rows + GroupRows - 1) / GroupRows; }
  int64_t rowsOf(int64_t group) const {
    int64_t left = rows - group * GroupRows;
    return left < GroupRows ? left : GroupRows;
  }
  /// What is left of them from a group on.
  Q8Rows fromGroup(int64_t group, int64_t cols) const {
    int64_t row = group * GroupRows;
    return {source + row * (cols / BlockValues * BlockBytes),
            panels ? panels + group * groupBytes(cols) : nullptr, rows - row,
            output.fromRow(row)};
  }
};

/// Rows of a matrix in up to two places times `tokens` quantised rows. The
/// first place has rows.
struct Q8Product {
  Q8Rows parts[2];
  int64_t cols;
  const uint8_t *x;
  int64_t tokens;
};

/// `rows` rows of a matrix of any other format in blocks times `tokens`
/// quantised rows.
struct BlockProduct {
  const uint8_t *source;
  ignis_type type;
  int64_t rows;
  int64_t cols;
  const uint8_t *x;
  int64_t tokens;
  ProductOutput output;
};

/// `rows` rows of an f32, f16 or bf16 matrix times `tokens` f32 rows.
struct FloatProduct {
  const uint8_t *source;
  ignis_type type;
  int64_t rows;
  int64_t cols;
  const float *x;
  int64_t tokens;
  ProductOutput output;
};

/// Positions per chunk of attention, part of the numeric contract.
constexpr int64_t AttentionChunk = 512;
/// Positions per page: kernels take two groups of 16 keys at a time.
constexpr int64_t PagePositions = IGNIS_PAGE_POSITIONS;
static_assert(AttentionChunk % PagePositions == 0 && PagePositions % 32 == 0);
constexpr int64_t MaxHeadDim = 128;

/// Keys and values of one layer and kv head of a sequence. In a page:
///   keys    [PagePositions / 16][head_dim][16 positions]
///   values  [PagePositions][head_dim]
struct CacheSlice {
  uint8_t *keys; ///< of the pool's first page
  uint8_t *values;
  int64_t pageBytes;    ///< from a page to the next
  const int32_t *pages; ///< the sequence's
  int64_t headDim;
  ignis_type type; ///< f16 or f32
};

/// Stores `tokens` rows of one kv head; `k` and `v` advance by `stride`, and
/// either may be null.
struct CacheAppend {
  CacheSlice cache;
  const float *k;
  const float *v;
  int64_t stride;
  int64_t tokens;
  int64_t position;
};

/// Attention of `heads` query heads that share a kv head: head h of token t is
/// at q[t * stride + h * head_dim], its result at the same place in `out`.
struct Attention {
  CacheSlice cache;
  const float *q;
  float *out;
  int64_t stride;
  int64_t heads;
  int64_t tokens;
  int64_t position;
};

struct CpuFeatures;

/// One ISA's kernels.
struct Kernels {
  const char *name;
  bool (*supported)(const CpuFeatures &cpu);
  PackedOrder order;
  /// Packs `blocks` blocks of `rows` (1 to 16) rows, `rowBytes` apart.
  void (*packQ8)(const uint8_t *source, int64_t rowBytes, int64_t rows,
                 int64_t blocks, uint8_t *panel);
  void (*multiplyQ8)(const Q8Product &product);
  void (*multiplyFloat)(const FloatProduct &product);
  void (*append)(const CacheAppend &append);
  void (*attend)(const Attention &attention);
  /// Reads two streams as fast as the machine can.
  void (*readStreams)(const uint8_t *a, const uint8_t *b, int64_t bytes);
  /// Multiplies bytes in registers; returns how many multiply-adds that were.
  int64_t (*multiplyBytes)(int64_t rounds);
  /// The same for binary32.
  int64_t (*multiplyFloats)(int64_t rounds);
};

/// A product in plain C++.
void multiplyBlocks(const BlockProduct &product);

extern const Kernels kernelsScalar;
extern const Kernels kernelsAVX2;
extern const Kernels kernelsAVX512VNNI;
extern const Kernels kernelsNEON;
extern const Kernels kernelsNEONDotprod;
extern const Kernels kernelsNEONI8mm;

/// What a handle stands for. Internal, as groupBytes.
static inline const Kernels &setOf(const ignis_kernels *handle) {
  return *reinterpret_cast<const Kernels *>(handle);
}

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_KERNELS_H
