//===- AnswerGrammar.cpp - Grammars of calls, and of thoughts before them -===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AnswerGrammar.h"

using namespace ignis;

Expected<Grammar> ignis::makeCallGrammar(std::span<const Tool> tools) {
  std::vector<Callable> callables;
  for (const Tool &tool : tools)
    callables.push_back({tool.name, tool.parameters});
  Expected<Grammar> grammar = parseCallables(callables);
  if (!grammar)
    return grammar;
  Grammar::Rule call = grammar->declare("tool-call");
  grammar->define(call, grammar->sequence({grammar->text("<tool_call>\n"),
                                           grammar->call(grammar->root),
                                           grammar->text("\n</tool_call>")}));
  grammar->root = call;
  return grammar;
}

/// A rule for each beginning of the mark that the text may end in. Its first
/// byte stands nowhere else in it, so that what breaks off begins anew.
void ignis::letThinkFirst(Grammar &grammar) {
  static constexpr std::string_view mark = "</think>";
  std::vector<Grammar::Rule> rules;
  for (size_t i = 0; i != mark.size(); ++i)
    rules.push_back(grammar.declare("thinking-" + std::to_string(i)));
  for (size_t i = 0; i != mark.size(); ++i) {
    auto byte = [](char c) { return ByteSet().set(static_cast<uint8_t>(c)); };
    ByteSet others = ~(byte(mark[0]) | byte(mark[i]));
    Grammar::Expr next =
        i + 1 == mark.size()
            ? grammar.sequence(
                  {grammar.repeat(grammar.bytes(byte('\n')), 0, 2),
                   grammar.call(grammar.root)})
            : grammar.call(rules[i + 1]);
    std::vector<Grammar::Expr> ways = {
        grammar.sequence({grammar.bytes(byte(mark[i])), next}),
        grammar.sequence({grammar.bytes(others), grammar.call(rules[0])})};
    if (i != 0)
      ways.push_back(grammar.sequence(
          {grammar.bytes(byte(mark[0])), grammar.call(rules[1])}));
    grammar.define(rules[i], grammar.choice(std::move(ways)));
  }
  grammar.root = rules[0];
}
