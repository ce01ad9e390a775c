//===- LanguagesTest.cpp - GBNF, regular expressions, choices -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"

#include <cstring>
#include <regex>

using namespace ignis;

namespace {

TEST(GBNF, IsReadAsPeopleWriteIt) {
  Matcher matcher(parseGBNF(R"gbnf(
# an arithmetic expression, as in llama.cpp's examples
root  ::= (expr "=" ws term "\n")+
expr  ::= term ([-+*/] term)*
term  ::= ident | num | "(" ws expr
          ")" ws   # a rule may go on in the next line
ident ::= [a-z] [a-z0-9_]* ws
num   ::= [0-9]+ ws
ws    ::= [ \t\n]*
)gbnf"));
  ASSERT_EQ(matcher.error, "");
  EXPECT_TRUE(matcher.takes("a_1 +(2*b)= 4\n"));
  EXPECT_FALSE(matcher.takes("a_1 +(2*b = 4\n"));
  EXPECT_FALSE(matcher.begins("A"));

  Matcher escapes(parseGBNF(
      R"(root ::= "\x41\u00e4\U0001F600\"\\" [^a-c\]\n] . [a-] "z"{2,3})"));
  ASSERT_EQ(escapes.error, "");
  EXPECT_TRUE(escapes.takes("A\u00e4\U0001F600\"\\d\u20ac-zz"));
  EXPECT_FALSE(escapes.begins("A\u00e4\U0001F600\"\\]"));
  EXPECT_FALSE(escapes.takes("A\u00e4\U0001F600\"\\dxazzzz"));
}

TEST(GBNF, MistakesNameTheLine) {
  const std::pair<const char *, const char *> cases[] = {
      {"", "expected a rule that is called root"},
      {"root ::= \"a", "line 1: expected \" at the end of a text"},
      {"root ::= [a", "line 1: expected ] at the end of a class of characters"},
      {"root ::= [z-a]", "line 1: expected a range of characters that ascends"},
      {"root ::= \"a\"\nroot ::= \"b\"",
       "line 2: expected each rule once, found root again"},
      {"root = \"a\"", "line 1: expected ::= behind root, found '= \"a\"'"},
      {"root ::= (\"a\"", "line 1: expected ), found the end"},
      {"root ::= \"a\")", "line 1: expected a ( before the )"},
      {"root ::= \"a\"{2,1}", "line 1: expected {m}, {m,} or {m,n}"},
      {"root ::= \"a\"{9999999}", "line 1: expected {m}, {m,} or {m,n}"},
      {"root ::= \"\\q\"", "line 1: expected an escape such as"},
      {"root ::= \"\\uD800\"", "line 1: expected the 4 hexadecimal digits"},
      {"root ::= \"\xff\"", "line 1: expected text in UTF-8"},
      {"root ::=\n\n*", "line 3: expected a text, a class of characters"},
  };
  for (auto [text, message] : cases) {
    Expected<Grammar> grammar = parseGBNF(text);
    ASSERT_FALSE(grammar) << text;
    EXPECT_EQ(grammar.error().message.substr(0, strlen(message)), message);
    EXPECT_EQ(grammar.error().code, ExitCode::Usage);
  }
  std::string deep = "root ::= " + std::string(100000, '(');
  EXPECT_EQ(parseGBNF(deep).error().message,
            "line 1: expected parentheses nested at most 200 deep");
  // Messages cut no character in two.
  std::string message =
      parseGBNF("root ::= \u00e9\u00e9\u4e2d\u4e2d\u4e2d").error().message;
  EXPECT_TRUE(message.ends_with("found '\u00e9\u00e9\u4e2d\u4e2d'")) << message;
}

/// What takes nothing is no instruction however often it is repeated; this has
/// no end if each of the 10^18 times is.
TEST(GBNF, RepetitionsOfNothingTakeNoTime) {
  Matcher matcher(
      parseGBNF("root ::= ((\"\"{999999}){999999}){999999} \"a\" x{999999}\n"
                "x ::="));
  EXPECT_EQ(matcher.error, "the grammar is too large: expected at most 262144 "
                           "steps"); // calls are instructions
  Matcher without(parseGBNF("root ::= ((\"\"{999999}){999999}){999999} \"a\""));
  ASSERT_EQ(without.error, "");
  EXPECT_TRUE(without.takes("a"));
  EXPECT_FALSE(without.begins("b"));
}

/// Characters one by one, none beside another: in quadratic time this takes
/// minutes.
TEST(GBNF, LargeClassesTakeNoTime) {
  std::string text = "root ::= [";
  std::mt19937 random(3);
  for (int i = 0; i != 150000; ++i)
    text += encode(0x10000 + random() % 0x80000 * 2);
  Matcher matcher(parseGBNF(text + "]"));
  ASSERT_EQ(matcher.error, "");
  EXPECT_TRUE(matcher.takes(text.substr(text.size() - 4)));
  text.back() ^= 1;
  EXPECT_FALSE(matcher.begins(text.substr(text.size() - 4)));
}

/// Every character is one of the class or none, at all lengths and at the ends
/// of what first bytes stand for.
TEST(GBNF, ClassesAreTheirCharacters) {
  std::mt19937 random(7);
  for (int round = 0; round != 60; ++round) {
    CodePoints points;
    for (int i = 0; i != 12; ++i) {
      static constexpr char32_t ends[] = {0x7F, 0x7FF, 0xFFFF, 0x3FFF,
                                          0x10FFFF};
      char32_t most = ends[random() % 5], first = random() % (most + 1);
      points.add(first, std::min<char32_t>(first + random() % 200, 0x10FFFF));
    }
    Grammar grammar;
    grammar.root = grammar.declare("root");
    grammar.define(grammar.root, grammar.character(points));
    Matcher matcher(std::move(grammar));
    ASSERT_EQ(matcher.error, "");
    for (auto [first, last] : points.ranges())
      for (char32_t point : std::initializer_list<char32_t>{
               first - 1, first, (first + last) / 2, last, last + 1})
        if (CodePoints::all().contains(point)) {
          EXPECT_EQ(matcher.takes(encode(point)), points.contains(point))
              << uint32_t(point);
        }
  }
}

/// A random expression over a small alphabet.
std::string drawRegex(std::mt19937 &random, int depth) {
  switch (random() % (depth == 0 ? 4 : 9)) {
  case 0:
  case 1:
    return std::string(1, "abc"[random() % 3]);
  case 2:
    return ".";
  case 3:
    return std::vector<std::string>{"[ab]", "[^a]", "\\d", "[b-c1]",
                                    "\\W"}[random() % 5];
  case 4:
  case 5:
    return drawRegex(random, depth - 1) + drawRegex(random, depth - 1);
  case 6:
    return "(" + drawRegex(random, depth - 1) + "|" +
           drawRegex(random, depth - 1) + ")";
  case 7:
    return "(?:" + drawRegex(random, depth - 1) + ")" +
           std::vector<std::string>{"*", "+", "?", "{2}", "{1,2}", "{0,}",
                                    "*?"}[random() % 7];
  default:
    return "(" + drawRegex(random, depth - 1) + "|)";
  }
}

TEST(Regex, AgreesWithTheStandardLibrary) {
  std::mt19937 random(2);
  int taken = 0;
  for (int round = 0; round != 400; ++round) {
    std::string pattern = drawRegex(random, 4);
    Matcher matcher(parseRegex(pattern));
    ASSERT_EQ(matcher.error, "") << pattern;
    std::regex reference(pattern);
    for (int i = 0; i != 60; ++i) {
      std::string text;
      for (size_t size = random() % 7; text.size() != size;)
        text += "abc1 "[random() % 5];
      bool expected = std::regex_match(text, reference);
      ASSERT_EQ(matcher.takes(text), expected) << pattern << " on " << text;
      taken += expected;
    }
  }
  EXPECT_GT(taken, 1000);
}

TEST(Regex, AnchorsEscapesAndUnicode) {
  Matcher anchored(parseRegex("^a$|b"));
  ASSERT_EQ(anchored.error, "");
  EXPECT_TRUE(anchored.takes("a"));
  EXPECT_TRUE(anchored.takes("b"));
  EXPECT_FALSE(anchored.begins("c"));
  Matcher points(parseRegex("[\u00e0-\u00ff\\u4e00\\x41\\-]+\\.(?<name>\\/|\\$)"));
  ASSERT_EQ(points.error, "");
  EXPECT_TRUE(points.takes("\u00e9\u4e00A-./"));
  EXPECT_TRUE(points.takes("-.$"));
  EXPECT_FALSE(points.begins("\u4e01"));
}

TEST(Regex, RefusesWhatItDoesNotKnow) {
  for (const char *pattern :
       {"(?=a)", "(?!a)", "(?<=a)", "\\1", "\\bx", "\\p{L}", "a**", "*", "(a",
        "a)", "[a", "[b-a]", "a{3,2}", "a{", "a^b", "a$b", "\\", "[\\w-z]",
        "\xff", "\\u12", "\\012", "[\\00]", "(?<>a)", "(?<1>a)", "(?<a",
        "(?<a b>c)"}) {
    Expected<Grammar> grammar = parseRegex(pattern);
    EXPECT_FALSE(grammar) << pattern;
    if (!grammar) {
      EXPECT_TRUE(grammar.error().message.starts_with("regular expression, byte"));
    }
  }
}

TEST(Choices, AreTheTexts) {
  Matcher matcher(parseChoices(std::vector<std::string>{"yes", "yellow", "no"}));
  EXPECT_TRUE(matcher.takes("yes"));
  EXPECT_TRUE(matcher.takes("yellow"));
  EXPECT_FALSE(matcher.takes("ye"));
  EXPECT_FALSE(matcher.begins("yep"));
  EXPECT_FALSE(parseChoices({}));
}

/// Some begin others, some are there twice, one is empty.
TEST(Choices, AreTakenAndNothingElse) {
  std::mt19937 random(6);
  for (int round = 0; round != 200; ++round) {
    std::vector<std::string> texts(1 + random() % 12);
    for (std::string &text : texts)
      for (size_t size = random() % 5; text.size() != size;)
        text += "ab\xff"[random() % 3];
    Matcher matcher(parseChoices(texts));
    ASSERT_EQ(matcher.error, "");
    for (int i = 0; i != 40; ++i) {
      std::string text;
      for (size_t size = random() % 5; text.size() != size;)
        text += "ab\xff"[random() % 3];
      EXPECT_EQ(matcher.takes(text),
                std::ranges::find(texts, text) != texts.end());
    }
    for (const std::string &text : texts)
      EXPECT_TRUE(matcher.takes(text));
  }
}

/// More than a state has room for runs.
TEST(Choices, MayBeMany) {
  std::vector<std::string> texts;
  for (int i = 0; i != 20000; ++i)
    texts.push_back(std::to_string(i * 7));
  Matcher matcher(parseChoices(texts));
  ASSERT_EQ(matcher.error, "");
  EXPECT_TRUE(matcher.takes("0"));
  EXPECT_TRUE(matcher.takes("139993"));
  EXPECT_FALSE(matcher.takes("139994"));
  EXPECT_FALSE(matcher.begins("00"));
}

} // namespace
