//===- GrammarFuzzer.cpp - Any text as a grammar or an expression ---------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// GBNF, a regular expression or choices, by the first byte; then bytes that
// choose among the tokens that it allows.
//
//===----------------------------------------------------------------------===//

#include "FollowGrammar.h"

#include "ignis/Grammar/Languages.h"

using namespace ignis;
using fuzz::Input;

static Expected<Grammar> parse(Input &input) {
  switch (input.byte() % 3) {
  case 0:
    return parseGBNF(input.text());
  case 1:
    return parseRegex(input.text());
  default:
    const std::string texts[] = {std::string(input.text()),
                                 std::string(input.text())};
    return parseChoices(texts);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input input(data, size);
  Expected<Grammar> grammar = parse(input);
  fuzz::followGrammar(grammar, input);
  return 0;
}
