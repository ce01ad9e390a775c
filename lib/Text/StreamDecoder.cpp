//===- StreamDecoder.cpp - Text while tokens come in ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/StreamDecoder.h"
#include "ignis/Text/Unicode.h"

using namespace ignis;

std::string StreamDecoder::push(int32_t id) {
  pending += tokenizer.decode({&id, 1}, special);
  std::string text;
  size_t used = appendValidUTF8(pending, EndOfText::MayContinue, text);
  pending.erase(0, used);
  return text;
}

std::string StreamDecoder::flush() {
  std::string text = repairUTF8(pending);
  pending.clear();
  return text;
}
