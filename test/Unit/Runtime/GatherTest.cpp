//===- GatherTest.cpp - Results of other ranks ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support.h"

#include "Gather.h"

#include <barrier>
#include <numeric>
#include <thread>

using namespace ignis::runtime;

namespace {

/// Ranks that are threads, which copy from each other's memory.
class Ranks {
public:
  explicit Ranks(int64_t count) : meeting(count), seats(size_t(count)) {
    for (int64_t rank = 0; rank < count; ++rank) {
      Seat &seat = seats[size_t(rank)];
      seat.ranks = this;
      seat.table = {rank, count, &seat, exchange, exchange, nullptr};
    }
  }

  /// Runs the task on every rank, each on its own buffer.
  void run(std::vector<std::vector<uint8_t>> &buffers, GatherTask task,
           int64_t rowBytes) {
    std::vector<std::thread> threads;
    for (Seat &seat : seats)
      threads.emplace_back([&, task]() mutable {
        Gatherer gatherer(seat.table, rowBytes);
        ASSERT_TRUE(gatherer.isReady());
        task.buffer = buffers[size_t(seat.table.rank)].data();
        gatherer.run(task);
        seat.calls = gatherer.calls();
        seat.bytes = gatherer.bytes();
      });
    for (std::thread &thread : threads)
      thread.join();
  }
  uint64_t calls() const { return seats[0].calls; }
  uint64_t bytes() const { return seats[0].bytes; }

private:
  struct Seat {
    Ranks *ranks;
    ignis_group table;
    uint8_t *all = nullptr;
    uint64_t calls = 0, bytes = 0;
  };
  static void exchange(void *context, void *all, const int64_t *sizes) {
    Seat &seat = *static_cast<Seat *>(context);
    seat.all = static_cast<uint8_t *>(all);
    seat.ranks->meeting.arrive_and_wait();
    int64_t at = 0;
    for (const Seat &other : seat.ranks->seats) {
      if (&other != &seat)
        memcpy(seat.all + at, other.all + at, size_t(sizes[other.table.rank]));
      at += sizes[other.table.rank];
    }
    seat.ranks->meeting.arrive_and_wait();
  }

