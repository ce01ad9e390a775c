//===- UnicodeTest.cpp - UTF-8 and normal form C --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Unicode.h"

#include <gtest/gtest.h>

using namespace ignis;

TEST(UTF8, ReplacesMaximalParts) {
  struct Case {
    std::string_view bytes;
    std::string_view text;
  };
  constexpr Case cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"\u00E9\u20AC\U0001F999", "\u00E9\u20AC\U0001F999"},
      {"\x80", "\uFFFD"},
      {"a\xFFz", "a\uFFFDz"},
      // overlong, surrogate, beyond U+10FFFF: no byte after the first belongs
      {"\xC0\xAF", "\uFFFD\uFFFD"},
      {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      // cut: one character for what was begun
      {"\xE2\x82", "\uFFFD"},
      {"\xE2\x82z", "\uFFFDz"},
      {"\xF0\x9F\xA6\xF0\x9F\xA6\x99", "\uFFFD\U0001F999"},
      // the standard's own example
      {"a\xF1\x80\x80\xE1\x80\xC2z\x80y\x80\xBFx",
       "a\uFFFD\uFFFD\uFFFDz\uFFFDy\uFFFD\uFFFDx"},
  };
  for (const Case &c : cases) {
    EXPECT_EQ(repairUTF8(c.bytes), c.text);
    EXPECT_EQ(repairUTF8(c.text), c.text);
  }
}

TEST(UTF8, HoldsBackWhatMayBeCompleted) {
  for (std::string_view character : {"\u00E9", "\u20AC", "\U0001F999"})
    for (size_t length = 1; length < character.size(); ++length) {
      std::string bytes = "ab" + std::string(character.substr(0, length));
      std::string out;
      EXPECT_EQ(appendValidUTF8(bytes, EndOfText::MayContinue, out), 2u);
      EXPECT_EQ(out, "ab");
      EXPECT_EQ(appendValidUTF8(bytes, EndOfText::Final, out), bytes.size());
      EXPECT_EQ(out, "abab\uFFFD");
    }
}

TEST(UTF8, DecodesEachLength) {
  EXPECT_EQ(firstCodePoint("a").value, U'a');
  EXPECT_EQ(firstCodePoint("\u00E9").value, U'\u00E9');
  EXPECT_EQ(firstCodePoint("\u20ACx").value, U'\u20AC');
  EXPECT_EQ(firstCodePoint("\U0010FFFF").value, U'\U0010FFFF');
  EXPECT_EQ(firstCodePoint("\U0010FFFF").length, 4u);
}

TEST(NormalFormC, Composes) {
  EXPECT_EQ(normalizeNFC(""), "");
  EXPECT_EQ(normalizeNFC("plain \u00E9"), "plain \u00E9");
  EXPECT_EQ(normalizeNFC("cafe\u0301 x"), "caf\u00E9 x");
  EXPECT_EQ(normalizeNFC("\u0301e"), "\u0301e");
  EXPECT_EQ(normalizeNFC("\u00EA\u0323"), "\u1EC7"); // marks are ordered
  EXPECT_EQ(normalizeNFC("e\u0323\u0302e\u0302"), "\u1EC7\u00EA");
  EXPECT_EQ(normalizeNFC("\u1112\u1161\u11AB"), "\uD55C");   // Hangul
  EXPECT_EQ(normalizeNFC("\u212B"), "\u00C5");               // a singleton
  EXPECT_EQ(normalizeNFC("\u0958"), "\u0915\u093C");         // excluded
  EXPECT_EQ(normalizeNFC("\uFB01 \u00B2"), "\uFB01 \u00B2"); // not NFKC
  EXPECT_EQ(normalizeNFC(std::string("e\u0301\0e\u0301", 7)),
            std::string("\u00E9\0\u00E9", 5));
}

TEST(NormalFormC, OrdersLongRunsOfMarks) {
  constexpr size_t count = 200'000; // minutes, if it were quadratic
  std::string text;
  std::string ordered;
  for (size_t i = 0; i < count; ++i)
    text += "\u0301"; // class 230
  for (size_t i = 0; i < count; ++i)
    text += "\u0316"; // class 220
  ordered = text.substr(text.size() / 2) + text.substr(0, text.size() / 2);
  EXPECT_EQ(normalizeNFC(text), ordered);
}
