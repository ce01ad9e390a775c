//===- AttentionCase.h - Sequences and what attention makes of them -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_RUNTIME_ATTENTIONCASE_H
#define IGNIS_TEST_UNIT_RUNTIME_ATTENTIONCASE_H

#include "Support.h"

struct Shape {
  int64_t heads, kvHeads, headDim;
  int64_t context; ///< positions with keys and values
  int64_t tokens;  ///< the last ones, which have queries too
  ignis_type type;
};

/// Random q, k, v of a sequence, and what attention is to make of them.
class Sequence {
public:
  Sequence(Random &random, const Shape &shape)
      : pages(pageTable(shape.context)), shape(shape),
        q(size_t(shape.tokens * queryRow())),
        k(size_t(shape.context * keyRow())),
        v(size_t(shape.context * keyRow())) {
    for (int64_t i = 0; i < shape.tokens * queryRow(); ++i)
      q[size_t(i)] = random.uniform() * 6;
    for (int64_t i = 0; i < shape.context * keyRow(); ++i) {
      k[size_t(i)] = random.uniform() * 2;
      v[size_t(i)] = random.uniform();
    }
  }

  int64_t queryRow() const { return shape.heads * shape.headDim; }
  int64_t keyRow() const { return shape.kvHeads * shape.headDim; }
  int64_t first() const { return shape.context - shape.tokens; }

  std::vector<float> expected() const {
    std::vector<float> result(static_cast<size_t>(shape.tokens * queryRow()));
    for (int64_t head = 0; head < shape.heads; ++head) {
      int64_t kvHead = head / (shape.heads / shape.kvHeads);
      std::vector<float> keys = headOf(k, kvHead), values = headOf(v, kvHead);
      for (int64_t t = 0; t < shape.tokens; ++t) {
        int64_t row = t * queryRow() + head * shape.headDim;
        std::vector<float> one =
            oracle::attend(q.data() + row, keys.data(), values.data(),
                           first() + t + 1, shape.headDim);
        std::copy(one.begin(), one.end(), result.begin() + row);
      }
    }
    return result;
  }

  std::vector<int32_t> pages;
  Shape shape;
  Guarded<float> q, k, v;

private:
  /// One kv head's rows, rounded to the cache's type.
  std::vector<float> headOf(const Guarded<float> &rows, int64_t kvHead) const {
    std::vector<float> result;
    for (int64_t p = 0; p < shape.context; ++p)
      for (int64_t i = 0; i < shape.headDim; ++i) {
        float x = rows.data()[p * keyRow() + kvHead * shape.headDim + i];
        result.push_back(shape.type == IGNIS_TYPE_F16
                             ? oracle::floatOfHalf(oracle::halfOfFloat(x))
                             : x);
      }
    return result;
  }
};

/// Sequences with their pages anywhere in one pool.
class Pool {
public:
  Pool(Random &random, const std::vector<Sequence *> &sequences) {
    std::vector<int32_t> free(1); // page 0 stays unused
    for (Sequence *sequence : sequences)
      for (size_t i = 0; i < sequence->pages.size(); ++i)
        free.push_back(int32_t(free.size()));
    for (size_t i = free.size() - 1; i > 1; --i)
      std::swap(free[i], free[size_t(random.between(1, int64_t(i)))]);
    size_t next = 1;
    for (Sequence *sequence : sequences)
      for (int32_t &page : sequence->pages)
        page = free[next++];
    const Shape &shape = sequences[0]->shape;
    cache = makeCache(2, shape.kvHeads, shape.headDim, int64_t(free.size()),
                      shape.type);
  }

  /// Appends `n` keys and values, which may come apart.
  void append(const ignis_thread *thread, const Sequence &sequence,
              int64_t position, int64_t n) {
    Rows rows;
    rows.add(sequence.pages, position, n);
    int64_t heads = sequence.shape.kvHeads, at = position * sequence.keyRow();
    int64_t begin = heads * thread->id / thread->count;
    int64_t end = heads * (thread->id + 1) / thread->count;
    ignis_rt_kv_append(thread, cache.get(), 1, sequence.k.data() + at, nullptr,
                       rows.get(), begin, end);
    ignis_rt_kv_append(thread, cache.get(), 1, nullptr, sequence.v.data() + at,
                       rows.get(), begin, end);
  }

  Cache cache;
};

/// One call for several sequences: their rows one after the other, all keys
/// and values in the pool, and what is to come out.
struct AttentionCall {
  AttentionCall(const ignis_thread *thread, Pool &pool,
                const std::vector<Sequence *> &sequences) {
    for (Sequence *sequence : sequences) {
      pool.append(thread, *sequence, 0, sequence->shape.context);
      rows.add(sequence->pages, sequence->first(), sequence->shape.tokens);
      q.insert(q.end(), sequence->q.data(),
               sequence->q.data() +
                   sequence->shape.tokens * sequence->queryRow());
      std::vector<float> own = sequence->expected();
      expected.insert(expected.end(), own.begin(), own.end());
    }
  }

  Rows rows;
  std::vector<float> q, expected;
};

#endif // IGNIS_TEST_UNIT_RUNTIME_ATTENTIONCASE_H
