//===- PreTokenizerTest.cpp - The pieces of a text ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/PreTokenizer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace ignis;

static std::vector<std::string> cut(std::string_view text) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    size_t length = firstPieceLength(text);
    pieces.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return pieces;
}

using Pieces = std::vector<std::string>;

TEST(PreTokenizer, Contractions) {
  EXPECT_EQ(cut("I'm don't we'll"),
            (Pieces{"I", "'m", " don", "'t", " we", "'ll"}));
  EXPECT_EQ(cut("THEY'RE he'D"), (Pieces{"THEY", "'RE", " he", "'D"}));
  EXPECT_EQ(cut("'sand"), (Pieces{"'s", "and"}));
  EXPECT_EQ(cut("'\u017Fand"), (Pieces{"'\u017F", "and"})); // long s
  EXPECT_EQ(cut("x'veve"), (Pieces{"x", "'ve", "ve"}));
  // near misses: a quote before letters
  EXPECT_EQ(cut("'law"), (Pieces{"'law"}));
  EXPECT_EQ(cut("'\u015Fand"), (Pieces{"'\u015Fand"}));
  EXPECT_EQ(cut("\u2019s"), (Pieces{"\u2019s"}));
  EXPECT_EQ(cut("'"), (Pieces{"'"}));
  EXPECT_EQ(cut("'r"), (Pieces{"'r"}));
}

TEST(PreTokenizer, Letters) {
  EXPECT_EQ(cut("Hello world"), (Pieces{"Hello", " world"}));
  EXPECT_EQ(cut("(a)b"), (Pieces{"(a", ")b"}));
  EXPECT_EQ(cut("\tx\u00A0y"), (Pieces{"\tx", "\u00A0y"}));
  EXPECT_EQ(cut("\u0085x"), (Pieces{"\u0085x"}));
  EXPECT_EQ(cut("\nx\ry"), (Pieces{"\n", "x", "\r", "y"}));
  // a mark is no letter, yet one may stand before letters
  EXPECT_EQ(cut("n\u0323a"), (Pieces{"n", "\u0323a"}));
  EXPECT_EQ(cut("\u4F60\u597D\uFF0C\u4E16"),
            (Pieces{"\u4F60\u597D", "\uFF0C\u4E16"}));
}

TEST(PreTokenizer, Digits) {
  EXPECT_EQ(cut("123"), (Pieces{"1", "2", "3"}));
  EXPECT_EQ(cut(" 1a"), (Pieces{" ", "1", "a"}));
  EXPECT_EQ(cut("\u00B2\u0663\u2167\u00BD"),
            (Pieces{"\u00B2", "\u0663", "\u2167", "\u00BD"}));
}

TEST(PreTokenizer, Symbols) {
  EXPECT_EQ(cut("a != b"), (Pieces{"a", " !=", " b"}));
  EXPECT_EQ(cut("};\r\n\nx"), (Pieces{"};\r\n\n", "x"}));
  EXPECT_EQ(cut("  {"), (Pieces{" ", " {"}));
  EXPECT_EQ(cut("\t{"), (Pieces{"\t", "{"}));
  EXPECT_EQ(cut("\u00A0{"), (Pieces{"\u00A0", "{"}));
  EXPECT_EQ(cut("\U0001F999\u200D\u200B!"),
            (Pieces{"\U0001F999\u200D\u200B!"}));
  EXPECT_EQ(cut("a\u0301\u0302"), (Pieces{"a", "\u0301\u0302"}));
}

TEST(PreTokenizer, WhiteSpace) {
  EXPECT_EQ(cut("   "), (Pieces{"   "}));
  EXPECT_EQ(cut("a   b"), (Pieces{"a", "  ", " b"}));
  EXPECT_EQ(cut("a   1"), (Pieces{"a", "  ", " ", "1"}));
  EXPECT_EQ(cut("a \t b"), (Pieces{"a", " \t", " b"}));
  EXPECT_EQ(cut("a  \n  \n  b"), (Pieces{"a", "  \n  \n", " ", " b"}));
  EXPECT_EQ(cut("\n \n1"), (Pieces{"\n \n", "1"}));
  EXPECT_EQ(cut("\n  "), (Pieces{"\n", "  "}));
  EXPECT_EQ(cut("a\u3000\u2028b"), (Pieces{"a", "\u3000", "\u2028b"}));
  // zero width space and the Mongolian separator are no white space
  EXPECT_EQ(cut("1\u200B\u180E1"), (Pieces{"1", "\u200B\u180E", "1"}));
}
