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
      Rows rows;
      std::vector<float> q, expected;
      for (Sequence *sequence : all) {
        pool.append(self(), *sequence, 0, sequence->shape.context);
        rows.add(sequence->pages, sequence->first(), sequence->shape.tokens);
        q.insert(q.end(), sequence->q.data(),
                 sequence->q.data() +
                     sequence->shape.tokens * sequence->queryRow());
        std::vector<float> own = sequence->expected();
        expected.insert(expected.end(), own.begin(), own.end());
      }
      Team team = makeTeam(threads);
      const ignis_rows *call = rows.get();
      runOnTeam(team, [&](const ignis_thread *thread) {
        ignis_rt_attend(thread, pool.cache.get(), 1, q.data(), 4, call,
                        4 * thread->id / thread->count,
                        4 * (thread->id + 1) / thread->count, q.data());
      });
      EXPECT_TRUE(sameBits(q.data(), expected.data(), int64_t(q.size())));
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
    EXPECT_FALSE(
        ignis_rt_kv_create(layers, kvHeads, headDim, pages, type, error.text));
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
