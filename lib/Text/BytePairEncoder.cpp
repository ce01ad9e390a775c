//===- BytePairEncoder.cpp - Merges pieces into tokens --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/BytePairEncoder.h"
#include "ignis/Text/ByteAlphabet.h"

#include <utf8proc.h>

#include <algorithm>
#include <functional>

using namespace ignis;

static constexpr std::string_view tokensKey = "tokenizer.ggml.tokens";
static constexpr std::string_view mergesKey = "tokenizer.ggml.merges";

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// A pair is its own key.
static uint64_t keyOf(int32_t left, int32_t right) {
  return uint64_t(uint32_t(left)) << 32 | uint32_t(right);
}

static bool confirmPair(uint32_t rank) { return true; }

uint32_t BytePairEncoder::findRank(int32_t left, int32_t right) const {
  return ranks.find(keyOf(left, right), confirmPair);
}

Expected<void> BytePairEncoder::loadByteTokens(const GGUFFile &file,
                                               const Vocabulary &vocabulary) {
  for (size_t byte = 0; byte < byteTokens.size(); ++byte) {
    std::array<utf8proc_uint8_t, 4> text;
    auto length = utf8proc_encode_char(utf8proc_int32_t(characterOfByte[byte]),
                                       text.data());
    std::optional<int32_t> id = vocabulary.find(
        {reinterpret_cast<const char *>(text.data()), size_t(length)});
    if (!id)
      return makeError(ExitCode::InvalidModel,
                       "{}: key '{}': expected a token for every byte, found "
                       "none for 0x{:02x}",
                       file.path(), tokensKey, byte);
    byteTokens[byte] = *id;
  }
  return {};
}

Expected<void> BytePairEncoder::loadMerges(const GGUFFile &file,
                                           const Vocabulary &vocabulary) {
  Expected<std::vector<std::string_view>> texts = file.strings(mergesKey);
  if (!texts)
    return tl::unexpected(std::move(texts.error()));
  auto refuse = [&](std::string_view expected) {
    size_t rank = results.size();
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected {}, found {} at {}", file.path(),
                     mergesKey, expected, quoteForMessage((*texts)[rank]),
                     rank);
  };
  if (texts->size() > INT32_MAX)
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected at most {} merges, found {}",
                     file.path(), mergesKey, INT32_MAX, texts->size());

  results.reserve(texts->size());
  ranks = IndexTable(texts->size());
  std::string joined;
  for (std::string_view text : *texts) {
    size_t space = text.find(' ');
    if (space == std::string_view::npos ||
        text.find(' ', space + 1) != std::string_view::npos)
      return refuse("two tokens with a space between them");
    std::string_view left = text.substr(0, space);
    std::string_view right = text.substr(space + 1);
    joined.assign(left).append(right);
    std::optional<int32_t> leftId = vocabulary.find(left);
    std::optional<int32_t> rightId = vocabulary.find(right);
    // Merges mostly stand in the order of the tokens they make.
    std::optional<int32_t> result = results.empty() ? 0 : results.back() + 1;
    if (!vocabulary.contains(*result) || vocabulary.text(*result) != joined)
      result = vocabulary.find(joined);
    if (!leftId || !rightId || !result || left.empty() || right.empty())
      return refuse("tokens of the vocabulary that make another one");

    auto rank = uint32_t(results.size());
    if (ranks.insert(keyOf(*leftId, *rightId), rank, confirmPair) != rank)
      return refuse("each merge once");
    results.push_back(*result);
  }
  return {};
}

Expected<BytePairEncoder> BytePairEncoder::load(const GGUFFile &file,
                                                const Vocabulary &vocabulary) {
  BytePairEncoder encoder;
  if (auto loaded = encoder.loadByteTokens(file, vocabulary); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  if (auto loaded = encoder.loadMerges(file, vocabulary); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  return encoder;
}

std::vector<bool> BytePairEncoder::findMade(size_t count) const {
  std::vector<bool> made(count);
  for (int32_t id : byteTokens)
    made[size_t(id)] = true;
  for (int32_t id : results)
    made[size_t(id)] = true;
  return made;
}

//===----------------------------------------------------------------------===//
// Encoding
//===----------------------------------------------------------------------===//

void BytePairEncoder::encode(std::string_view piece, Workspace &workspace,
                             std::vector<int32_t> &ids) const {
  auto &[nodes, queue] = workspace;
  constexpr size_t end = SIZE_MAX;
  if (piece.empty())
    return;

  nodes.clear();
  queue.clear();
  for (size_t i = 0; i < piece.size(); ++i)
    nodes.push_back({byteTokens[uint8_t(piece[i])], IndexTable::notFound,
                     i == 0 ? end : i - 1, i + 1 < piece.size() ? i + 1 : end});

  // The heap's comparison is inverted: its first is the least rank, leftmost.
  auto rankPair = [&](size_t left) {
    auto &node = nodes[left];
    node.rank = node.next == end ? IndexTable::notFound
                                 : findRank(node.id, nodes[node.next].id);
    if (node.rank == IndexTable::notFound)
      return false;
    queue.push_back({node.rank, left});
    return true;
  };
  auto rerankPair = [&](size_t left) {
    if (rankPair(left))
      std::ranges::push_heap(queue, std::greater());
  };
  for (size_t i = 0; i < nodes.size(); ++i)
    rankPair(i);
  std::ranges::make_heap(queue, std::greater());

  while (!queue.empty()) {
    auto [rank, left] = queue.front();
    std::ranges::pop_heap(queue, std::greater());
    queue.pop_back();
    auto &node = nodes[left];
    if (node.rank != rank) // the pair has changed, or its left is gone
      continue;
    auto &gone = nodes[node.next];
    node.id = results[rank];
    node.next = gone.next;
    gone.rank = IndexTable::notFound;
    if (node.next != end)
      nodes[node.next].previous = left;
    rerankPair(left);
    if (node.previous != end)
      rerankPair(node.previous);
  }

  for (size_t i = 0; i != end; i = nodes[i].next)
    ids.push_back(nodes[i].id);
}
