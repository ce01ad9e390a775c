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
  int64_t heads, kvHeads, headDim, tokens;
  ignis_type type;
};

/// Random q, k, v of a sequence, and what attention makes of them.
struct Sequence {
  Sequence(Random &random, const Shape &shape)
      : shape(shape), q(size_t(shape.tokens * shape.heads * shape.headDim)),
        k(size_t(shape.tokens * shape.kvHeads * shape.headDim)), v(count(k)),
        out(count(q)) {
    for (int64_t i = 0; i < count(q); ++i)
      q[size_t(i)] = random.uniform() * 6;
    for (int64_t i = 0; i < count(k); ++i) {
      k[size_t(i)] = random.uniform() * 2;
      v[size_t(i)] = random.uniform();
    }
  }

  int64_t count(const Guarded<float> &of) const {
    return &of == &q || &of == &out
               ? shape.tokens * shape.heads * shape.headDim
               : shape.tokens * shape.kvHeads * shape.headDim;
  }

  /// From token `first` on; zero before.
  std::vector<float> expected(int64_t first = 0) const {
    std::vector<float> result(static_cast<size_t>(count(q)));
    for (int64_t head = 0; head < shape.heads; ++head) {
      int64_t kvHead = head / (shape.heads / shape.kvHeads);
      std::vector<float> keys, values;
      for (int64_t t = 0; t < shape.tokens; ++t) {
        for (int64_t i = 0; i < shape.headDim; ++i) {
          int64_t from = (t * shape.kvHeads + kvHead) * shape.headDim + i;
          keys.push_back(rounded(k.data()[from]));
          values.push_back(rounded(v.data()[from]));
        }
        if (t < first)
          continue;
        int64_t row = (t * shape.heads + head) * shape.headDim;
        std::vector<float> one = oracle::attend(
            q.data() + row, keys.data(), values.data(), t + 1, shape.headDim);
        std::copy(one.begin(), one.end(), result.begin() + row);
      }
    }
    return result;
  }

  /// Appends and attends, `batch` tokens at a time, on a team.
  std::vector<float> run(const Team &team, int64_t batch, bool inPlace) {
    Cache cache =
        makeCache(2, shape.kvHeads, shape.headDim, shape.tokens, shape.type);
    std::vector<float> result;
    std::vector<float> places(q.data(), q.data() + count(q));
    for (int64_t t = 0; t < shape.tokens; t += batch) {
      int64_t n = std::min(batch, shape.tokens - t);
      int64_t kv = t * shape.kvHeads * shape.headDim;
      int64_t row = t * shape.heads * shape.headDim;
      runOnTeam(team, [&](const ignis_thread *thread) {
        auto begin = [&](int64_t heads) {
          return heads * thread->id / thread->count;
        };
        auto end = [&](int64_t heads) {
          return heads * (thread->id + 1) / thread->count;
        };
        ignis_rt_kv_append(thread, cache.get(), 1, k.data() + kv, v.data() + kv,
                           n, t, begin(shape.kvHeads), end(shape.kvHeads));
        ignis_rt_barrier(thread);
        const float *from = inPlace ? places.data() + row : q.data() + row;
        float *to = inPlace ? places.data() + row : out.data() + row;
        ignis_rt_attend(thread, cache.get(), 1, from, shape.heads, n, t,
                        begin(shape.heads), end(shape.heads), to);
      });
    }
    return inPlace ? places
                   : std::vector<float>(out.data(), out.data() + count(q));
  }

  float rounded(float value) const {
    return shape.type == IGNIS_TYPE_F16
               ? oracle::floatOfHalf(oracle::halfOfFloat(value))
               : value;
  }

  Shape shape;
  Guarded<float> q, k, v, out;
};

TEST_P(AttentionTest, EqualsTheContract) {
  Random random(1);
  const int64_t dims[] = {32, 64, 128};
  for (int i = 0; i < 18; ++i) {
    int64_t kvHeads = random.between(1, 3);
    Shape shape = {kvHeads * random.between(1, 8), kvHeads,
                   dims[random.between(0, 2)], random.between(1, 70),
                   i % 2 ? IGNIS_TYPE_F32 : IGNIS_TYPE_F16};
    SCOPED_TRACE(::testing::Message()
                 << shape.heads << " heads, " << kvHeads << " kv heads, "
                 << shape.headDim << " dims, " << shape.tokens << " tokens");
    Sequence sequence(random, shape);
    std::vector<float> expected = sequence.expected();
    int64_t count = int64_t(expected.size());
    for (int threads : {1, 3, 8}) {
      Team team = makeTeam(threads);
      int64_t batch = random.between(1, shape.tokens);
      EXPECT_TRUE(sameBits(sequence.run(team, shape.tokens, false).data(),
                           expected.data(), count));
      EXPECT_TRUE(sameBits(sequence.run(team, batch, true).data(),
                           expected.data(), count));
    }
  }
}

TEST_P(AttentionTest, ChunksCombineInOrder) {
  Random random(2);
  for (ignis_type type : {IGNIS_TYPE_F16, IGNIS_TYPE_F32}) {
    Sequence sequence(random, {3, 1, 32, 1100, type});
    const int64_t last = 1080, row = 3 * 32;
    std::vector<float> expected = sequence.expected(last);
    Team team = makeTeam(2);
    std::vector<float> whole = sequence.run(team, 1100, false);
    EXPECT_TRUE(sameBits(whole.data() + last * row,
                         expected.data() + last * row, (1100 - last) * row));
    for (int64_t batch : {500, 77})
      EXPECT_TRUE(sameBits(sequence.run(team, batch, batch == 500).data(),
                           whole.data(), 1100 * row));
  }
}

TEST_P(AttentionTest, BatchesCrossChunks) {
  Random random(4);
  Sequence sequence(random, {2, 2, 32, 520, IGNIS_TYPE_F16});
  const int64_t first = 500, row = 2 * 32;
  std::vector<float> expected = sequence.expected(first);
  Team team = makeTeam(1);
  for (int64_t batch : {520, 511, 3})
    EXPECT_TRUE(sameBits(sequence.run(team, batch, false).data() + first * row,
                         expected.data() + first * row, (520 - first) * row));
}

TEST_P(AttentionTest, KeysAndValuesAppendSeparately) {
  Random random(3);
  Sequence sequence(random, {4, 2, 64, 20, IGNIS_TYPE_F16});
  Cache cache = makeCache(1, 2, 64, 20, IGNIS_TYPE_F16);
  for (int64_t head = 0; head < 2; ++head) {
    ignis_rt_kv_append(nullptr, cache.get(), 0, sequence.k.data(), nullptr, 20,
                       0, head, head + 1);
    ignis_rt_kv_append(nullptr, cache.get(), 0, nullptr, sequence.v.data(), 20,
                       0, head, head + 1);
  }
  ignis_rt_attend(nullptr, cache.get(), 0, sequence.q.data(), 4, 20, 0, 0, 4,
                  sequence.out.data());
  EXPECT_TRUE(
      sameBits(sequence.out.data(), sequence.expected().data(), 20 * 4 * 64));
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
