//===- Sequence.cpp - A text and its pages of the cache -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Executor.h"

#include <algorithm>
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
  std::lock_guard guard(executor->pooling);
  cut(position);
}

void Sequence::cut(int64_t position) {
  tokens_.resize(static_cast<size_t>(position));
  auto needed = static_cast<size_t>((position + pageSize - 1) / pageSize);
  // The last first: the end of a text is given up before its beginning.
  for (; pages.size() > needed; pages.pop_back())
    executor->pool.release(pages.back());
}

void Sequence::takeBack(int64_t position) {
  if (position >= this->position())
    return;
  std::lock_guard guard(executor->pooling);
  for (auto i = static_cast<size_t>(position / pageSize); i < pages.size(); ++i)
    if (executor->pool.holders(pages[i]) == 1)
      executor->pool.withdraw(pages[i]);
  cut(position);
  executor->publish(*this, position);
}

int64_t Sequence::reuse(std::span<const int32_t> tokens) {
  if (!tokens_.empty() || tokens.empty())
    return 0;
  std::lock_guard guard(executor->pooling);
  auto most = static_cast<size_t>(
      std::min(std::ssize(tokens) - 1, executor->context()));
  // A page that agrees in part is shared, too: who writes gets a copy.
  while (tokens_.size() % pageSize == 0 && tokens_.size() < most) {
    PageTokens next = tokens.first(most).subspan(tokens_.size());
    next = next.first(std::min<size_t>(next.size(), pageSize));
    auto found = executor->pool.find(pages.empty() ? -1 : pages.back(), next);
    if (!found)
      break;
    pages.push_back(found->page);
    PageTokens agreeing = next.first(static_cast<size_t>(found->count));
    tokens_.insert(tokens_.end(), agreeing.begin(), agreeing.end());
  }
  return position();
}
