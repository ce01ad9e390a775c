//===- ConstraintTest.cpp - Allowed tokens, one by one --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"

#include "ignis/Grammar/Constraint.h"

using namespace ignis;

namespace {

std::shared_ptr<const Automaton> compile(Expected<Grammar> grammar) {
  return std::make_shared<Automaton>(*Automaton::compile(*grammar));
}

/// Against every token followed alone, over random walks.
TEST(Constraint, AllowsWhatTheGrammarTakes) {
  std::mt19937 random(3);
  std::vector<std::string> tokens = {"", ""}; // control tokens are no text
  for (int i = 0; i != 600; ++i) {
    std::string &token = tokens.emplace_back();
    for (size_t size = 1 + random() % 4; token.size() != size;)
      token += "{}[]\":,01-.etruflsan \\"[random() % 22];
  }
  for (int byte = 0; byte != 256; ++byte)
    tokens.push_back(std::string(1, char(byte)));
  auto trie = std::make_shared<TokenTrie>(tokens);
  const int32_t end = 1;
  auto automaton = compile(parseJSONSchema("{\"type\": \"array\"}"));
  for (int walk = 0; walk != 20; ++walk) {
    Constraint constraint(automaton, trie, std::span(&end, 1));
    Matcher matcher(parseJSONSchema("{\"type\": \"array\"}"));
    std::string text;
    for (int step = 0; step != 30; ++step) {
      Expected<const TokenSet *> allowed = constraint.allowed();
      ASSERT_TRUE(allowed) << allowed.error().message;
      std::vector<int32_t> ways;
      for (int32_t token = 0; token != int32_t(tokens.size()); ++token) {
        const std::string &bytes = tokens[size_t(token)];
        bool expected = token == end ? matcher.takes(text)
                                     : !bytes.empty() &&
                                           matcher.begins(text + bytes);
        ASSERT_EQ((*allowed)->contains(token), expected)
            << text << " and " << bytes;
        if (expected && token != end)
          ways.push_back(token);
      }
      ASSERT_EQ(constraint.isWhole(), matcher.takes(text));
      if (ways.empty())
        break;
      int32_t chosen = ways[random() % ways.size()];
      // A copy goes its own way.
      Constraint other = constraint;
      ASSERT_TRUE(other.accept(ways[0]));
      ASSERT_TRUE(constraint.accept(chosen));
      text += tokens[size_t(chosen)];
    }
  }
}

TEST(Constraint, SaysWhereNothingGoesOn) {
  std::vector<std::string> tokens = {"a", "b"};
  Constraint constraint(compile(parseRegex("ac")),
                        std::make_shared<TokenTrie>(tokens), {});
  ASSERT_TRUE(constraint.accept(0));
  EXPECT_EQ(constraint.allowed().error().message,
            "no token of the vocabulary goes on with the grammar");
  for (int32_t token : {0, 1, 2, -1})
    EXPECT_EQ(constraint.accept(token).error().message,
              fmt::format("the grammar does not take token {} here", token));
}

/// Each "a" doubles the ways to go on.
TEST(Constraint, EndsHostileGrammars) {
  std::vector<std::string> tokens;
  for (int i = 0; i != 2000; ++i)
    tokens.push_back(std::string(1 + size_t(i) % 60, 'a') + char('a' + i % 2));
  auto trie = std::make_shared<TokenTrie>(tokens);
  Constraint constraint(
      compile(parseGBNF("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"a\"")),
      trie, {});
  Expected<const TokenSet *> allowed = constraint.allowed();
  ASSERT_FALSE(allowed);
  EXPECT_TRUE(allowed.error().message.starts_with("the grammar is too ambiguous"));

  // More ways to begin than there may be.
  std::string many = "root ::= \"a\"";
  for (int i = 0; i != 5000; ++i)
    many += " | \"ab\"";
  Constraint beginning(compile(parseGBNF(many)), trie, {});
  allowed = beginning.allowed();
  ASSERT_FALSE(allowed);
  EXPECT_TRUE(
      allowed.error().message.starts_with("the grammar is too ambiguous"));
}

} // namespace
