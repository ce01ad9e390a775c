//===- Sequence.cpp - A text and its pages of the cache -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Executor.h"

#include <utility>

using namespace ignis;

static constexpr int64_t pageSize = IGNIS_PAGE_POSITIONS;

Sequence::Sequence(Sequence &&other) noexcept
    : executor(other.executor), tokens_(std::move(other.tokens_)),
      pages(std::exchange(other.pages, {})) {
  other.tokens_.clear();
}

Sequence &Sequence::operator=(Sequence &&other) noexcept {
  if (this == &other)
    return *this;
  truncate(0);
  executor = other.executor;
  tokens_ = std::exchange(other.tokens_, {});
  pages = std::exchange(other.pages, {});
  return *this;
}

Sequence::~Sequence() { truncate(0); }

Sequence Sequence::fork() const {
  Sequence other(*executor);
  std::lock_guard guard(executor->pooling);
  for (int32_t page : pages)
    executor->pool.retain(page);
  other.tokens_ = tokens_;
  other.pages = pages;
  return other;
}

void Sequence::truncate(int64_t position) {
  if (position >= this->position())
    return;
  tokens_.resize(static_cast<size_t>(position));
  auto needed = static_cast<size_t>((position + pageSize - 1) / pageSize);
  std::lock_guard guard(executor->pooling);
  // The last first: the end of a text is given up before its beginning.
  for (; pages.size() > needed; pages.pop_back())
    executor->pool.release(pages.back());
}

int64_t Sequence::reuse(std::span<const int32_t> tokens) {
  if (!tokens_.empty() || tokens.empty())
    return 0;
  std::lock_guard guard(executor->pooling);
  for (size_t at = 0; at + pageSize < tokens.size() &&
                      position() + pageSize <= executor->context();
       at += pageSize) {
    int32_t before = pages.empty() ? -1 : pages.back();
    PageTokens known(tokens.data() + at, pageSize);
    int32_t page = executor->pool.find(before, known);
    if (page < 0)
      break;
    pages.push_back(page);
    tokens_.insert(tokens_.end(), known.begin(), known.end());
  }
  return position();
}
