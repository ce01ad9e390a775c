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
#include <functional>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

static Expected<void> checkKind(const GGUFFile &file, std::string_view key,
                                std::string_view expected) {
  Expected<std::string_view> found = file.string(key);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  if (*found != expected)
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected Qwen2's tokenizer, '{}', found {}",
                     file.path(), key, expected, quoteForMessage(*found));
  return {};
}

/// Every id that the metadata name, such as tokenizer.ggml.eos_token_id, is a
/// token.
static Expected<void> checkNamedIds(const GGUFFile &file,
                                    const Vocabulary &tokens) {
  for (const GGUFFile::Entry &entry : file.entries()) {
    if (!entry.key.starts_with("tokenizer.ggml.") ||
        !entry.key.ends_with("_token_id"))
      continue;
    Expected<uint64_t> id = file.uint(entry.key);
    if (!id)
      return tl::unexpected(std::move(id.error()));
    if (*id >= uint64_t(tokens.size()))
      return makeError(ExitCode::InvalidModel,
                       "{}: key '{}': expected an id below {}, the number of "
                       "tokens, found {}",
                       file.path(), entry.key, tokens.size(), *id);
  }
  return {};
}

Expected<void> Tokenizer::loadSpecialTokens(const GGUFFile &file) {
  if (auto checked = checkNamedIds(file, tokens); !checked)
    return checked;

  for (std::string_view key :
       {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
        "tokenizer.ggml.eom_token_id"})
    if (Expected<uint64_t> id = file.uint(key))
      ends.push_back(int32_t(*id));
  for (std::string_view text : {"<|im_end|>", "<|endoftext|>"}) {
    std::optional<int32_t> id = tokens.find(text);
    if (id && tokens.isSpecial(*id))
      ends.push_back(*id);
  }
  std::ranges::sort(ends);
  ends.erase(std::ranges::unique(ends).begin(), ends.end());

  Expected<bool> addBegin = file.boolOr("tokenizer.ggml.add_bos_token", false);
  if (!addBegin)
    return tl::unexpected(std::move(addBegin.error()));
  if (*addBegin) {
    Expected<uint64_t> id = file.uint("tokenizer.ggml.bos_token_id");
    if (!id)
      return tl::unexpected(std::move(id.error()));
    begin = int32_t(*id);
  }

  for (int32_t id = 0; id < tokens.size(); ++id) {
    if (!tokens.isSpecial(id) || tokens.text(id).empty())
      continue;
    specialLengths.push_back(tokens.text(id).size());
    specialStarts.set(uint8_t(tokens.text(id).front()));
  }
  std::ranges::sort(specialLengths, std::greater());
  specialLengths.erase(std::ranges::unique(specialLengths).begin(),
                       specialLengths.end());
  return {};
}

Expected<Tokenizer> Tokenizer::load(const GGUFFile &file) {
  if (auto checked = checkKind(file, "tokenizer.ggml.model", "gpt2"); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (auto checked = checkKind(file, "tokenizer.ggml.pre", "qwen2"); !checked)
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
  if (auto loaded = tokenizer.loadSpecialTokens(file); !loaded)
    return tl::unexpected(std::move(loaded.error()));
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
std::optional<int32_t> Tokenizer::findSpecialAt(std::string_view text) const {
  if (!specialStarts[uint8_t(text.front())])
    return std::nullopt;
  for (size_t length : specialLengths) {
    if (length > text.size())
      continue;
    std::optional<int32_t> id = tokens.find(text.substr(0, length));
    if (id && tokens.isSpecial(*id))
      return id;
  }
  return std::nullopt;
}

void Tokenizer::encode(std::string_view text, SpecialTokens special,
                       std::vector<int32_t> &ids) const {
  BytePairEncoder::Workspace workspace;
  size_t begin = 0;
  if (special == SpecialTokens::Recognised) {
    for (size_t i = 0; i < text.size();) {
      std::optional<int32_t> id = findSpecialAt(text.substr(i));
      if (!id) {
        ++i;
        continue;
      }
      encodeText(text.substr(begin, i - begin), workspace, ids);
      ids.push_back(*id);
      i += tokens.text(*id).size();
      begin = i;
    }
  }
  encodeText(text.substr(begin), workspace, ids);
}

std::vector<int32_t> Tokenizer::encode(std::string_view text,
                                       SpecialTokens special) const {
  std::vector<int32_t> ids;
  encode(text, special, ids);
  return ids;
}

std::vector<int32_t>
Tokenizer::encode(std::span<const TextSegment> segments) const {
  std::vector<int32_t> ids;
  for (const TextSegment &segment : segments)
    encode(segment.text, segment.special, ids);
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

bool Tokenizer::isEndToken(int32_t id) const {
  return std::ranges::binary_search(ends, id);
}
