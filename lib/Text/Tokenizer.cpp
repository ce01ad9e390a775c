//===- Tokenizer.cpp - Text to tokens and back ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Tokenizer.h"
#include "ignis/Text/PreTokenizer.h"
#include "ignis/Text/Unicode.h"

#include <algorithm>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

static constexpr std::string_view modelKey = "tokenizer.ggml.model";
static constexpr std::string_view preKey = "tokenizer.ggml.pre";

/// The names llama.cpp has for Qwen2's pre-tokenizer: each stands for a model
/// whose tokenizer was trained anew or extended, and cuts text as Qwen2's does.
static constexpr std::string_view qwen2Names[] = {"qwen2", "deepseek-r1-qwen",
                                                  "megrez", "kormo", "f2llmv2"};

/// The key's value is one of `accepted`; it may be missing if `isOptional`.
static Expected<void> checkKind(const GGUFFile &file, std::string_view key,
                                std::span<const std::string_view> accepted,
                                bool isOptional = false) {
  if (isOptional && file.find(key) == nullptr)
    return {};
  Expected<std::string_view> found = file.string(key);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  if (std::ranges::find(accepted, *found) == accepted.end())
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected Qwen2's tokenizer, '{}', found {}",
                     file.path(), key, accepted.front(),
                     quoteForMessage(*found));
  return {};
}

Expected<Tokenizer> Tokenizer::load(const GGUFFile &file) {
  constexpr std::string_view byteLevel[] = {"gpt2"};
  if (auto checked = checkKind(file, modelKey, byteLevel); !checked)
    return tl::unexpected(std::move(checked.error()));
  // The key is younger than the first files of Qwen, whose tokens were counted
  // with no other pre-tokenizer.
  if (auto checked = checkKind(file, preKey, qwen2Names, /*isOptional=*/true);
      !checked)
    return tl::unexpected(std::move(checked.error()));
  Tokenizer tokenizer;
  Expected<Vocabulary> tokens = Vocabulary::load(file);
  if (!tokens)
    return tl::unexpected(std::move(tokens.error()));
  tokenizer.tokens = std::move(*tokens);
  Expected<BytePairEncoder> encoder =
      BytePairEncoder::load(file, tokenizer.tokens);
  if (!encoder)
    return tl::unexpected(std::move(encoder.error()));
  tokenizer.encoder = std::move(*encoder);
  if (auto loaded = tokenizer.loadEnds(file); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  if (auto loaded = tokenizer.loadBegin(file); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  tokenizer.recogniseAddedTokens();
  tokenizer.indexSpecialTokens();
  return tokenizer;
}

//===----------------------------------------------------------------------===//
// Encoding
//===----------------------------------------------------------------------===//

void Tokenizer::encodeText(std::string_view bytes,
                           BytePairEncoder::Workspace &workspace,
                           std::vector<int32_t> &ids) const {
  std::string text = normalizeNFC(repairUTF8(bytes));
  for (std::string_view rest = text; !rest.empty();) {
    size_t length = firstPieceLength(rest);
    encoder.encode(rest.substr(0, length), workspace, ids);
    rest.remove_prefix(length);
  }
}

/// The special token that `text` begins with, the longest if there are several.
/// `mayBe(length)`: whether the first `length` bytes may be a special token.
template <typename MayBe>
std::optional<int32_t> Tokenizer::findSpecialAt(std::string_view text,
                                                MayBe mayBe) const {
  if (!specialStarts[uint8_t(text.front())])
    return std::nullopt;
  for (size_t length : specialLengths) {
    if (length > text.size() || !mayBe(length))
      continue;
    std::optional<int32_t> id = tokens.find(text.substr(0, length));
    if (id && tokens.isSpecial(*id))
      return id;
  }
  return std::nullopt;
}

/// `mayBe(begin, length)`: whether these bytes may be a special token.
template <typename MayBe>
void Tokenizer::encodeWith(std::string_view text, MayBe mayBe,
                           std::vector<int32_t> &ids) const {
  BytePairEncoder::Workspace workspace;
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    auto mayBeHere = [&](size_t length) { return mayBe(i, length); };
    std::optional<int32_t> id = findSpecialAt(text.substr(i), mayBeHere);
    if (!id) {
      ++i;
      continue;
    }
    encodeText(text.substr(begin, i - begin), workspace, ids);
    ids.push_back(*id);
    i += tokens.text(*id).size();
    begin = i;
  }
  encodeText(text.substr(begin), workspace, ids);
}

void Tokenizer::encode(std::string_view text, SpecialTokens special,
                       std::vector<int32_t> &ids) const {
  if (special == SpecialTokens::Recognised) {
    encodeWith(
        text, [](size_t, size_t) { return true; }, ids);
    return;
  }
  BytePairEncoder::Workspace workspace;
  encodeText(text, workspace, ids);
}

std::vector<int32_t> Tokenizer::encode(std::string_view text,
                                       SpecialTokens special) const {
  std::vector<int32_t> ids;
  encode(text, special, ids);
  return ids;
}

std::vector<int32_t> Tokenizer::encode(const MarkedText &text) const {
  std::vector<int32_t> ids;
  encodeWith(
      text.bytes(),
      [&](size_t begin, size_t length) {
        return text.isTemplates(begin, length);
      },
      ids);
  return ids;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

std::string Tokenizer::decode(std::span<const int32_t> ids,
                              SpecialTokens special) const {
  std::string bytes;
  for (int32_t id : ids) {
    if (!tokens.contains(id))
      continue;
    if (special == SpecialTokens::Recognised ||
        tokens.type(id) != TokenType::Control)
      tokens.appendBytes(id, bytes);
  }
  return bytes;
}

void Tokenizer::prependBegin(std::vector<int32_t> &ids) const {
  if (begin && (ids.empty() || ids.front() != *begin))
    ids.insert(ids.begin(), *begin);
}

bool Tokenizer::isEndToken(int32_t id) const {
  return std::ranges::binary_search(ends, id);
}
