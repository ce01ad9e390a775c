//===- PlacementTest.cpp - Placements, proofs, and broken ones ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/PlacementSearch.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <numeric>
#include <random>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;
using Minimal = PlanCertificate::Minimal;
using Kind = RefutationStep::Kind;

namespace {
struct Rectangle {
  int64_t left, right, bottom, top;
};

/// Cuts a rectangle into blocks that fill it: by lines across, and into five
/// around a middle one, which no line across can do.
class Cutter {
public:
  explicit Cutter(std::mt19937 &random) : random(random) {}

  SmallVector<Block> cut(Rectangle whole, size_t count) {
    rectangles = {whole};
    for (size_t tries = 0; rectangles.size() < count && tries < 8 * count;
         ++tries) {
      size_t index = random() % rectangles.size();
      Rectangle chosen = rectangles[index];
      rectangles[index] = rectangles.back();
      rectangles.pop_back();
      cutOne(chosen);
    }
    SmallVector<Block> blocks;
    for (const Rectangle &r : rectangles)
      blocks.push_back({r.top - r.bottom, r.left, r.right - 1});
    std::shuffle(blocks.begin(), blocks.end(), random);
    return blocks;
  }

private:
  int64_t between(int64_t low, int64_t high) { // neither included
    return low + 1 + int64_t(random() % uint64_t(high - low - 1));
  }

  void cutOne(Rectangle r) {
    int64_t width = r.right - r.left, height = r.top - r.bottom;
    if (width >= 3 && height >= 3 && random() % 3 == 0) {
      int64_t x1 = between(r.left, r.right - 1), x2 = between(x1, r.right);
      int64_t y1 = between(r.bottom, r.top - 1), y2 = between(y1, r.top);
      rectangles.append({{r.left, x2, r.bottom, y1},
                         {x2, r.right, r.bottom, y2},
                         {x1, r.right, y2, r.top},
                         {r.left, x1, y1, r.top},
                         {x1, x2, y1, y2}});
    } else if (width >= 2 && random() % 2 == 0) {
      int64_t x = between(r.left, r.right);
      rectangles.append(
          {{r.left, x, r.bottom, r.top}, {x, r.right, r.bottom, r.top}});
    } else if (height >= 2) {
      int64_t y = between(r.bottom, r.top);
      rectangles.append(
          {{r.left, r.right, r.bottom, y}, {r.left, r.right, y, r.top}});
    } else {
      rectangles.push_back(r);
    }
  }

  std::mt19937 &random;
  SmallVector<Rectangle> rectangles;
};
} // namespace

/// Blocks without a plan: short lifetimes, few sizes.
static SmallVector<Block> makeBlocks(std::mt19937 &random, int64_t count) {
  SmallVector<Block> blocks;
  for (int64_t i = 0; i < count; ++i) {
    int64_t first = random() % count;
    blocks.push_back(
        {64 * int64_t(random() % 8 + 1), first, first + int64_t(random() % 4)});
  }
  return blocks;
}

/// Sections of time that are all filled to the same height, some blocks lasting
/// for several of them: often these cannot lie where all of them want them.
static SmallVector<Block> makeTight(std::mt19937 &random) {
  int64_t sections = 4 + random() % 4, height = 64 * (10 + random() % 20);
  SmallVector<Block> blocks;
  SmallVector<int64_t> filled(sections, 0);
  for (size_t tries = 8 + random() % 8; tries > 0; --tries) {
    int64_t first = random() % (sections - 1);
    int64_t last = std::min<int64_t>(first + 1 + random() % 3, sections - 1);
    int64_t size = 64 * (1 + random() % 6);
    if (*std::max_element(filled.begin() + first, filled.begin() + last + 1) +
            size >
        height)
      continue;
    blocks.push_back({size, first, last});
    for (int64_t section = first; section <= last; ++section)
      filled[section] += size;
  }
  for (int64_t section = 0; section < sections; ++section)
    if (filled[section] < height)
      blocks.push_back({height - filled[section], section, section});
  return blocks;
}

/// Whether it is one, from the definition.
static bool isPlacement(ArrayRef<Block> blocks, ArrayRef<int64_t> offsets,
                        int64_t height) {
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (offsets[i] < 0 || offsets[i] + blocks[i].size > height)
      return false;
    for (size_t j = 0; j < i; ++j)
      if (blocks[i].meets(blocks[j]) &&
          offsets[i] < offsets[j] + blocks[j].size &&
          offsets[j] < offsets[i] + blocks[i].size)
        return false;
  }
  return true;
}

