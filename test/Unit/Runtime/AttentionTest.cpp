//===- AttentionTest.cpp - Attention and the cache ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionCase.h"

namespace {

class AttentionTest : public IsaTest {};

/// What the kernels make of a sequence, `batch` tokens at a time.
::testing::AssertionResult gives(Random &random, Sequence &sequence,
                                 const std::vector<float> &expected,
                                 int threads, int64_t batch, bool inPlace) {
  const Shape &shape = sequence.shape;
  int64_t queries = shape.tokens * sequence.queryRow();
  Team team = makeTeam(threads);
  Pool pool(random, {&sequence});
  pool.append(self(), sequence, 0, sequence.first());
  Guarded<float> out{size_t(queries)};
  std::vector<float> places(sequence.q.data(), sequence.q.data() + queries);
  const float *from = inPlace ? places.data() : sequence.q.data();
  float *to = inPlace ? places.data() : out.data();
  for (int64_t t = 0; t < shape.tokens; t += batch) {
    int64_t n = std::min(batch, shape.tokens - t);
    Rows rows;
    rows.add(sequence.pages, sequence.first() + t, n);
    const ignis_rows *call = rows.get();
    runOnTeam(team, [&](const ignis_thread *thread) {
      pool.append(thread, sequence, sequence.first() + t, n);
      ignis_rt_barrier(thread);
      ignis_rt_attend(thread, pool.cache.get(), 1,
                      from + t * sequence.queryRow(), shape.heads, call,
                      shape.heads * thread->id / thread->count,
                      shape.heads * (thread->id + 1) / thread->count,
                      to + t * sequence.queryRow());
    });
  }
  return sameBits(to, expected.data(), int64_t(expected.size()));
}

TEST_P(AttentionTest, EqualsTheContract) {
  Random random(1);
  const int64_t dims[] = {32, 64, 128};
  for (int i = 0; i < 18; ++i) {
    int64_t kvHeads = random.between(1, 3), tokens = random.between(1, 40);
    Shape shape = {kvHeads * random.between(1, 8),
                   kvHeads,
                   dims[i % 3],
                   tokens + random.between(0, 100),
                   tokens,
                   i % 2 ? IGNIS_TYPE_F32 : IGNIS_TYPE_F16};
    SCOPED_TRACE(::testing::Message()
                 << shape.heads << " heads, " << kvHeads << " kv heads, "
                 << shape.headDim << " dims, " << tokens << " tokens");
    Sequence sequence(random, shape);
    std::vector<float> expected = sequence.expected();
    EXPECT_TRUE(gives(random, sequence, expected, 1, tokens, false));
    EXPECT_TRUE(gives(random, sequence, expected, int(random.between(2, 8)),
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
      EXPECT_TRUE(gives(random, sequence, expected, 1, 13, true));
      EXPECT_TRUE(gives(random, sequence, expected, 2, 5, false));
    }
}

TEST_P(AttentionTest, ManyRowsWalkTogether) {
  Random random(3);
  Sequence sequence(random, {4, 1, 64, 150, 140, IGNIS_TYPE_F16});
  std::vector<float> expected = sequence.expected();
  EXPECT_TRUE(gives(random, sequence, expected, 1, 140, false));
  EXPECT_TRUE(gives(random, sequence, expected, 3, 100, true));
}

/// Each row gets what its own sequence alone would give, whatever else is in
/// the call and wherever the pages are.
TEST_P(AttentionTest, SequencesOfACallDoNotMeet) {
  Random random(4);
  for (ignis_type type : {IGNIS_TYPE_F16, IGNIS_TYPE_F32})
    for (int threads : {1, 3}) {
      std::vector<std::unique_ptr<Sequence>> sequences;
      std::vector<Sequence *> all;
      for (int i = 0; i < 12; ++i) {
        int64_t tokens = random.between(1, i % 3 == 0 ? 20 : 3);
        int64_t before = random.between(0, i % 4 == 0 ? 700 : 140);
        sequences.push_back(std::make_unique<Sequence>(
            random, Shape{4, 2, 64, before + tokens, tokens, type}));
        all.push_back(sequences.back().get());
      }
      Pool pool(random, all);
      AttentionCall call(self(), pool, all);
      const ignis_rows *rows = call.rows.get();
      Team team = makeTeam(threads);
      runOnTeam(team, [&](const ignis_thread *thread) {
        ignis_rt_attend(thread, pool.cache.get(), 1, call.q.data(), 4, rows,
                        4 * thread->id / thread->count,
                        4 * (thread->id + 1) / thread->count, call.q.data());
      });
      EXPECT_TRUE(sameBits(call.q.data(), call.expected.data(),
                           int64_t(call.q.size())));
    }
}

INSTANTIATE_FOR_EVERY_ISA(AttentionTest);

/// A page's positions, moved through copies, or out and in again, attend alike.
TEST(CacheTest, PagesMove) {
  Random random(5);
  for (ignis_type type : {IGNIS_TYPE_F16, IGNIS_TYPE_F32})
    for (int64_t context : {1, 15, 16, 17, 63, 64}) {
      Sequence sequence(random, {2, 2, 32, context, 1, type});
      Sequence other(random, {2, 2, 32, 64 * 3, 1, type});
      std::vector<float> expected = sequence.expected();
      Pool pool(random, {&sequence, &other});
      pool.append(self(), other, 0, 64 * 3);
      pool.append(self(), sequence, 0, context);
      auto attends = [&](int32_t page) {
        std::vector<float> out(64);
        Rows rows;
        const std::vector<int32_t> pages = {page};
        rows.add(pages, context - 1, 1);
        ignis_rt_attend(self(), pool.cache.get(), 1, sequence.q.data(), 2,
                        rows.get(), 0, 2, out.data());
        return sameBits(out.data(), expected.data(), 64);
      };
      EXPECT_TRUE(attends(sequence.pages[0]));
      EXPECT_FALSE(attends(other.pages[1]));
      ignis_rt_kv_copy(pool.cache.get(), sequence.pages[0], other.pages[1],
                       context);
      EXPECT_TRUE(attends(other.pages[1]));
      Guarded<uint8_t> bytes(
          size_t(ignis_rt_kv_page_bytes(2, 2, 32, type) / 64 * context));
      ignis_rt_kv_read(pool.cache.get(), sequence.pages[0], context,
                       bytes.data());
      ignis_rt_kv_write(pool.cache.get(), other.pages[2], context,
                        bytes.data());
      EXPECT_TRUE(attends(other.pages[2]));
    }
}

TEST(CacheTest, SelectsTheRowsThatAreWanted) {
  const uint8_t x[] = {0, 1, 10, 11, 20, 21, 30, 31};
  const int32_t wanted[] = {1, 3};
  const ignis_rows rows = {4, nullptr, 2, wanted, 0, nullptr};
  uint8_t out[5] = {9, 9, 9, 9, 9};
  ignis_rt_select(&rows, x, 2, out);
  const uint8_t expected[] = {10, 11, 30, 31, 9};
  EXPECT_EQ(memcmp(out, expected, 5), 0);
}

TEST(CacheTest, RefusesWhatItCannotHold) {
  Error error;
  auto refused = [&](int64_t layers, int64_t kvHeads, int64_t headDim,
                     int64_t pages, ignis_type type) {
    EXPECT_FALSE(ignis_rt_kv_create(layers, kvHeads, {0, kvHeads}, headDim,
                                    pages, type, error.text));
    return std::string(error.text);
  };
  EXPECT_EQ(refused(0, 1, 64, 1, IGNIS_TYPE_F16),
            "kv cache: expects 1 to 65536 layers, got 0");
  EXPECT_EQ(refused(1, 0, 64, 1, IGNIS_TYPE_F16),
            "kv cache: expects 1 to 65536 kv heads, got 0");
  EXPECT_EQ(refused(1, 1, 96, 1, IGNIS_TYPE_F16),
            "kv cache: expects a head dimension of 32, 64 or 128, got 96");
  EXPECT_EQ(refused(1, 1, 64, 0, IGNIS_TYPE_F16),
            "kv cache: expects 1 to 2^25 pages, got 0");
  EXPECT_EQ(refused(1, 1, 64, 1, IGNIS_TYPE_Q8_0),
            "kv cache: expects type f16 (1) or f32 (0), got 8");
  EXPECT_TRUE(refused(65536, 65536, 128, 1 << 25, IGNIS_TYPE_F32)
                  .starts_with("kv cache: expects a size that fits"));
}

} // namespace
