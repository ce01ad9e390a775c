//===- AnswerText.cpp - The text of an answer, as it comes ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/AnswerText.h"

#include <algorithm>
#include <utility>

using namespace ignis;

/// How much of the end of `text` is a beginning of `stop`, less than all of it.
static size_t findBeginning(std::string_view text, std::string_view stop) {
  size_t length = std::min(text.size(), stop.size() - 1);
  while (!stop.starts_with(text.substr(text.size() - length)))
    --length;
  return length;
}

std::string AnswerText::release(std::string more) {
  if (stopped)
    return {};
  held += more;
  size_t first = std::string::npos, keep = 0;
  for (const std::string &stop : stops) {
    first = std::min(first, held.find(stop));
    keep = std::max(keep, findBeginning(held, stop));
  }
  if (first != std::string::npos) {
    stopped = true;
    held.resize(first);
    return std::exchange(held, {});
  }
  std::string sure = held.substr(0, held.size() - keep);
  held.erase(0, sure.size());
  return sure;
}

std::string AnswerText::push(int32_t token) {
  return release(decoder.push(token));
}

std::string AnswerText::finish() {
  std::string text = release(decoder.flush());
  return stopped ? text : text + std::exchange(held, {});
}
