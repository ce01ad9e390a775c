//===- BlockCase.h - A product with weights in blocks -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_RUNTIME_BLOCKCASE_H
#define IGNIS_TEST_UNIT_RUNTIME_BLOCKCASE_H

#include "Support.h"

/// A product with everything in guarded memory, and what it has to be.
struct BlockCase {
  BlockCase(Random &random, Numbers numbers, const ignis::WeightFormat &format,
            int64_t rows, int64_t cols, int64_t tokens, size_t misalign = 0)
      : format(format), rows(rows), cols(cols), tokens(tokens),
        source(size_t(rows * format.rowBytes(cols)), misalign),
        x(quantizedRows(random, numbers, tokens, cols)), bias(size_t(rows)),
        residual(size_t(tokens * rows)), expected(size_t(tokens * rows)) {
    fillBlocks(random, numbers, format, source.data(),
               rows * cols / format.blockValues);
    fillFloats(random, Numbers::Ordinary, bias.data(), rows);
    fillFloats(random, Numbers::Ordinary, residual.data(), tokens * rows);
    for (int64_t t = 0; t < tokens; ++t)
      for (int64_t r = 0; r < rows; ++r)
        expected[size_t(t * rows + r)] =
            oracle::dotBlocks(format, source.data() + r * format.rowBytes(cols),
                              x->data() + t * ignis_q8_row_bytes(cols), cols);
  }

  Weight weight() const {
    return makeWeight(format.type, rows, cols, source.data());
  }

  /// The product in `pieces` row ranges and token batches of `batch`.
  std::vector<float> multiply(const ignis_weight *weight, int64_t pieces = 1,
                              int64_t batch = 1 << 20) const {
    Guarded<float> out(size_t(tokens * rows));
    int64_t groups = (rows + 15) / 16;
    for (int64_t t = 0; t < tokens; t += batch)
      for (int64_t i = 0; i < pieces; ++i) {
        int64_t begin = groups * i / pieces * 16;
        ignis_rt_matmul_q8(
            self(), weight, x->data() + t * ignis_q8_row_bytes(cols),
            std::min(batch, tokens - t), begin,
            std::min(groups * (i + 1) / pieces * 16, rows), nullptr, nullptr,
            out.data() + t * rows + begin, rows);
      }
    return {out.data(), out.data() + tokens * rows};
  }

  ::testing::AssertionResult isExpected(const std::vector<float> &found) const {
    return sameBits(found.data(), expected.data(), tokens * rows);
  }

  /// As it is, in pieces, while it is packed, and packed.
  void check() const {
    SCOPED_TRACE(::testing::Message() << format.name << ' ' << rows << " x "
                                      << cols << " x " << tokens);
    Weight owner = weight();
    ignis_weight *handle = owner.get();
    EXPECT_TRUE(isExpected(multiply(handle)));
    EXPECT_TRUE(isExpected(multiply(handle, 3, 5)));
    Team team = makeTeam(1);
    while (ignis_rt_pack(team.get(), &handle, 1, 1, false) > 0)
      EXPECT_TRUE(isExpected(multiply(handle, 2, 64)));
    EXPECT_TRUE(isExpected(multiply(handle)));
    EXPECT_TRUE(isExpected(multiply(handle, 4, 1)));
  }

  ignis::WeightFormat format;
  int64_t rows, cols, tokens;
  Guarded<uint8_t> source;
  std::unique_ptr<Guarded<uint8_t>> x;
  Guarded<float> bias;
  Guarded<float> residual;
  std::vector<float> expected;
};

#endif // IGNIS_TEST_UNIT_RUNTIME_BLOCKCASE_H
