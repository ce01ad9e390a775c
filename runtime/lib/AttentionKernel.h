//===- AttentionKernel.h - Attention to a chunk, appending ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows of one call are the (token, head) pairs of one kv head. A few of them at
// a time go over a chunk of the cache, page by page, so that every load of a
// key or value serves them all. Included once per kernel file, after
// FloatTile.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_ATTENTIONKERNEL_H
#define IGNIS_RUNTIME_LIB_ATTENTIONKERNEL_H

#include "Exp.h"
#include "Kernels.h"

namespace {

using namespace ignis::runtime;

/// Keys or values of a position's page; `first` are those of the pool's first.
template <class Element>
Element *pageOf(const CacheSlice &cache, uint8_t *first, int64_t position) {
  return reinterpret_cast<Element *>(
      first + cache.pages[position / pagePositions] * cache.pageBytes);
}

inline float exponential(float x) {
  float lanes[16];
  exponential(F32x16::broadcast(x)).store(lanes);
  return lanes[0];
}

/// Up to `Rows` rows that go over a chunk together.
template <class Element, int Rows, int Columns>
class ChunkRows {
public:
  ChunkRows(const Attention &task, int64_t firstRow, int64_t rows,
            int64_t chunk, AttentionSum *sums)
      : task(task), dims(task.cache.headDim), firstRow(firstRow), rows(rows),
        first(chunk * attentionChunk), sums(sums) {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < dims; i += 16)
        F32x16::load(task.q + task.offsetOf(firstRow + r) + i)
            .store(at[r].query + i);
  }

  void run() {
    int64_t begin = 0; // rows before it do not see this chunk
    while (seenBy(begin) <= 0)
      ++begin;
    score(seenBy(rows - 1));
    for (int64_t r = begin; r < rows; ++r)
      softmax(at[r].weights, seenBy(r), sums[r]);
    weigh(begin, rows, 0, seenBy(begin));
    // Heads of a token see the same.
    for (int64_t r = begin, end; r < rows; r = end) {
      for (end = r + 1; end < rows && seenBy(end) == seenBy(r);)
        ++end;
      if (seenBy(r) > seenBy(begin))
        weigh(r, end, seenBy(begin), seenBy(r));
    }
  }

private:
  struct alignas(64) Row {
    float query[maxHeadDim];
    float weights[attentionChunk]; ///< scores, then their exponentials
  };
  static constexpr int64_t rowStride = sizeof(Row) / sizeof(float);
  static constexpr int64_t sumStride = sizeof(AttentionSum) / sizeof(float);
  using Tile = FloatTile<Element, rowStride, /*Prefetch=*/true>;

  /// Positions of the chunk that row r sees; ascending in r.
  int64_t seenBy(int64_t r) const {
    int64_t seen = task.visibleTo(firstRow + r) - first;
    return seen < attentionChunk ? seen : attentionChunk;
  }

  /// Bytes from a position's page to the next, whose same places are requested
  /// as it is read: 8 KiB ahead, with 64 dimensions in f16. On a Sapphire
  /// Rapids core one token takes 0.6 of the time that it takes without, from 2
  /// KiB on; on two Zen 4 cores 8 KiB into L2 take 0.91 of the time of 6 KiB
  /// into L1.
  int64_t aheadOf(int64_t position) const {
    const int32_t *page = task.cache.pages + position / pagePositions;
    bool isLast = (position / pagePositions + 1) * pagePositions >=
                  task.visibleTo(firstRow + rows - 1);
    return isLast ? 0 : (page[1] - page[0]) * task.cache.pageBytes;
  }

  /// weights[j] = query . k[first + j], for all rows and at least `keys` keys.
  void score(int64_t keys) {
    for (int64_t j = 0; j < keys; j += 16 * Columns) {
      const Element *k =
          pageOf<Element>(task.cache, task.cache.keys, first + j) +
          j % pagePositions * dims;
      runFloatTile<Rows, Columns>(
          rows, Tile{at[0].query, rowStride, k, 16, dims * 16, dims,
                     at[0].weights + j, rowStride, false, aheadOf(first + j)});
    }
  }

