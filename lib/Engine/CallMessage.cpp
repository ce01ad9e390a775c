//===- CallMessage.cpp - A call, as rank 0 tells it -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallMessage.h"

#include <algorithm>

using namespace ignis;

/// Of the first broadcast; what is more needs a second.
static constexpr size_t firstWords = 128;
/// More than any call has.
static constexpr int64_t mostWords = int64_t{1} << 32;

CallMessage CallMessage::of(const RowBatch &batch,
                            std::span<const PageCopy> copies) {
  std::vector<int64_t> words = {0, std::ssize(copies)};
  for (const PageCopy &copy : copies)
    words.insert(words.end(), {copy.from, copy.to, copy.positions});
  ignis_rows rows = batch.rows();
  std::span outputs(rows.outputs, static_cast<size_t>(rows.output_count));
  for (const ignis_span &span :
       std::span(rows.spans, static_cast<size_t>(rows.span_count))) {
    auto inSpan = [&](int32_t row) {
      return span.row <= row && row < span.row + span.count;
    };
    int64_t wanted = std::ranges::count_if(outputs, inSpan);
    words.insert(words.end(),
                 {span.count, span.position, span.count - wanted});
    words.insert(words.end(), batch.tokens() + span.row,
                 batch.tokens() + span.row + span.count);
    words.insert(words.end(), span.pages,
                 span.pages + countPages(span.position + span.count));
  }
  words[0] = std::ssize(words);
  return CallMessage(std::move(words));
}

static void broadcast(const ignis_group &group, std::span<int64_t> words) {
  if (!words.empty())
    group.broadcast(group.context, words.data(),
                    static_cast<int64_t>(words.size_bytes()));
}

void CallMessage::send(const ignis_group &group) {
  size_t count = words.size();
  words.resize(std::max(count, firstWords));
  broadcast(group, std::span(words).first(firstWords));
  broadcast(group, std::span(words).subspan(firstWords));
  words.resize(count);
}

CallMessage CallMessage::receive(const ignis_group &group) {
  std::vector<int64_t> words(firstWords);
  broadcast(group, words);
  auto count = static_cast<size_t>(std::clamp<int64_t>(words[0], 1, mostWords));
  words.resize(count);
  broadcast(group, std::span(words).subspan(std::min(count, firstWords)));
  return CallMessage(std::move(words));
}

namespace {
/// Takes words off the front; reading past the end gives what is refused.
class WordReader {
public:
  explicit WordReader(std::span<const int64_t> words) : rest(words) {}

  bool isAtEnd() const { return rest.empty(); }
  bool isGood() const { return good; }
  /// A number from `least` to `most`.
  int64_t take(int64_t least, int64_t most) {
    if (!good || rest.empty() || rest[0] < least || rest[0] > most) {
      good = false;
      return least;
    }
    int64_t word = rest[0];
    rest = rest.subspan(1);
    return word;
  }

private:
  std::span<const int64_t> rest;
  bool good = true;
};
} // namespace

Expected<CallMessage::Call> CallMessage::read(const CallRunner &runner) const {
  const int64_t pages = runner.memory().pages;
  WordReader reader(std::span(words).subspan(1));
  Call call;
  auto takePage = [&] {
    return static_cast<int32_t>(reader.take(0, pages - 1));
  };
  for (int64_t left = reader.take(0, pages); left > 0 && reader.isGood(); --left)
    // In the order of the words.
    call.copies.push_back(
        PageCopy{takePage(), takePage(), reader.take(1, IGNIS_PAGE_POSITIONS)});
  int64_t room = runner.batch();
  while (!reader.isAtEnd() && reader.isGood()) {
    int64_t count = reader.take(1, room);
    int64_t position = reader.take(0, runner.context() - count);
    int64_t firstRow = reader.take(0, count);
    room -= count;
    std::vector<int32_t> tokens(static_cast<size_t>(count));
    for (int32_t &token : tokens)
      token = static_cast<int32_t>(reader.take(0, runner.model().vocab() - 1));
    auto &table = call.pages.emplace_back(
        static_cast<size_t>(countPages(position + count)));
    std::ranges::generate(table, takePage);
    call.batch.add(tokens, position, table.data(), firstRow);
  }
  if (!reader.isGood() || call.pages.empty())
    return makeError(ExitCode::Failure,
                     "expected calls that rank 0 may make, found one of {} "
                     "words that has no room here",
                     words.size());
  return call;
}