/// The least height, from every order of the blocks, each on top of those
/// before it that it meets: some order is that of a best placement's offsets.
static int64_t searchExhaustively(ArrayRef<Block> blocks) {
  SmallVector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t(0));
  int64_t best = std::numeric_limits<int64_t>::max();
  do {
    SmallVector<int64_t> offsets(blocks.size(), 0);
    for (size_t i = 0; i < order.size(); ++i)
      for (size_t below : ArrayRef(order).take_front(i))
        if (blocks[order[i]].meets(blocks[below]))
          offsets[order[i]] =
              std::max(offsets[order[i]], offsets[below] + blocks[below].size);
    best = std::min(best, getHeight(blocks, offsets));
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

static bool isRefused(llvm::Error error) {
  bool refused = bool(error);
  llvm::consumeError(std::move(error));
  return refused;
}

TEST(PlacementTest, GreedyMissesSearchMeets) {
  // The largest goes to the ground, where it parts those of 3 that meet later.
  SmallVector<Block> blocks{{5, 0, 1}, {3, 1, 3}, {3, 2, 3}, {3, 3, 3}};
  EXPECT_EQ(getHeight(blocks, placeLargestFirst(blocks)), 11);
  Placed placed = findPlacement(blocks, 1000);
  EXPECT_EQ(getHeight(blocks, placed.offsets), 9);
  EXPECT_EQ(placed.proven, 9);
}

TEST(PlacementTest, NothingAndNoBytes) {
  EXPECT_EQ(findPlacement({}, 10).proven, 0);
  EXPECT_EQ(getPeakLoad({}).bytes, 0);
  SmallVector<Block> blocks{{0, 0, 3}, {64, 1, 2}, {0, 2, 2}};
  Placed placed = findPlacement(blocks, 10);
  EXPECT_EQ(getHeight(blocks, placed.offsets), 64);
  EXPECT_FALSE(isRefused(
      checkCertificate(blocks, placed.offsets, certify(blocks, placed, 10))));
}

TEST(PlacementTest, MethodsByHand) {
  // A gap of 2 and one of 3 are left when the block of 2 comes.
  SmallVector<Block> blocks{
      {3, 0, 0}, {1, 0, 2}, {2, 0, 0}, {1, 0, 2}, {2, 1, 1}};
  EXPECT_TRUE(
      isPlacement(blocks, placeFirstFit(blocks), getPeakLoad(blocks).bytes));
  // 3 at 0, 2 at 3, 1 at 5 and 6; then first fit takes the lower gap of 5.
  EXPECT_EQ(placeFirstFit(blocks)[4], 0);
  EXPECT_EQ(placeBestFit(blocks)[4], 0);
  blocks.push_back({2, 1, 2});
  EXPECT_EQ(placeBestFit(blocks)[5], 2);
  // Two colours at once; the slot grows to the largest it holds.
  SmallVector<Block> chain{{4, 0, 1}, {1, 1, 2}, {6, 2, 3}};
  EXPECT_EQ(getHeight(chain, placeByColor(chain)), 7);
  EXPECT_EQ(getPeakLoad(chain).bytes, 7);
  EXPECT_EQ(getPeakLoad(chain).time, 2);
}

TEST(PlacementTest, AllMethodsPlace) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    auto blocks = makeBlocks(random, 40);
    for (auto place :
         {placeLargestFirst, placeFirstFit, placeBestFit, placeByColor}) {
      auto offsets = place(blocks);
      int64_t height = getHeight(blocks, offsets);
      EXPECT_TRUE(isPlacement(blocks, offsets, height));
      EXPECT_FALSE(findOverlap(blocks, offsets));
      EXPECT_GE(height, getPeakLoad(blocks).bytes);
    }
  }
}

TEST(PlacementTest, EqualsExhaustiveSearch) {
  std::mt19937 random(12);
  for (int round = 0; round < 600; ++round) {
    auto blocks = makeBlocks(random, 3 + round % 5);
    int64_t least = searchExhaustively(blocks);
    Placed placed = findPlacement(blocks, 100000);
    EXPECT_EQ(getHeight(blocks, placed.offsets), least);
    EXPECT_EQ(placed.proven, least);
  }
}

