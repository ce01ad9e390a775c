//===- AnswerPartsTest.cpp - Thoughts, calls and content, however they are cut ===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/AnswerParts.h"

#include <gtest/gtest.h>

using namespace ignis;

namespace {

/// Content, [reasoning] and {name arguments}, in order.
std::string divide(std::string_view text, size_t piece, bool startsThinking,
                   bool mayCall) {
  std::string said;
  char last = 0; ///< what the end of `said` is
  auto add = [&](char kind, std::string_view more) {
    if (kind != last)
      said += kind;
    last = kind;
    said += more;
  };
  AnswerParts parts(
      {[&](std::string_view content) { add('=', content); },
       [&](std::string_view reasoning) { add('?', reasoning); },
       [&](const std::string &name, const std::string &arguments) {
         last = 0;
         add('!', name + arguments);
         last = 0;
       }},
      startsThinking, mayCall);
  for (size_t at = 0; at < text.size(); at += piece)
    parts.push(text.substr(at, piece));
  parts.finish();
  return said;
}

struct Case {
  const char *text, *expected;
  bool startsThinking = false, mayCall = false;
};

/// Whatever pieces a text comes in, its parts are the same.
TEST(AnswerPartsTest, PiecesDoNotMatter) {
  const Case cases[] = {
      {"", ""},
      {"  plain ", "=  plain "},
      {"<think>\nwhy\n</think>\n\nbecause", "?\nwhy\n=because"},
      {" <think>open", "?open"},
      {"why</think>because", "?why=because", true},
      {"<thin air", "=<thin air"},
      {"a <think>b</think>", "=a <think>b</think>"},
      {"<tool_call>{}</tool_call>", "=<tool_call>{}</tool_call>"},
      {"<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>",
       "!f{\"x\":1}", false, true},
      {"go:\n<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>\n"
       "<tool_call>{\"name\": \"g\", \"arguments\": {}}</tool_call>\n",
       "=go:!f{}!g{}", false, true},
      {"<think>t</think><tool_call>{\"name\": \"f\", \"arguments\": {}}"
       "</tool_call>",
       "?t!f{}", false, true},
      {"<tool_call>nonsense</tool_call> on",
       "=<tool_call>nonsense</tool_call> on", false, true},
      {"<tool_call>{\"name\"", "=<tool_call>{\"name\"", false, true},
      {"1 < 2 <tool", "=1 < 2 <tool", false, true},
      // The mark of a call's end is one outside of strings.
      {"<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": "
       "\"\\\\\\\"</tool_call>\"}}</tool_call>",
       "!f{\"x\":\"\\\\\\\"</tool_call>\"}", false, true},
      {"<tool_call>{\"name\": \"</tool_call>\", \"arguments\": {}}\n"
       "</tool_call><tool_call>{\"name\": \"g\", \"arguments\": {}}"
       "</tool_call>",
       "!</tool_call>{}!g{}", false, true},
      {"<tool_call>{\"name\": \"f</tool_call>",
       "=<tool_call>{\"name\": \"f</tool_call>", false, true},
      // Quotes of what is no JSON mean nothing.
      {"<tool_call>say \"hi\n</tool_call> on",
       "=<tool_call>say \"hi\n</tool_call> on", false, true},
      {"<tool_call>say \"hi</tool_call> on <tool_call>{\"name\": \"g\", "
       "\"arguments\": {}}</tool_call>",
       "=<tool_call>say \"hi</tool_call> on!g{}", false, true},
  };
  for (const Case &each : cases)
    for (size_t piece = 1; piece <= 40; ++piece)
      EXPECT_EQ(divide(each.text, piece, each.startsThinking, each.mayCall),
                each.expected)
          << each.text << ", " << piece;
}

TEST(AnswerPartsTest, WhatIsNestedTooDeepIsNoCall) {
  std::string deep = "<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": " +
                     std::string(1'000'000, '[') +
                     std::string(1'000'000, ']') + "}}</tool_call>";
  EXPECT_EQ(divide(deep, 100'000, false, true), "=" + deep);
}

} // namespace
