//===- EscapeTest.cpp - Text that is safe to show, and JSON to read -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/Escape.h"
#include "ignis/Support/JSONNesting.h"

#include <gtest/gtest.h>

using namespace ignis;
using namespace std::string_literals;

TEST(Escape, ControlsAreWords) {
  EXPECT_EQ(escapeControls("a\x1b[31m\n\x7f\0b"s),
            "a\\x1b[31m\\x0a\\x7f\\x00b");
  EXPECT_EQ(escapeControls("\u0080\u009b\u009f"), "\\x80\\x9b\\x9f");
}

TEST(Escape, WhatIsShownStays) {
  for (std::string text : {"", "a b~", "\u00a0\u00e9\u4e2d\U0001f600", "\xc2",
                           "\xff\x9b", "\\x1b"})
    EXPECT_EQ(escapeControls(text), text);
}

TEST(JSONNesting, CountsBracketsOutsideStrings) {
  auto nest = [](size_t depth, const std::string &inner) {
    return std::string(depth, '[') + inner + std::string(depth, ']');
  };
  EXPECT_TRUE(isJSONShallow(nest(mostJSONNesting, "1")));
  EXPECT_FALSE(isJSONShallow(nest(mostJSONNesting + 1, "")));
  EXPECT_FALSE(isJSONShallow(nest(mostJSONNesting, "{}")));
  // Side by side, and in strings.
  std::string many;
  for (int i = 0; i != 10000; ++i)
    many += "[{}],";
  EXPECT_TRUE(isJSONShallow(nest(1, many)));
  EXPECT_TRUE(isJSONShallow("[\"" + nest(9999, "\\\"[{") + "\"]"));
  EXPECT_FALSE(isJSONShallow("[\"\\\\\"" + std::string(9999, '[')));
  // What is no JSON is for the parser to refuse.
  EXPECT_TRUE(isJSONShallow("]]]\"\\"));
}