TEST(PlacementTest, LeastIsAboveThePeak) {
  SmallVector<Block> blocks{{6, 2, 3}, {2, 1, 2}, {1, 0, 2},
                            {3, 1, 4}, {2, 0, 1}, {9, 0, 0},
                            {4, 1, 1}, {3, 3, 3}, {9, 4, 4}};
  EXPECT_EQ(getPeakLoad(blocks).bytes, 12);
  EXPECT_EQ(searchExhaustively(blocks), 13);
  Placed placed = findPlacement(blocks, 1000);
  EXPECT_EQ(getHeight(blocks, placed.offsets), 13);
  EXPECT_EQ(placed.proven, 13);
  PlanCertificate certificate = certify(blocks, placed, 1000);
  EXPECT_EQ(certificate.minimal, Minimal::Proven);
  EXPECT_TRUE(certificate.refutation);
  // Too long to be kept: it is only claimed.
  EXPECT_EQ(certify(blocks, placed, 10).minimal, Minimal::Claimed);
}

TEST(PlacementTest, SameOnEveryRun) {
  std::mt19937 random(13);
  for (int round = 0; round < 10; ++round) {
    auto blocks = Cutter(random).cut({0, 40, 0, 4000}, 50);
    Placed once = findPlacement(blocks, 20000);
    Placed twice = findPlacement(blocks, 20000);
    EXPECT_EQ(once.offsets, twice.offsets);
    EXPECT_EQ(once.steps, twice.steps);
  }
}

/// 2,000 sets whose least height is known: never a wrong claim. With ten times
/// the steps 1,920 are solved.
TEST(PlacementTest, KnownOptimum) {
  std::mt19937 random(14);
  int solved = 0, open = 0;
  for (int round = 0; round < 2000; ++round) {
    int64_t height = 100 + random() % 100000;
    int64_t width = 5 + random() % 60;
    auto blocks = Cutter(random).cut({0, width, 0, height}, 4 + random() % 60);
    ASSERT_EQ(getPeakLoad(blocks).bytes, height);
    Placed placed = findPlacement(blocks, 20000);
    int64_t found = getHeight(blocks, placed.offsets);
    ASSERT_TRUE(isPlacement(blocks, placed.offsets, found));
    ASSERT_EQ(placed.proven, height); // and never more
    PlanCertificate certificate = certify(blocks, placed, 10000);
    ASSERT_EQ(certificate.minimal == Minimal::Proven, found == height);
    ASSERT_FALSE(
        isRefused(checkCertificate(blocks, placed.offsets, certificate)));
    ++(found == height ? solved : open);
  }
  std::printf("%d solved, %d reported as not proven\n", solved, open);
  EXPECT_GE(solved, 1740);
}

/// Every step of the budget goes into the one question that is asked.
TEST(PlacementTest, Enough) {
  std::mt19937 random(23);
  for (int asked = 0; asked < 100;) {
    auto blocks = Cutter(random).cut({0, 30, 0, 1000}, 30);
    FitResult fit = fitUnder(blocks, 1000, 20000);
    if (fit.answer != FitResult::Answer::Fits ||
        getHeight(blocks, placeLargestFirst(blocks)) <= 1000)
      continue;
    Placed placed = findPlacement(blocks, fit.steps + 1, 1000);
    EXPECT_EQ(getHeight(blocks, placed.offsets), 1000);
    ++asked;
  }
}

/// A set, its plan, and the plan's certificate, with a refutation.
struct Refuted {
  SmallVector<Block> blocks;
  Placed placed;
  PlanCertificate certificate;
};

static Refuted makeRefuted(std::mt19937 &random) {
  while (true) {
    Refuted made;
    made.blocks = makeTight(random);
    made.placed = findPlacement(made.blocks, 100000);
    made.certificate = certify(made.blocks, made.placed, 100000);
    if (made.certificate.refutation &&
        made.certificate.minimal == Minimal::Proven)
      return made;
  }
}

