//===- SchemaFuzzer.cpp - Any text as a JSON schema -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Up to a zero byte; then bytes that choose among the tokens that it allows.
//
//===----------------------------------------------------------------------===//

#include "FollowGrammar.h"

#include "ignis/Grammar/Languages.h"

using namespace ignis;
using fuzz::Input;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input input(data, size);
  Expected<Grammar> grammar = parseJSONSchema(input.text());
  fuzz::followGrammar(grammar, input);
  return 0;
}
