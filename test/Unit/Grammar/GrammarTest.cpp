//===- GrammarTest.cpp - Code points, automata and their limits -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"

using namespace ignis;

namespace {

Expected<Grammar> ofCharacter(const CodePoints &points) {
  Grammar grammar;
  grammar.root = grammar.declare("root");
  grammar.define(grammar.root, grammar.character(points));
  return grammar;
}

TEST(CodePoints, AreSets) {
  CodePoints points = CodePoints::of({{5, 7}, {1, 2}, {3, 3}, {9, 9}});
  using Ranges = std::vector<CodePoints::Range>;
  EXPECT_EQ(points.ranges(), (Ranges{{1, 3}, {5, 7}, {9, 9}}));
  EXPECT_EQ(points.complement().ranges(),
            (Ranges{{0, 0}, {4, 4}, {8, 8}, {10, 0xD7FF}, {0xE000, 0x10FFFF}}));
  EXPECT_EQ(points.intersection(CodePoints::of({{2, 6}})).ranges(),
            (Ranges{{2, 3}, {5, 6}}));
  EXPECT_TRUE(CodePoints::all().complement().empty());
  EXPECT_FALSE(CodePoints::all().contains(0xD800));
}

/// Every code point, against random sets.
TEST(Grammar, CharactersAreThoseOfTheSet) {
  std::mt19937 random(1);
  for (int round = 0; round != 12; ++round) {
    CodePoints points;
    for (int i = 0; i != 5; ++i) {
      char32_t limit = random() % 2 ? 0x110000 : 0x3000;
      char32_t a = random() % limit, b = random() % limit;
      points.add(std::min(a, b), random() % 2 ? std::max(a, b) : std::min(a, b));
    }
    Matcher matcher(ofCharacter(points));
    ASSERT_EQ(matcher.error, "");
    for (char32_t point = 0; point < 0x110000; point += 1 + random() % 7)
      ASSERT_EQ(matcher.takes(encode(point)), points.contains(point))
          << uint32_t(point);
  }
}

TEST(Grammar, MalformedUTF8IsNoCharacter) {
  Matcher matcher(ofCharacter(CodePoints::all()));
  for (std::string_view bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "\xE2\x82"})
    EXPECT_FALSE(matcher.takes(bad)) << testing::PrintToString(bad);
  EXPECT_TRUE(matcher.begins("\xE2\x82"));
}

TEST(Automaton, RefusesGrammarsThatCannotBe) {
  EXPECT_EQ(Matcher(parseGBNF("root ::= a")).error,
            "rule a: is called, and nowhere defined");
  EXPECT_EQ(Matcher(parseGBNF("root ::= a \na ::= b \"x\" | \"y\"\n"
                              "b ::= \"z\"? a"))
                .error,
            "rule a: calls itself before it takes a character: expected the "
            "recursion behind one");
  EXPECT_EQ(Matcher(parseGBNF("root ::= root")).error,
            "rule root: calls itself before it takes a character: expected the "
            "recursion behind one");
  EXPECT_EQ(Matcher(parseGBNF("root ::= \"(\" root \")\"")).error,
            "the grammar matches no text");
  EXPECT_EQ(Matcher(parseGBNF("root ::= ([ab]{999999}){999999}")).error,
            "the grammar is too large: expected at most 262144 steps");
}

TEST(Automaton, WhatLeadsNowhereIsNotBegun) {
  Matcher matcher(
      parseGBNF("root ::= \"a\" endless | \"ab\"\nendless ::= [a-z] endless"));
  ASSERT_EQ(matcher.error, "");
  EXPECT_TRUE(matcher.takes("ab"));
  EXPECT_FALSE(matcher.begins("ac"));
  EXPECT_FALSE(matcher.begins("aba"));
}

TEST(Recognizer, FollowsRecursionAndLoopsOfNothing) {
  Matcher brackets(parseGBNF("root ::= (\"(\" root \")\")*"));
  ASSERT_EQ(brackets.error, "");
  EXPECT_TRUE(brackets.takes(""));
  EXPECT_TRUE(brackets.takes("(()())()"));
  EXPECT_FALSE(brackets.takes("(()"));
  EXPECT_TRUE(brackets.begins("((((((((("));
  EXPECT_FALSE(brackets.begins("())"));
  std::string deep(100000, '(');
  EXPECT_TRUE(brackets.takes(deep + std::string(100000, ')')));

  Matcher loops(parseGBNF("root ::= ((\"a\"* | \"\")* \"b\"?)*"));
  ASSERT_EQ(loops.error, "");
  EXPECT_TRUE(loops.takes("aabba"));
  EXPECT_FALSE(loops.begins("c"));
}

TEST(Recognizer, GivesUpWhereTheBudgetEnds) {
  // Each further "a" may belong to any of the repetitions: many runs.
  Matcher matcher(parseGBNF("root ::= x{200} \"b\"\nx ::= (\"a\" x)?"));
  ASSERT_EQ(matcher.error, "");
  matcher.recognizer->setBudget(1000);
  EXPECT_EQ(matcher.follow(std::string(100, 'a')), Recognizer::dead);
  EXPECT_TRUE(matcher.recognizer->isExhausted());
}

TEST(Recognizer, ForgetsAllButAState) {
  Matcher matcher(parseGBNF("root ::= \"[\" (root | [0-9]+) \"]\""));
  ASSERT_EQ(matcher.error, "");
  Recognizer::State state = matcher.follow("[[[4");
  ASSERT_GT(matcher.recognizer->stateCount(), 4u);
  state = matcher.recognizer->forgetAllBut(state);
  EXPECT_EQ(matcher.recognizer->stateCount(), 2u);
  for (char byte : std::string("2]]]")) {
    EXPECT_FALSE(matcher.recognizer->isFinal(state));
    state = matcher.recognizer->next(state, uint8_t(byte));
  }
  EXPECT_TRUE(matcher.recognizer->isFinal(state));
}

} // namespace