TEST(PlanCertificateTest, RefutationsAreAccepted) {
  std::mt19937 random(15);
  for (int round = 0; round < 100; ++round) {
    Refuted made = makeRefuted(random);
    EXPECT_FALSE(isRefused(
        checkCertificate(made.blocks, made.placed.offsets, made.certificate)));
    std::string text;
    llvm::raw_string_ostream os(text);
    writeCertificate(made.certificate, os);
    auto read = parseCertificate(text);
    ASSERT_TRUE(bool(read));
    EXPECT_FALSE(
        isRefused(checkCertificate(made.blocks, made.placed.offsets, *read)));
    EXPECT_EQ(describe(*read), describe(made.certificate));
  }
}

TEST(PlanCertificateTest, BrokenPlansAreRefused) {
  std::mt19937 random(16);
  for (int broken = 0; broken < 500;) {
    auto blocks = Cutter(random).cut({0, 20, 0, 1000}, 20);
    Placed placed = findPlacement(blocks, 20000);
    PlanCertificate certificate = certify(blocks, placed, 0);
    auto offsets = placed.offsets;
    size_t index = random() % blocks.size();
    offsets[index] += int64_t(random() % 400) - 200;
    if (isPlacement(blocks, offsets, certificate.height) &&
        getHeight(blocks, offsets) == certificate.height)
      continue; // it is another plan
    EXPECT_TRUE(isRefused(checkCertificate(blocks, offsets, certificate)));
    ++broken;
  }
}

TEST(PlanCertificateTest, BrokenCertificatesAreRefused) {
  std::mt19937 random(17);
  // Each makes a certificate false, or leaves its proof with a hole.
  using Break = std::function<void(PlanCertificate &)>;
  const Break breaks[] = {
      [](auto &c) { c.height += 64; },
      [](auto &c) { c.height -= 64; },
      [](auto &c) { c.lowerBound += 64; },
      [](auto &c) { c.lowerBound -= 64; },
      [](auto &c) { c.minimal = Minimal::Open; },
      [](auto &c) { c.peak.bytes += 64; },
      [](auto &c) { c.peak.time = 1000; },
      [](auto &c) { c.refutation.reset(); },
      [](auto &c) { c.refutation->steps.pop_back(); },
      [](auto &c) {
        c.refutation->steps.push_back({Kind::Cut, 0});
      },
      [](auto &c) { c.refutation->steps.clear(); },
      [](auto &c) { c.refutation->order.push_back(0); },
      [](auto &c) { c.refutation->order.push_back(1000); },
      [](auto &c) { c.refutation->order.clear(); },
      [](auto &c) { c.refutation->height -= 1; },
      // What is claimed is false, whatever the steps are.
      [](auto &c) {
        c.height += 64;
        c.lowerBound += 64;
        c.refutation->height += 64;
      },
  };
  for (int round = 0; round < 40; ++round) {
    Refuted made = makeRefuted(random);
    for (const Break &breakIt : breaks) {
      PlanCertificate broken = made.certificate;
      breakIt(broken);
      EXPECT_TRUE(isRefused(
          checkCertificate(made.blocks, made.placed.offsets, broken)));
    }
  }
}

/// No steps whatever prove what is false.
TEST(RefutationTest, FalseClaimsAreNeverProven) {
  std::mt19937 random(18);
  for (int round = 0; round < 60; ++round) {
    Refuted made = makeRefuted(random);
    for (int mutation = 0; mutation < 200; ++mutation) {
      Refutation claim = *made.certificate.refutation;
      claim.height = made.certificate.height + random() % 2 * 64;
      for (int changes = random() % 4; changes >= 0 && !claim.steps.empty();
           --changes) {
        size_t at = random() % claim.steps.size();
        switch (random() % 4) {
        case 0:
          claim.steps[at].kind = Kind(random() % 4);
          break;
        case 1:
          claim.steps[at].at = random() % 16;
          break;
        case 2:
          claim.steps.erase(claim.steps.begin() + at);
          break;
        case 3:
          std::shuffle(claim.order.begin(), claim.order.end(), random);
          break;
        }
      }
      EXPECT_TRUE(isRefused(checkRefutation(made.blocks, claim)));
    }
  }
}

TEST(RefutationTest, StepsAsText) {
  auto steps = parseSteps("b7 p0  t3 c-5");
  ASSERT_TRUE(bool(steps));
  EXPECT_EQ(printSteps(*steps), "b7 p0 t3 c-5");
  for (const char *wrong : {"x7", "b", "b7,c7", "7"})
    EXPECT_TRUE(isRefused(parseSteps(wrong).takeError())) << wrong;
}
