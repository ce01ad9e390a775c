//===- ExecutorPages.cpp - Room for what is computed ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Executor.h"

#include "RowBatch.h"

#include <algorithm>
#include <map>

using namespace ignis;

static constexpr int64_t pageSize = IGNIS_PAGE_POSITIONS;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

Expected<void> ignis::checkTokens(std::span<const int32_t> tokens,
                                  int64_t vocab) {
  for (int32_t token : tokens)
    if (token < 0 || token >= vocab)
      return makeError(ExitCode::Usage,
                       "token {}: expected an id from 0 to {}, the model's "
                       "vocabulary",
                       token, vocab - 1);
  return {};
}

Expected<void> Executor::checkRoom(const Sequence &sequence,
                                   int64_t count) const {
  int64_t room = context() - sequence.position();
  if (count <= room)
    return {};
  return makeError(ExitCode::Usage,
                   "the context has {} positions, of which {} are taken: "
                   "expected at most {} tokens more, found {}",
                   context(), sequence.position(), room, count);
}

Expected<void> Executor::checkFeeds(std::span<const Feed> feeds) const {
  int64_t total = 0;
  std::vector<const Sequence *> sequences;
  for (const Feed &feed : feeds) {
    auto count = static_cast<int64_t>(feed.tokens.size());
    if (count == 0 || feed.sequence->executor != this)
      return makeError(ExitCode::Usage,
                       "expected tokens for a sequence of this executor");
    if (auto checked = checkTokens(feed.tokens, model_.vocab()); !checked)
      return checked;
    if (auto checked = checkRoom(*feed.sequence, count); !checked)
      return checked;
    total += count;
    sequences.push_back(feed.sequence);
  }
  std::ranges::sort(sequences);
  if (std::ranges::adjacent_find(sequences) != sequences.end())
    return makeError(ExitCode::Usage, "expected each sequence once in a call");
  if (total < 1 || total > batch())
    return makeError(ExitCode::Usage,
                     "expected 1 to {} tokens in a call, found {}", batch(),
                     total);
  return {};
}

//===----------------------------------------------------------------------===//
// Pages
//===----------------------------------------------------------------------===//

/// Whether there is room, also for copies of pages that several will write: all
/// of their holders but one need a copy.
bool Executor::canReserve(std::span<const Feed> feeds) const {
  int64_t needed = 0;
  std::map<int32_t, int64_t> holders;
  for (const Feed &feed : feeds) {
    const Sequence &sequence = *feed.sequence;
    auto count = static_cast<int64_t>(feed.tokens.size());
    needed += countPages(sequence.position() + count) -
              countPages(sequence.position());
    if (sequence.position() % pageSize == 0)
      continue;
    int32_t last = sequence.pages.back();
    int64_t &left = holders.try_emplace(last, pool.holders(last)).first->second;
    needed += left-- > 1;
  }
  return needed <= pool.available();
}

/// The last page is about to get more positions. Of one that others may find
/// with more than is used here, a copy is made where there is a page for it:
/// for the page that is let go instead, as it is kept.
void Executor::makeWritable(Sequence &sequence) {
  int64_t used = sequence.position() % pageSize;
  if (used == 0)
    return;
  int32_t &last = sequence.pages.back();
  if (pool.holders(last) == 1) {
    if (pool.known(last) <= used)
      return;
    if (pool.available() == 0)
      return pool.withdraw(last);
  }
  int32_t copy = pool.take();
  ignis_rt_kv_copy(runner->cache(), last, copy, used);
  if (group)
    copies.push_back({last, copy, used});
  pool.release(last);
  last = copy;
}

bool Executor::reserve(std::span<const Feed> feeds) {
  std::lock_guard guard(pooling);
  if (!canReserve(feeds))
    return false;
  for (const Feed &feed : feeds) {
    Sequence &sequence = *feed.sequence;
    makeWritable(sequence);
    int64_t end =
        sequence.position() + static_cast<int64_t>(feed.tokens.size());
    while (static_cast<int64_t>(sequence.pages.size()) < countPages(end))
      sequence.pages.push_back(pool.take());
  }
  return true;
}

void Executor::publish(Sequence &sequence, int64_t from) {
  int32_t before =
      from < pageSize
          ? -1
          : sequence.pages[static_cast<size_t>(from / pageSize) - 1];
  for (int64_t at = from / pageSize * pageSize; at < sequence.position();
       at += pageSize) {
    int64_t count = std::min(pageSize, sequence.position() - at);
    int32_t &page = sequence.pages[static_cast<size_t>(at / pageSize)];
    page = pool.publish(
        page, before,
        {sequence.tokens_.data() + at, static_cast<size_t>(count)});
    before = page;
  }
}

void Executor::publish(std::span<const Feed> feeds) {
  std::lock_guard guard(pooling);
  for (const Feed &feed : feeds)
    publish(*feed.sequence, feed.sequence->position() -
                                static_cast<int64_t>(feed.tokens.size()));
}

Executor::PageCounts Executor::pageCounts() const {
  std::lock_guard guard(pooling);
  return {pool.size(), pool.available(), pool.keptPages(), pool.found(),
          pool.evicted()};
}
