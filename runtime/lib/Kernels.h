//===- Kernels.h - What a kernel set provides -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel set is one ISA's implementation of the operations below. The
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

/// Rows of a matrix that are multiplied together ("a group").
constexpr int64_t groupRows = 16;
/// Columns that share a scale of the activations ("a block").
constexpr int64_t blockValues = 32;

/// Streams of memory that are read at once begin this much more than a multiple
/// of a power of two apart, so as not to meet in the same banks: on a Zen 4
/// core two streams 2^28 bytes apart reached 0.75 of what they reach so.
constexpr int64_t streamSkew = 3 * 4096 + 10 * 64;

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

/// Rows of a matrix in blocks that stand together, from a multiple of 16 on: at
/// `panels` if packed, else at `source`.
struct BlockRows {
  const uint8_t *source;
  const uint8_t *panels;
  int64_t rows;
  ProductOutput output;

  int64_t groups() const { return (rows + groupRows - 1) / groupRows; }
  int64_t rowsOf(int64_t group) const {
    int64_t left = rows - group * groupRows;
    return left < groupRows ? left : groupRows;
  }
};

/// Rows of a matrix in up to two places times `tokens` quantised rows. The
/// first place has rows.
struct BlockProduct {
  BlockRows parts[2];
  int64_t cols;
  const uint8_t *x;
  int64_t tokens;
};

/// What a set does with weights of a format in blocks. A packed group of rows
/// is units of so many blocks and bytes; groups follow one another.
struct BlockKernels {
  ignis_type type;
  int64_t unitBlocks;
  int64_t unitBytes;
  /// Packs up to 16 rows of `blocks` blocks.
  void (*pack)(const uint8_t *source, int64_t rowBytes, int64_t rows,
               int64_t blocks, uint8_t *panel);
  /// Dequantises row r of a packed group.
  void (*readRow)(const uint8_t *panel, int64_t r, int64_t cols, float *out);
  void (*multiply)(const BlockProduct &product);
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
constexpr int64_t attentionChunk = 512;
/// Positions per page: kernels take two groups of 16 keys at a time.
constexpr int64_t pagePositions = IGNIS_PAGE_POSITIONS;
static_assert(attentionChunk % pagePositions == 0 && pagePositions % 32 == 0);
constexpr int64_t maxHeadDim = 128;

/// Keys and values of one layer and kv head of a sequence. In a page:
///   keys    [pagePositions / 16][head_dim][16 positions]
///   values  [pagePositions][head_dim]
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

  /// Of (token, head) pairs, the heads of a token one after the other.
  int64_t rows() const { return tokens * heads; }
  /// Where a row stands in q and out.
  int64_t offsetOf(int64_t row) const {
    return row / heads * stride + row % heads * cache.headDim;
  }
  /// How many positions a row sees; ascending.
  int64_t visibleTo(int64_t row) const { return position + row / heads + 1; }
  int64_t chunksOf(int64_t row) const {
    return (visibleTo(row) + attentionChunk - 1) / attentionChunk;
  }
};

/// What attention to some chunks comes to for one row, see numeric-contract.md.
struct alignas(64) AttentionSum {
  float maximum;
  float sum;
  alignas(64) float values[maxHeadDim];
};

/// Attention, a chunk at a time.
struct AttentionKernels {
  /// Rows that go over a chunk together, at most.
  int64_t rows;
  /// sums[r] = that of chunk `chunk` alone for row firstRow + r, where it sees
  /// any of it.
  void (*attendChunk)(const Attention &task, int64_t firstRow, int64_t rows,
                      int64_t chunk, AttentionSum *sums);
  /// Takes the next chunk's into the sum of those before it.
  void (*combine)(AttentionSum &sum, const AttentionSum &next, int64_t dims);
  /// out[0 .. dims) = the result.
  void (*finish)(const AttentionSum &sum, int64_t dims, float *out);
};
constexpr int64_t mostAttentionRows = 14;

struct CpuFeatures;

/// One ISA's kernels.
struct Kernels {
  const char *name;
  bool (*supported)(const CpuFeatures &cpu);
  /// One for every format in blocks.
  const BlockKernels *formats;
  void (*multiplyFloat)(const FloatProduct &product);
  void (*append)(const CacheAppend &append);
  AttentionKernels attention;
  /// Reads two streams as fast as the machine can.
  void (*readStreams)(const uint8_t *a, const uint8_t *b, int64_t bytes);
  /// Multiplies bytes in registers; returns how many multiply-adds that were.
  int64_t (*multiplyBytes)(int64_t rounds);
  /// The same for binary32.
  int64_t (*multiplyFloats)(int64_t rounds);
};

extern const Kernels kernelsScalar;
extern const Kernels kernelsAVX2;
extern const Kernels kernelsAVXVNNI;
extern const Kernels kernelsAVX512VNNI256;
extern const Kernels kernelsAVX512VNNI;
extern const Kernels kernelsNEON;
extern const Kernels kernelsNEONDotprod;
extern const Kernels kernelsNEONI8mm;

static inline const BlockKernels &findFormat(const Kernels &set,
                                             ignis_type type) {
  const BlockKernels *format = set.formats;
  while (format->type != type)
    ++format;
  return *format;
}

/// What a handle stands for. Internal, as everything that a kernel file
/// defines: of an inline function the linker would keep one copy, which might
/// be that of a better CPU.
static inline const Kernels &setOf(const ignis_kernels *handle) {
  return *reinterpret_cast<const Kernels *>(handle);
}

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_KERNELS_H
