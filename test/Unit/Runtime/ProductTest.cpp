//===- ProductTest.cpp - Matrix products and packing ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockCase.h"

namespace {

class ProductTest : public IsaTest {};

const ignis::WeightFormat &q8 = *ignis::findWeightFormat(IGNIS_TYPE_Q8_0);

TEST_P(ProductTest, BlocksEqualTheContract) {
  Random random(1);
  for (const ignis::WeightFormat &format : blockFormats())
    for (int i = 0; i < 24; ++i) {
      auto numbers = i % 2 ? Numbers::Extreme : Numbers::Ordinary;
      int64_t most = 1280 / format.blockValues;
      int64_t rows = random.between(1, 80);
      int64_t cols = format.blockValues * random.between(1, most);
      int64_t tokens = random.between(1, i % 8 ? 14 : 110);
      BlockCase(random, numbers, format, rows, cols, tokens, size_t(i % 5))
          .check();
    }
}

TEST_P(ProductTest, ManyTokensAndLongRowsInSeveralRounds) {
  Random random(6);
  struct {
    int64_t rows, cols, tokens;
  } const shapes[] = {{70, 96, 530}, {17, 10240, 103}, {100, 1056, 7}};
  for (auto [rows, cols, tokens] : shapes)
    BlockCase(random, Numbers::Ordinary, q8, rows, cols, tokens).check();
}

/// Few tokens go along two streams, up to four groups of rows at a time, and
/// are divided evenly among tiles.
TEST_P(ProductTest, FewTokensAndManyGroups) {
  Random random(9);
  for (ignis_type type : {IGNIS_TYPE_Q8_0, IGNIS_TYPE_Q4_0, IGNIS_TYPE_Q4_K,
                          IGNIS_TYPE_Q2_K, IGNIS_TYPE_Q6_K}) {
    const ignis::WeightFormat &format = *ignis::findWeightFormat(type);
    for (int64_t tokens : {1, 2, 5, 6, 7, 8, 11, 12, 13, 16, 17}) {
      int64_t rows = random.between(100, 210);
      int64_t cols = format.blockValues == 32 ? 32 * random.between(1, 9) : 256;
      BlockCase test(random, Numbers::Ordinary, format, rows, cols, tokens);
      Weight weight = test.weight();
      ignis_weight *handle = weight.get();
      Team team = makeTeam(1);
      while (ignis_rt_pack(team.get(), &handle, 1, 1 << 20, false) > 0)
        ;
      for (int64_t pieces : {1, 2, 5})
        EXPECT_TRUE(test.isExpected(test.multiply(handle, pieces)))
            << format.name << ' ' << rows << " x " << cols << " x " << tokens;
    }
  }
}

TEST_P(ProductTest, NoTokensNoProducts) {
  Random random(7);
  BlockCase test(random, Numbers::Ordinary, q8, 40, 96, 1);
  Weight bytes = test.weight();
  ignis_rt_matmul_q8(self(), bytes.get(), test.x->data(), 0, 0, 40, nullptr,
                     nullptr, nullptr, 40);
  Guarded<float> f32(40 * 96), x(0);
  Weight weight = makeWeight(IGNIS_TYPE_F32, 40, 96, f32.data());
  ignis_rt_matmul_f32(self(), weight.get(), x.data(), 0, 0, 40, nullptr,
                      nullptr, nullptr, 40);
}

TEST_P(ProductTest, BiasAndResidualFollowInOrder) {
  Random random(2);
  for (int64_t rows : {16, 40, 7}) {
    BlockCase test(random, Numbers::Ordinary, q8, rows, 96, 3);
    Weight weight = makeWeight(IGNIS_TYPE_Q8_0, rows, 96, test.source.data());
    for (int mask = 0; mask < 4; ++mask) {
      const float *bias = mask & 1 ? test.bias.data() : nullptr;
      std::vector<float> expected = test.expected;
      std::vector<float> out(test.residual.data(),
                             test.residual.data() + 3 * rows);
      for (size_t i = 0; i < expected.size(); ++i) {
        if (bias)
          expected[i] = expected[i] + bias[i % size_t(rows)];
        if (mask & 2)
          expected[i] = test.residual[i] + expected[i];
      }
      auto multiply = [&](int64_t begin, int64_t end) {
        float *first = out.data() + begin;
        ignis_rt_matmul_q8(self(), weight.get(), test.x->data(), 3, begin, end,
                           bias, mask & 2 ? first : nullptr, first, rows);
      };
      int64_t middle = std::min<int64_t>(rows, 16);
      multiply(0, middle);
      if (middle < rows)
        multiply(middle, rows);
      EXPECT_TRUE(sameBits(out.data(), expected.data(), 3 * rows));
    }
  }
}

TEST_P(ProductTest, AnyThreadsAnyPackingSameBits) {
  Random random(3);
  BlockCase test(random, Numbers::Ordinary, q8, 333, 160, 9);
  for (int threads = 1; threads <= 8; ++threads) {
    Team team = makeTeam(threads);
    Weight weight = makeWeight(IGNIS_TYPE_Q8_0, 333, 160, test.source.data());
    ignis_weight *handle = weight.get();
    int64_t packed;
    do {
      std::vector<float> out(9 * 333);
      runOnTeam(team, [&](const ignis_thread *thread) {
        int64_t groups = (333 + 15) / 16;
        int64_t begin = groups * thread->id / thread->count * 16;
        ignis_rt_matmul_q8(
            thread, handle, test.x->data(), 9, begin,
            std::min<int64_t>(groups * (thread->id + 1) / thread->count * 16,
                              333),
            nullptr, nullptr, out.data() + begin, 333);
      });
      EXPECT_TRUE(sameBits(out.data(), test.expected.data(), 9 * 333));
      packed = ignis_rt_pack(team.get(), &handle, 1, 20000, false);
    } while (packed > 0);
  }
}

TEST_P(ProductTest, MatricesPackedTogetherByTeamsOfDifferentSizes) {
  Random random(8);
  std::vector<std::unique_ptr<BlockCase>> cases;
  for (auto [rows, cols] :
       {std::pair(333, 160), {1, 64}, {16, 32}, {90, 96}, {128, 96}})
    for (int64_t tokens : {1, 8})
      cases.push_back(std::make_unique<BlockCase>(random, Numbers::Ordinary, q8,
                                                  rows, cols, tokens));
  for (int threads = 1; threads <= 5; ++threads) {
    std::vector<Weight> weights;
    std::vector<ignis_weight *> handles;
    for (const auto &test : cases) {
      weights.push_back(makeWeight(IGNIS_TYPE_Q8_0, test->rows, test->cols,
                                   test->source.data()));
      handles.push_back(weights.back().get());
    }
    auto check = [&] {
      for (int64_t pieces : {1, 2, 3, 8})
        for (size_t i = 0; i < cases.size(); ++i)
          EXPECT_TRUE(sameBits(cases[i]->multiply(handles[i], pieces).data(),
                               cases[i]->expected.data(),
                               cases[i]->tokens * cases[i]->rows))
              << cases[i]->rows << " x " << cases[i]->cols << ", " << threads
              << " threads, " << pieces << " pieces";
    };
    // The first team finds places for all, and another one packs the rest.
    Team first = makeTeam(threads), second = makeTeam(6 - threads);
    ASSERT_GT(ignis_rt_pack(first.get(), handles.data(), handles.size(), 60000,
                            false),
              0);
    check();
    int64_t rest = 0;
    while (int64_t step = ignis_rt_pack(second.get(), handles.data(),
                                        handles.size(), 60000, false))
      rest += step;
    EXPECT_GT(rest, 0);
    check();
  }
}

TEST_P(ProductTest, FloatWeightsEqualTheContract) {
  Random random(4);
  for (int i = 0; i < 45; ++i) {
    const ignis_type types[] = {IGNIS_TYPE_F32, IGNIS_TYPE_F16,
                                IGNIS_TYPE_BF16};
    ignis_type type = types[i % 3];
    int64_t rows = random.between(1, 50), cols = random.between(1, 300);
    int64_t tokens = random.between(1, i % 8 ? 14 : 80);
    size_t bytes = size_t(rows * cols) * (type == IGNIS_TYPE_F32 ? 4 : 2);
    Guarded<uint8_t> source(bytes, size_t(i % 5));
    Guarded<float> x(size_t(tokens * cols)), out(size_t(tokens * rows));
    fillFloats(random, Numbers::Ordinary, x.data(), tokens * cols);
    std::vector<float> weights(static_cast<size_t>(rows * cols));
    for (size_t k = 0; k < weights.size(); ++k) {
      float value = random.uniform();
      if (type == IGNIS_TYPE_F32) {
        memcpy(source.data() + 4 * k, &value, 4);
      } else {
        uint32_t bits;
        memcpy(&bits, &value, 4);
        auto half = type == IGNIS_TYPE_F16 ? oracle::halfOfFloat(value)
                                           : uint16_t(bits >> 16);
        memcpy(source.data() + 2 * k, &half, 2);
        bits = uint32_t(half) << 16;
        memcpy(&value, &bits, 4);
        if (type == IGNIS_TYPE_F16)
          value = oracle::floatOfHalf(half);
      }
      weights[k] = value;
    }
    std::vector<float> expected(size_t(tokens * rows));
    for (int64_t t = 0; t < tokens; ++t)
      for (int64_t r = 0; r < rows; ++r)
        expected[size_t(t * rows + r)] = oracle::dotFloat(
            weights.data() + r * cols, x.data() + t * cols, cols);
    Weight weight = makeWeight(type, rows, cols, source.data());
    int64_t middle = std::min<int64_t>(rows, 16);
    ignis_rt_matmul_f32(self(), weight.get(), x.data(), tokens, 0, middle,
                        nullptr, nullptr, out.data(), rows);
    ignis_rt_matmul_f32(self(), weight.get(), x.data(), tokens, middle, rows,
                        nullptr, nullptr, out.data() + middle, rows);
    EXPECT_TRUE(sameBits(out.data(), expected.data(), tokens * rows))
        << rows << " x " << cols << " x " << tokens << " type " << type;
    // An embedding is a row.
    int32_t id = int32_t(rows - 1);
    std::vector<float> row(static_cast<size_t>(cols));
    ignis_rt_embed(self(), weight.get(), &id, 0, 1, row.data());
    EXPECT_TRUE(sameBits(row.data(), weights.data() + (rows - 1) * cols, cols));
  }
}

TEST_P(ProductTest, EmbeddingReadsPackedRows) {
  Random random(5);
  for (const ignis::WeightFormat &format : blockFormats()) {
    SCOPED_TRACE(format.name);
    const int64_t cols = 768;
    BlockCase test(random, Numbers::Extreme, format, 50, cols, 1);
    Weight weight = test.weight();
    std::vector<int32_t> tokens(50);
    std::vector<float> expected(50 * cols), out(50 * cols);
    for (int r = 0; r < 50; ++r) {
      tokens[size_t(r)] = r;
      for (int i = 0; i < cols; ++i)
        expected[size_t(r * cols + i)] = oracle::weightAt(
            format, test.source.data() + r * format.rowBytes(cols), i);
    }
    Team team = makeTeam(2);
    ignis_weight *handle = weight.get();
    do {
      ignis_rt_embed(self(), handle, tokens.data(), 0, 50, out.data());
      EXPECT_TRUE(sameBits(out.data(), expected.data(), 50 * cols));
    } while (ignis_rt_pack(team.get(), &handle, 1, 1, false) > 0);
  }
}

/// Another set would read the panels in another order.
TEST_P(ProductTest, PackedWeightsKeepTheirKernels) {
  Random random(8);
  BlockCase test(random, Numbers::Ordinary, q8, 70, 160, 3);
  Weight weight = test.weight();
  ignis_weight *handle = weight.get();
  const ignis_kernels *packing = currentKernels();
  ignis_rt_pack(makeTeam(2).get(), &handle, 1, 2000, false);
  std::vector<float> row(160), packedRow(160);
  const int32_t token = 3;
  for (const std::string &isa : allIsas()) {
    Error error;
    currentKernels() = ignis_rt_find_kernels(isa.c_str(), error.text);
    if (!currentKernels())
      continue;
    EXPECT_TRUE(test.isExpected(test.multiply(weight.get()))) << isa;
    // What is left stays with the first set as well.
    Team team = makeTeam(3);
    EXPECT_EQ(ignis_rt_team_kernels(team.get()), currentKernels());
    ignis_rt_pack(team.get(), &handle, 1, 2000, false);
    ignis_rt_embed(self(), handle, &token, 0, 1, packedRow.data());
    ignis_rt_embed(self(), test.weight().get(), &token, 0, 1, row.data());
    EXPECT_EQ(row, packedRow) << isa;
  }
  currentKernels() = packing;
}

TEST_P(ProductTest, PackingReleasesTheSource) {
  // A mapped file of 3 MB, packed in steps, reads the same when released.
  Random random(6);
  int64_t rows = 1000, cols = 2880;
  size_t bytes = size_t(rows * cols / 32 * 34);
  FILE *file = tmpfile();
  ASSERT_TRUE(file);
  std::vector<uint8_t> content(bytes);
  fillBlocks(random, Numbers::Ordinary, q8, content.data(), rows * cols / 32);
  ASSERT_EQ(fwrite(content.data(), 1, bytes, file), bytes);
  ASSERT_EQ(fflush(file), 0);
  void *mapped = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fileno(file), 0);
  ASSERT_NE(mapped, MAP_FAILED);
  Weight weight = makeWeight(IGNIS_TYPE_Q8_0, rows, cols, mapped);
  Team team = makeTeam(3);
  auto x = quantizedRows(random, Numbers::Ordinary, 1, cols);
  std::vector<float> before(1000), after(1000);
  ignis_rt_matmul_q8(self(), weight.get(), x->data(), 1, 0, rows, nullptr,
                     nullptr, before.data(), rows);
  ignis_weight *handle = weight.get();
  int64_t total = 0;
  while (int64_t step = ignis_rt_pack(team.get(), &handle, 1, 1 << 20, true))
    total += step;
  EXPECT_EQ(total, 63 * 45 * 1088);
  ignis_rt_matmul_q8(self(), weight.get(), x->data(), 1, 0, rows, nullptr,
                     nullptr, after.data(), rows);
  EXPECT_TRUE(sameBits(after.data(), before.data(), rows));
  std::vector<unsigned char> resident(bytes / 4096 + 1);
  munmap(mapped, bytes);
  fclose(file);
}

INSTANTIATE_FOR_EVERY_ISA(ProductTest);

TEST(WeightTest, RefusesWhatItCannotHold) {
  Error error;
  uint8_t byte = 0;
  auto refused = [&](ignis_type type, int64_t rows, int64_t cols) {
    EXPECT_FALSE(ignis_rt_weight_create(type, rows, cols, &byte, error.text));
    return std::string(error.text);
  };
  EXPECT_EQ(refused(IGNIS_TYPE_Q8_0, 1, 33),
            "weight: expects a multiple of 32 columns, got 33");
  EXPECT_EQ(refused(IGNIS_TYPE_F32, 0, 32),
            "weight: expects 1 to 2^30 rows, got 0");
  EXPECT_EQ(refused(IGNIS_TYPE_F32, 1, -1),
            "weight: expects 1 to 2^30 columns, got -1");
  EXPECT_EQ(refused(IGNIS_TYPE_Q4_K, 1, 32),
            "weight: expects a multiple of 256 columns, got 32");
  EXPECT_EQ(refused(ignis_type(9), 1, 32),
            "weight: expects the number of a format in WeightFormats.def, "
            "got 9");
}

} // namespace
