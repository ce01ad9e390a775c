//===- AttentionTest.cpp - Attention and the cache ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support.h"

namespace {

class AttentionTest : public IsaTest {};

struct Shape {
  int64_t heads, kvHeads, headDim;
  int64_t context; ///< positions with keys and values
  int64_t tokens;  ///< the last ones, which have queries too
  ignis_type type;
};

/// Random q, k, v of a sequence, and what attention makes of them.
class Sequence {
public:
  Sequence(Random &random, const Shape &shape)
      : shape(shape), q(size_t(shape.tokens * queryRow())),
        k(size_t(shape.context * keyRow())),
        v(size_t(shape.context * keyRow())),
        out(size_t(shape.tokens * queryRow())) {
    for (int64_t i = 0; i < shape.tokens * queryRow(); ++i)
      q[size_t(i)] = random.uniform() * 6;
    for (int64_t i = 0; i < shape.context * keyRow(); ++i) {
      k[size_t(i)] = random.uniform() * 2;
      v[size_t(i)] = random.uniform();
    }
  }

  int64_t queryRow() const { return shape.heads * shape.headDim; }
  int64_t keyRow() const { return shape.kvHeads * shape.headDim; }

  std::vector<float> expected() const {
    std::vector<float> result(static_cast<size_t>(shape.tokens * queryRow()));
    for (int64_t head = 0; head < shape.heads; ++head) {
      int64_t kvHead = head / (shape.heads / shape.kvHeads);
      std::vector<float> keys = headOf(k, kvHead), values = headOf(v, kvHead);
      for (int64_t t = 0; t < shape.tokens; ++t) {
        int64_t row = t * queryRow() + head * shape.headDim;
        std::vector<float> one =
            oracle::attend(q.data() + row, keys.data(), values.data(),
                           shape.context - shape.tokens + t + 1, shape.headDim);
        std::copy(one.begin(), one.end(), result.begin() + row);
      }
    }
    return result;
  }

  /// What the kernels make of them, `batch` tokens at a time.
  ::testing::AssertionResult gives(const std::vector<float> &expected,
                                   int threads, int64_t batch, bool inPlace) {
    Team team = makeTeam(threads);
    Cache cache =
        makeCache(2, shape.kvHeads, shape.headDim, shape.context, shape.type);
    int64_t first = shape.context - shape.tokens;
    if (first > 0)
      append(self(), cache.get(), 0, first, 0, shape.kvHeads);
    std::vector<float> places(q.data(), q.data() + shape.tokens * queryRow());
    const float *from = inPlace ? places.data() : q.data();
    float *to = inPlace ? places.data() : out.data();
    for (int64_t t = 0; t < shape.tokens; t += batch) {
      int64_t n = std::min(batch, shape.tokens - t);
      runOnTeam(team, [&](const ignis_thread *thread) {
        auto share = [&](int64_t heads, int64_t id) {
          return heads * id / thread->count;
        };
        append(thread, cache.get(), first + t, n,
               share(shape.kvHeads, thread->id),
               share(shape.kvHeads, thread->id + 1));
        ignis_rt_barrier(thread);
        ignis_rt_attend(
            thread, cache.get(), 1, from + t * queryRow(), shape.heads, n,
            first + t, share(shape.heads, thread->id),
            share(shape.heads, thread->id + 1), to + t * queryRow());
      });
    }
    return sameBits(to, expected.data(), int64_t(expected.size()));
  }

private:
  void append(const ignis_thread *thread, ignis_kv_cache *cache,
              int64_t position, int64_t n, int64_t begin, int64_t end) {
    // Keys and values may come apart.
    ignis_rt_kv_append(thread, cache, 1, k.data() + position * keyRow(),
                       nullptr, n, position, begin, end);
    ignis_rt_kv_append(thread, cache, 1, nullptr,
                       v.data() + position * keyRow(), n, position, begin, end);
  }

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

  Shape shape;
  Guarded<float> q, k, v, out;
};

TEST_P(AttentionTest, EqualsTheContract) {
  Random random(1);
  const int64_t dims[] = {32, 64, 128};
  for (int i = 0; i < 18; ++i) {
    int64_t kvHeads = random.between(1, 3), tokens = random.between(1, 40);
    Shape shape = {kvHeads * random.between(1, 8),
                   kvHeads,
                   dims[i % 3],
                   tokens + random.between(0, 30),
                   tokens,
                   i % 2 ? IGNIS_TYPE_F32 : IGNIS_TYPE_F16};
    SCOPED_TRACE(::testing::Message()
                 << shape.heads << " heads, " << kvHeads << " kv heads, "
                 << shape.headDim << " dims, " << tokens << " tokens");
    Sequence sequence(random, shape);
    std::vector<float> expected = sequence.expected();
    EXPECT_TRUE(sequence.gives(expected, 1, tokens, false));
    EXPECT_TRUE(sequence.gives(expected, int(random.between(2, 8)),
                               random.between(1, tokens), true));
  }
}

TEST_P(AttentionTest, ChunksCombineInOrder) {
  Random random(2);
  for (ignis_type type : {IGNIS_TYPE_F16, IGNIS_TYPE_F32})
    // The last queries see three chunks, or stand about a chunk's border.
    for (int64_t context : {1100, 1030, 512, 513, 520}) {
      Sequence sequence(random, {3, 1, 32, context, 13, type});
      std::vector<float> expected = sequence.expected();
      EXPECT_TRUE(sequence.gives(expected, 1, 13, true));
      EXPECT_TRUE(sequence.gives(expected, 2, 5, false));
    }
}

TEST_P(AttentionTest, ManyRowsWalkTogether) {
  Random random(3);
  Sequence sequence(random, {4, 1, 64, 150, 140, IGNIS_TYPE_F16});
  std::vector<float> expected = sequence.expected();
  EXPECT_TRUE(sequence.gives(expected, 1, 140, false));
  EXPECT_TRUE(sequence.gives(expected, 3, 100, true));
}

INSTANTIATE_FOR_EVERY_ISA(AttentionTest);

TEST(CacheTest, RefusesWhatItCannotHold) {
  Error error;
  auto refused = [&](int64_t layers, int64_t kvHeads, int64_t headDim,
                     int64_t context, ignis_type type) {
    EXPECT_FALSE(ignis_rt_kv_create(layers, kvHeads, headDim, context, type,
                                    error.text));
    return std::string(error.text);
  };
  EXPECT_EQ(refused(0, 1, 64, 1, IGNIS_TYPE_F16),
            "kv cache: expects 1 to 65536 layers, got 0");
  EXPECT_EQ(refused(1, 0, 64, 1, IGNIS_TYPE_F16),
            "kv cache: expects 1 to 65536 kv heads, got 0");
  EXPECT_EQ(refused(1, 1, 96, 1, IGNIS_TYPE_F16),
            "kv cache: expects a head dimension of 32, 64 or 128, got 96");
  EXPECT_EQ(refused(1, 1, 64, 0, IGNIS_TYPE_F16),
            "kv cache: expects a context of 1 to 2^31 positions, got 0");
  EXPECT_EQ(refused(1, 1, 64, 1, IGNIS_TYPE_Q8_0),
            "kv cache: expects type f16 (1) or f32 (0), got 8");
  EXPECT_TRUE(refused(65536, 65536, 128, int64_t(1) << 31, IGNIS_TYPE_F32)
                  .starts_with("kv cache: expects a size that fits"));
}

} // namespace
