//===- AnswerTextTest.cpp - Stops, wherever tokens end --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/AnswerText.h"
#include "ignis/Model/Bundled.h"

#include <gtest/gtest.h>

using namespace ignis;

namespace {

class AnswerTextTest : public testing::Test {
protected:
  void SetUp() override {
    file.emplace(*GGUFFile::fromBytes(getBundledModel(), "bundled"));
    tokenizer.emplace(*Tokenizer::load(*file));
  }

  std::optional<GGUFFile> file;
  std::optional<Tokenizer> tokenizer;
};

TEST_F(AnswerTextTest, WhatMayBeAStopIsHeldBack) {
  AnswerText text(*tokenizer, {"end of it", "endless"});
  std::string given;
  for (int32_t token : tokenizer->encode("the end of all; the en")) {
    given += text.push(token);
    EXPECT_EQ(given.find("end of it"), std::string::npos);
  }
  EXPECT_EQ(given, "the end of all; the ");
  EXPECT_EQ(text.finish(), "en");
}

/// Against the search in the whole text, for every piece of a text as a stop.
TEST_F(AnswerTextTest, StopsAreFoundWhereverTokensEnd) {
  const std::string whole = "aabaabaaab caf\u00e9 \u4f60\u597d aabaabc";
  std::vector<int32_t> tokens = tokenizer->encode(whole);
  for (size_t at = 0; at != whole.size(); ++at)
    for (size_t length = 1; length <= 8 && at + length <= whole.size();
         ++length) {
      std::string stop = whole.substr(at, length), given;
      AnswerText text(*tokenizer, {stop});
      for (int32_t token : tokens)
        given += text.push(token);
      given += text.finish();
      EXPECT_TRUE(text.isStopped());
      EXPECT_EQ(given, whole.substr(0, whole.find(stop)));
    }
}

} // namespace