  std::barrier<> meeting;
  std::vector<Seat> seats;
};

/// Whether byte `at` of a row belongs to columns begin .. end - 1.
bool isOf(const GatherTask &task, int64_t at, int64_t begin, int64_t end) {
  if (!task.isQuantized())
    return begin * task.elementBytes <= at && at < end * task.elementBytes;
  if (at < task.columns)
    return begin <= at && at < end;
  int64_t block = (at - task.columns) % (task.columns / 8) / 4;
  return at < task.columns / 4 * 5 && begin <= block * 32 && block * 32 < end;
}

/// Each rank's buffer has its own columns right and every other byte wrong;
/// afterwards all that should be right is.
void check(int64_t ranks, GatherTask task, int64_t rowBytes = 0) {
  SCOPED_TRACE(testing::Message()
               << ranks << " ranks, " << task.rows << " rows, " << task.columns
               << " columns in units of " << task.width << ", "
               << task.elementBytes << " bytes");
  Random random(7);
  std::vector<uint8_t> right(size_t(task.rows * task.stride()));
  for (uint8_t &byte : right)
    byte = uint8_t(random.bits());
  int64_t units = (task.columns + task.width - 1) / task.width;
  std::vector<std::vector<uint8_t>> buffers(size_t(ranks), right);
  auto forEachByte = [&](auto body) {
    for (int64_t rank = 0; rank < ranks; ++rank)
      for (size_t i = 0; i < right.size(); ++i) {
        int64_t begin = units * rank / ranks * task.width;
        int64_t end = units * (rank + 1) / ranks * task.width;
        bool own = isOf(task, int64_t(i) % task.stride(), begin,
                        std::min(end, task.columns));
        body(rank, own, buffers[size_t(rank)][i], right[i]);
      }
  };
  forEachByte([](int64_t, bool own, uint8_t &found, uint8_t byte) {
    if (!own)
      found = uint8_t(~byte);
  });
  Ranks group(ranks);
  group.run(buffers, task, rowBytes);
  size_t wrong = 0;
  forEachByte([&](int64_t rank, bool own, uint8_t found, uint8_t byte) {
    wrong += (task.firstOnly && rank != 0 ? own && found != byte
                                          : found != byte) != false;
  });
  // The padding behind a quantised row is nobody's.
  size_t padding =
      size_t(task.rows * (task.stride() - task.bytesOf(task.columns)));
  EXPECT_EQ(wrong, task.firstOnly ? padding : padding * size_t(ranks));
  EXPECT_EQ(group.bytes(), uint64_t(task.rows * task.bytesOf(task.columns)));
}

TEST(GatherTest, EveryRankGetsAllColumns) {
  for (int64_t ranks : {1, 2, 3, 4, 7})
    for (int64_t rows : {1, 5}) {
      check(ranks, {nullptr, rows, 896, 64, 4, false});
      check(ranks, {nullptr, rows, 333, 16, 4, false}); // the last has 13
      check(ranks, {nullptr, rows, 96, 32, 4, false});  // some have none
      check(ranks, {nullptr, rows, 5, 1, 8, false});
      check(ranks, {nullptr, rows, 896, 64, 1, false}); // with scales
      check(ranks, {nullptr, rows, 160, 32, 1, false}); // and padding
      check(ranks, {nullptr, rows, 333, 16, 4, true});
    }
}

TEST(GatherTest, ManyRowsGoInSeveralCalls) {
  GatherTask task = {nullptr, 9, 1 << 18, 1 << 12, 4, false}; // a MiB a row
  check(3, task);
  std::vector<std::vector<uint8_t>> buffers(
      3, std::vector<uint8_t>(size_t(task.rows * task.stride())));
  Ranks few(3), one(3);
  few.run(buffers, task, 0);
  EXPECT_EQ(few.calls(), 3u); // of four rows at most
  one.run(buffers, task, 9 << 20);
  EXPECT_EQ(one.calls(), 1u);
  task.rows = 0;
  Ranks none(3);
  none.run(buffers, task, 0);
  EXPECT_EQ(none.calls(), 0u);
}

/// Ranks have all units, each one's; parts cover them.
TEST(RankTest, PartsCoverUnits) {
  for (int64_t units : {1, 2, 3, 14, 40, 9496})
    for (int64_t parts : {1, 2, 3, 8, 14, 9496})
      for (int64_t ranks : {1, 2, 3, 4, 7, 50}) {
        int64_t next = 0;
        for (int64_t rank = 0; rank < ranks; ++rank) {
          ignis_range own = ignis_rank_parts(units, units, rank, ranks);
          EXPECT_EQ(own.begin, next);
          next = own.end;
          ignis_range range = ignis_rank_parts(parts, units, rank, ranks);
          EXPECT_GE(range.begin, 0);
          EXPECT_LE(range.end, parts);
          if (own.begin == own.end) {
            EXPECT_EQ(range.begin, range.end);
            continue;
          }
          // As fractions, and no part without a unit of the rank's.
          EXPECT_LE(range.begin * units, own.begin * parts);
          EXPECT_GE(range.end * units, own.end * parts);
          EXPECT_GT((range.begin + 1) * units, own.begin * parts);
          EXPECT_LT((range.end - 1) * units, own.end * parts);
        }
        EXPECT_EQ(next, units);
      }
}

TEST(RankTest, RowsOfAMatrix) {
  auto rows = [](int64_t rows, int64_t parts, int64_t units, int64_t rank) {
    ignis_range range = ignis_rank_rows(rows, parts, units, rank, 3);
    return std::pair(range.begin, range.end);
  };
  EXPECT_EQ(rows(333, 21, 21, 0), std::pair(int64_t(0), int64_t(112)));
  EXPECT_EQ(rows(333, 21, 21, 2), std::pair(int64_t(224), int64_t(333)));
  EXPECT_EQ(rows(128, 2, 14, 1), std::pair(int64_t(0), int64_t(128)));
  EXPECT_EQ(rows(128, 2, 14, 2), std::pair(int64_t(64), int64_t(128)));
  EXPECT_EQ(rows(333, 0, 0, 1), std::pair(int64_t(0), int64_t(333)));
  EXPECT_EQ(rows(333, 0, -1, 1), std::pair(int64_t(0), int64_t(0)));
}

/// Packed or not, a rank's rows are those of the whole matrix, and others can
/// still be looked up.
TEST(RankTest, AWeightIsPackedForItsRowsAlone) {
  constexpr int64_t rows = 100, cols = 64, begin = 32, end = 80;
  Random random(3);
  const ignis::WeightFormat &format = *ignis::findWeightFormat(IGNIS_TYPE_Q8_0);
  std::vector<uint8_t> source(size_t(rows * format.rowBytes(cols)));
  fillBlocks(random, Numbers::Ordinary, format, source.data(),
             rows * cols / 32);
  auto x = quantizedRows(random, Numbers::Ordinary, 3, cols);
  Weight whole = makeWeight(IGNIS_TYPE_Q8_0, rows, cols, source.data());
  Weight part = makeWeight(IGNIS_TYPE_Q8_0, rows, cols, source.data());
  ignis_rt_weight_keep(part.get(), begin, end);
  Team team = makeTeam(2);
  ignis_weight *weights[] = {part.get()};
  int64_t packed = ignis_rt_pack(team.get(), weights, 1, 1 << 30, false);
  EXPECT_GT(packed, 0);
  EXPECT_EQ(ignis_rt_pack(team.get(), weights, 1, 1 << 30, false), 0);
  Weight other = makeWeight(IGNIS_TYPE_Q8_0, rows, cols, source.data());
  ignis_weight *others[] = {other.get()};
  EXPECT_LT(packed * 2,
            ignis_rt_pack(team.get(), others, 1, 1 << 30, false) + packed / 3);

  std::vector<float> expected(3 * rows), found(3 * rows);
  ignis_rt_matmul_q8(self(), whole.get(), x->data(), 3, begin, end, nullptr,
                     nullptr, expected.data(), rows);
  ignis_rt_matmul_q8(self(), part.get(), x->data(), 3, begin, end, nullptr,
                     nullptr, found.data(), rows);
  EXPECT_TRUE(sameBits(found.data(), expected.data(), 3 * rows));

  std::vector<int32_t> tokens(rows);
  std::iota(tokens.begin(), tokens.end(), 0);
  std::vector<float> looked(rows * cols), all(rows * cols);
  ignis_rt_embed(self(), whole.get(), tokens.data(), 0, rows, all.data());
  ignis_rt_embed(self(), part.get(), tokens.data(), 0, rows, looked.data());
  EXPECT_TRUE(sameBits(looked.data(), all.data(), rows * cols));
}

} // namespace