  /// Scales n scores and replaces them by their exponentials.
  void softmax(float *scores, int64_t n, AttentionSum &result) const {
    const F32x16 scale = F32x16::broadcast(1.0f / __builtin_sqrtf(float(dims)));
    // The lanes past n become exp(-inf) = +0.
    for (int64_t j = n; j % 16 != 0; ++j)
      scores[j] = -__builtin_inff();
    F32x16 largest = F32x16::broadcast(-__builtin_inff());
    for (int64_t j = 0; j < n; j += 16) {
      F32x16 scaled = F32x16::load(scores + j) * scale;
      scaled.store(scores + j);
      largest = F32x16::max(largest, scaled);
    }
    float lanes[16];
    largest.store(lanes);
    float maximum = lanes[0];
    for (float lane : lanes)
      maximum = lane > maximum ? lane : maximum;

    F32x16 total = F32x16::broadcast(0);
    for (int64_t j = 0; j < n; j += 16) {
      F32x16 e =
          exponential(F32x16::load(scores + j) - F32x16::broadcast(maximum));
      e.store(scores + j);
      total = total + e;
    }
    total.store(lanes);
    for (int width = 8; width > 0; width /= 2)
      for (int l = 0; l < width; ++l)
        lanes[l] += lanes[l + width];
    result.maximum = maximum;
    result.sum = lanes[0];
  }

  /// Values of rows begin .. end - 1 (+)= sum of weights[j] * v[first + j] over
  /// [keyBegin, keyEnd).
  void weigh(int64_t begin, int64_t end, int64_t keyBegin, int64_t keyEnd) {
    for (int64_t j = keyBegin, next; j < keyEnd; j = next) {
      int64_t pageEnd = (j / pagePositions + 1) * pagePositions;
      next = pageEnd < keyEnd ? pageEnd : keyEnd;
      const Element *v =
          pageOf<Element>(task.cache, task.cache.values, first + j) +
          j % pagePositions * dims;
      for (int64_t i = 0; i < dims; i += 16 * Columns)
        runFloatTile<Rows, Columns>(
            end - begin,
            Tile{at[begin].weights + j, rowStride, v + i, dims, 16, next - j,
                 sums[begin].values + i, sumStride, j > 0, aheadOf(first + j)});
    }
  }

  const Attention &task;
  const int64_t dims;
  const int64_t firstRow;
  const int64_t rows;
  const int64_t first; ///< position of the chunk
  AttentionSum *const sums;
  Row at[Rows];
};

/// AttentionKernels::attendChunk; a tile has Rows rows and Columns * 16 keys or
/// dimensions.
template <int Rows, int Columns>
void attendChunk(const Attention &task, int64_t firstRow, int64_t rows,
                 int64_t chunk, AttentionSum *sums) {
  if (task.cache.type == IGNIS_TYPE_F16)
    ChunkRows<uint16_t, Rows, Columns>(task, firstRow, rows, chunk, sums).run();
  else
    ChunkRows<float, Rows, Columns>(task, firstRow, rows, chunk, sums).run();
}

/// AttentionKernels::combine.
inline void combineSums(AttentionSum &sum, const AttentionSum &next,
                        int64_t dims) {
  float both = sum.maximum > next.maximum ? sum.maximum : next.maximum;
  float a = exponential(sum.maximum - both);
  float b = exponential(next.maximum - both);
  sum.maximum = both;
  sum.sum = __builtin_fmaf(sum.sum, a, next.sum * b);
  for (int64_t i = 0; i < dims; i += 16)
    F32x16::fma(F32x16::load(sum.values + i), F32x16::broadcast(a),
                F32x16::load(next.values + i) * F32x16::broadcast(b))
        .store(sum.values + i);
}

/// AttentionKernels::finish.
inline void finishSum(const AttentionSum &sum, int64_t dims, float *out) {
  for (int64_t i = 0; i < dims; i += 16)
    (F32x16::load(sum.values + i) / F32x16::broadcast(sum.sum)).store(out + i);
}

template <int Rows, int Columns>
constexpr AttentionKernels attentionKernels() {
  static_assert(Rows <= mostAttentionRows);
  return {Rows, attendChunk<Rows, Columns>, combineSums, finishSum};
}

template <class Element>
void appendRows(const CacheAppend &task) {
  const CacheSlice &cache = task.cache;
  int64_t dims = cache.headDim;
  for (int64_t t = 0; t < task.tokens; ++t) {
    int64_t position = task.position + t;
    int64_t j = position % pagePositions;
    Element *keys = pageOf<Element>(cache, cache.keys, position) +
                    j / 16 * 16 * dims + j % 16;
    Element *values = pageOf<Element>(cache, cache.values, position) + j * dims;
    for (int64_t i = 0; task.k && i < dims; i += 16) {
      Element rounded[16];
      F32x16::load(task.k + t * task.stride + i).store(rounded);
      for (int64_t l = 0; l < 16; ++l)
        keys[(i + l) * 16] = rounded[l];
    }
    for (int64_t i = 0; task.v && i < dims; i += 16)
      F32x16::load(task.v + t * task.stride + i).store(values + i);
  }
}

/// Kernels::append.
inline void append(const CacheAppend &task) {
  if (task.cache.type == IGNIS_TYPE_F16)
    appendRows<uint16_t>(task);
  else
    appendRows<float>(task);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_ATTENTIONKERNEL_H
