//===- StructureTest.cpp - What a grammar forces --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Structure.h"
#include "ignis/Grammar/Languages.h"
#include "ignis/Model/Bundled.h"

#include <gtest/gtest.h>

using namespace ignis;

namespace {

using Tokens = std::vector<int32_t>;

class StructureTest : public testing::Test {
protected:
  void SetUp() override {
    auto opened = openBundledModel();
    ASSERT_TRUE(opened);
    file = std::make_unique<GGUFFile>(std::move(*opened));
    auto loaded = Tokenizer::load(*file);
    ASSERT_TRUE(loaded);
    tokenizer = std::make_unique<Tokenizer>(std::move(*loaded));
    trie = makeTokenTrie(*tokenizer, tokenizer->vocabulary().size());
  }

  /// Of a grammar, behind the tokens of `before`.
  Tokens forced(Expected<Grammar> grammar, const std::string &before = "") {
    auto automaton = Automaton::compile(*grammar);
    EXPECT_TRUE(automaton) << automaton.error().message;
    Structure structure(std::make_shared<Automaton>(std::move(*automaton)),
                        trie, *tokenizer);
    Constraint constraint = structure.begin();
    for (int32_t token : tokenizer->encode(before))
      EXPECT_TRUE(constraint.accept(token));
    return constraint.forced();
  }
  /// The tokens of a text but for the last `left` ones.
  Tokens tokensOf(const std::string &text, size_t left) {
    Tokens tokens = tokenizer->encode(text);
    tokens.resize(tokens.size() - left);
    return tokens;
  }

  std::unique_ptr<GGUFFile> file;
  std::unique_ptr<Tokenizer> tokenizer;
  std::shared_ptr<const TokenTrie> trie;
};

} // namespace

TEST_F(StructureTest, ForcesTheTokenizersOwnTokens) {
  EXPECT_EQ(forced(parseRegex("The answer is: [0-9]+")),
            tokensOf("The answer is: ", 1));
  EXPECT_GT(tokensOf("The answer is: ", 1).size(), 1u);
  EXPECT_EQ(forced(parseRegex("The answer is: [0-9]+"), "The"),
            tokensOf(" answer is: ", 1));
}

TEST_F(StructureTest, ForcesAllOfATextThatHasToEnd) {
  EXPECT_EQ(forced(parseRegex("What light")), tokensOf("What light", 0));
  EXPECT_EQ(forced(parseRegex("(What|light) is it")), Tokens());
  EXPECT_EQ(forced(parseRegex("(What|light) is it"), "What"),
            tokensOf(" is it", 0));
}

TEST_F(StructureTest, ForcesNothingBehindAPlaceToEnd) {
  EXPECT_EQ(forced(parseRegex("What light( is)?")), tokensOf("What light", 1));
  EXPECT_EQ(forced(parseRegex("( is)?")), Tokens());
  EXPECT_EQ(forced(parseRegex("[ab]*")), Tokens());
}

TEST_F(StructureTest, LeavesOutCharactersThatAreCut) {
  // Both begin with byte C3.
  EXPECT_EQ(forced(parseGBNF("root ::= \"What light\" [\u00e0\u00e9]")),
            tokensOf("What light", 1));
  EXPECT_EQ(forced(parseGBNF("root ::= [\u00e0\u00e9]")), Tokens());
}

TEST_F(StructureTest, LeavesOutWhatTheTokenizerWouldCompose) {
  EXPECT_EQ(forced(parseGBNF("root ::= \"What e\u0301 is\"")),
            tokensOf("What ", 0));
}

TEST_F(StructureTest, ForcesAPieceAtATime) {
  std::string text;
  for (int i = 0; i != 1000; ++i)
    text += i % 7 ? "a b" : "light ";
  auto automaton = Automaton::compile(*parseGBNF("root ::= \"" + text + "\""));
  ASSERT_TRUE(automaton);
  Structure structure(std::make_shared<Automaton>(std::move(*automaton)), trie,
                      *tokenizer);
  Constraint constraint = structure.begin();
  std::string found;
  for (int piece = 0; !constraint.isWhole() && piece != 100; ++piece) {
    Tokens tokens = constraint.forced();
    ASSERT_FALSE(tokens.empty());
    for (int32_t token : tokens)
      ASSERT_TRUE(constraint.accept(token));
    std::string more = tokenizer->decode(tokens);
    EXPECT_LE(more.size(), Constraint::mostForced);
    found += more;
  }
  EXPECT_EQ(found, text);
}

TEST_F(StructureTest, ForcesNothingWithoutATokenizer) {
  auto automaton = Automaton::compile(*parseRegex("What light"));
  Constraint constraint(std::make_shared<Automaton>(std::move(*automaton)),
                        trie, tokenizer->endTokens());
  EXPECT_EQ(constraint.forced(), Tokens());
}
