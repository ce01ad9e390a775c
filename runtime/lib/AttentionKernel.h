//===- AttentionKernel.h - Attention over the cache, and appending to it *- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows of one call are the (token, head) pairs of one kv head. A few of them at
// a time go over the chunks of the cache, page by page, so that every load of a
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
      first + cache.pages[position / PagePositions] * cache.pageBytes);
}

inline float exponential(float x) {
  float lanes[16];
  exponential(F32x16::broadcast(x)).store(lanes);
  return lanes[0];
}

/// Up to `Rows` rows that walk over the cache together.
template <class Element, int Rows, int Columns>
class AttentionRows {
public:
  AttentionRows(const Attention &task, int64_t firstRow, int64_t rows)
      : task(task), dims(task.cache.headDim), firstRow(firstRow), rows(rows) {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < dims; i += 16)
        F32x16::load(task.q + offsetOf(r) + i).store(at[r].query + i);
  }

  void run() {
    int64_t visible = visibleTo(rows - 1);
    for (int64_t chunk = 0; chunk * AttentionChunk < visible; ++chunk)
      runChunk(chunk);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < dims; i += 16)
        (F32x16::load(at[r].result + i) / F32x16::broadcast(sum[r]))
            .store(task.out + offsetOf(r) + i);
  }

private:
  struct alignas(64) Row {
    float query[MaxHeadDim];
    float weights[AttentionChunk]; ///< scores, then their exponentials
    float result[MaxHeadDim];
    float partial[MaxHeadDim]; ///< of the chunk
  };
  static constexpr int64_t Stride = sizeof(Row) / sizeof(float);
  using Tile = FloatTile<Element, Stride, /*Prefetch=*/true>;

  /// Bytes from a position's page to the next, whose same places are requested
  /// as it is read: 8 KiB ahead, with 64 dimensions in f16. On a Sapphire
  /// Rapids core one token takes 0.6 of the time that it takes without, from 2
  /// KiB on; on two Zen 4 cores 8 KiB into L2 take 0.91 of the time of 6 KiB
  /// into L1.
  int64_t aheadOf(int64_t position) const {
    const int32_t *page = task.cache.pages + position / PagePositions;
    bool isLast =
        (position / PagePositions + 1) * PagePositions >= visibleTo(rows - 1);
    return isLast ? 0 : (page[1] - page[0]) * task.cache.pageBytes;
  }

  /// Where row r stands in q and out.
  int64_t offsetOf(int64_t r) const {
    int64_t row = firstRow + r;
    return row / task.heads * task.stride + row % task.heads * dims;
  }

  /// How many positions row r sees; ascending in r.
  int64_t visibleTo(int64_t r) const {
    return task.position + (firstRow + r) / task.heads + 1;
  }

  void runChunk(int64_t chunk) {
    int64_t first = chunk * AttentionChunk;
    auto seenBy = [&](int64_t r) {
      int64_t seen = visibleTo(r) - first;
      return seen < AttentionChunk ? seen : AttentionChunk;
    };
    int64_t begin = 0; // rows before it do not see this chunk
    while (seenBy(begin) <= 0)
      ++begin;

    score(first, seenBy(rows - 1));
    float chunkMaximum[Rows], chunkSum[Rows];
    for (int64_t r = begin; r < rows; ++r)
      softmax(at[r].weights, seenBy(r), chunkMaximum[r], chunkSum[r]);
    float(Row::*values)[MaxHeadDim] = chunk == 0 ? &Row::result : &Row::partial;
    weigh(first, begin, rows, 0, seenBy(begin), values);
    // Heads of a token see the same.
    for (int64_t r = begin, end; r < rows; r = end) {
      for (end = r + 1; end < rows && seenBy(end) == seenBy(r);)
        ++end;
      if (seenBy(r) > seenBy(begin))
        weigh(first, r, end, seenBy(begin), seenBy(r), values);
    }
    for (int64_t r = begin; r < rows; ++r)
      combine(chunk, r, chunkMaximum[r], chunkSum[r]);
  }

  /// weights[j] = query . k[first + j], for all rows and at least `keys` keys.
  void score(int64_t first, int64_t keys) {
    for (int64_t j = 0; j < keys; j += 16 * Columns) {
      const Element *k =
          pageOf<Element>(task.cache, task.cache.keys, first + j) +
          j % PagePositions * dims;
      runFloatTile<Rows, Columns>(
          rows, Tile{at[0].query, Stride, k, 16, dims * 16, dims,
                     at[0].weights + j, Stride, false, aheadOf(first + j)});
    }
  }

  /// Scales n scores and replaces them by their exponentials.
  void softmax(float *scores, int64_t n, float &maximum, float &sum) const {
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
    maximum = lanes[0];
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
    sum = lanes[0];
  }

  /// values (+)= sum of weights[j] * v[first + j] over [keyBegin, keyEnd).
  void weigh(int64_t first, int64_t begin, int64_t end, int64_t keyBegin,
             int64_t keyEnd, float (Row::*values)[MaxHeadDim]) {
    for (int64_t j = keyBegin, next; j < keyEnd; j = next) {
      int64_t pageEnd = (j / PagePositions + 1) * PagePositions;
      next = pageEnd < keyEnd ? pageEnd : keyEnd;
      const Element *v =
          pageOf<Element>(task.cache, task.cache.values, first + j) +
          j % PagePositions * dims;
      for (int64_t i = 0; i < dims; i += 16 * Columns)
        runFloatTile<Rows, Columns>(
            end - begin,
            Tile{at[begin].weights + j, Stride, v + i, dims, 16, next - j,
                 (at[begin].*values) + i, Stride, j > 0, aheadOf(first + j)});
    }
  }

  /// Takes the chunk into row r's running maximum, sum and values.
  void combine(int64_t chunk, int64_t r, float chunkMaximum, float chunkSum) {
    if (chunk == 0) {
      maximum[r] = chunkMaximum;
      sum[r] = chunkSum;
      return;
    }
    float both = maximum[r] > chunkMaximum ? maximum[r] : chunkMaximum;
    float a = exponential(maximum[r] - both);
    float b = exponential(chunkMaximum - both);
    maximum[r] = both;
    sum[r] = __builtin_fmaf(sum[r], a, chunkSum * b);
    for (int64_t i = 0; i < dims; i += 16)
      F32x16::fma(F32x16::load(at[r].result + i), F32x16::broadcast(a),
                  F32x16::load(at[r].partial + i) * F32x16::broadcast(b))
          .store(at[r].result + i);
  }

  const Attention &task;
  int64_t dims;
  int64_t firstRow;
  int64_t rows;
  float maximum[Rows];
  float sum[Rows];
  Row at[Rows];
};

/// Kernels::attend; a tile has Rows rows and Columns * 16 keys or dimensions.
template <int Rows, int Columns>
void attend(const Attention &task) {
  int64_t rows = task.tokens * task.heads;
  for (int64_t row = 0; row < rows; row += Rows) {
    int64_t count = rows - row < Rows ? rows - row : Rows;
    if (task.cache.type == IGNIS_TYPE_F16)
      AttentionRows<uint16_t, Rows, Columns>(task, row, count).run();
    else
      AttentionRows<float, Rows, Columns>(task, row, count).run();
  }
}

template <class Element>
void appendRows(const CacheAppend &task) {
  const CacheSlice &cache = task.cache;
  int64_t dims = cache.headDim;
  for (int64_t t = 0; t < task.tokens; ++t) {
    int64_t position = task.position + t;
    int64_t j = position % PagePositions;
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
