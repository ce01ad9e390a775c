//===- SpecialTokens.cpp - What a file's tokens mean ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Tokenizer.h"

#include <algorithm>
#include <functional>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Tokens that keys name
//===----------------------------------------------------------------------===//

/// Converters write -1 for "none", as the bits of whatever type the key has.
static bool meansNone(const GGUFValue &value) {
  if (const auto *number = std::get_if<uint64_t>(&value))
    return *number == UINT32_MAX || *number == UINT64_MAX;
  const auto *number = std::get_if<int64_t>(&value);
  return number && *number == -1;
}

/// Only keys that are used are looked at: a file may name any others.
static Expected<std::optional<int32_t>> readTokenId(const GGUFFile &file,
                                                    const Vocabulary &tokens,
                                                    std::string_view key) {
  const GGUFFile::Entry *entry = file.find(key);
  if (!entry || meansNone(entry->value))
    return std::nullopt;
  Expected<uint64_t> id = file.uint(key);
  if (!id)
    return tl::unexpected(std::move(id.error()));
  if (*id >= uint64_t(tokens.size()))
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected an id below {}, the number of "
                     "tokens, found {}",
                     file.path(), key, tokens.size(), *id);
  return int32_t(*id);
}

//===----------------------------------------------------------------------===//
// Where texts end and begin
//===----------------------------------------------------------------------===//

/// After these, a completion of Qwen2.5-Coder goes on with another file.
static constexpr std::string_view endKeys[] = {
    "tokenizer.ggml.eos_token_id",     "tokenizer.ggml.eot_token_id",
    "tokenizer.ggml.eom_token_id",     "tokenizer.ggml.fim_pre_token_id",
    "tokenizer.ggml.fim_suf_token_id", "tokenizer.ggml.fim_pad_token_id",
    "tokenizer.ggml.fim_rep_token_id", "tokenizer.ggml.fim_sep_token_id",
};
static constexpr std::string_view endTexts[] = {
    "<|im_end|>",  "<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>",
    "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
};

Expected<void> Tokenizer::loadEnds(const GGUFFile &file) {
  for (std::string_view key : endKeys) {
    Expected<std::optional<int32_t>> id = readTokenId(file, tokens, key);
    if (!id)
      return tl::unexpected(std::move(id.error()));
    if (*id)
      ends.push_back(**id);
  }
  for (std::string_view text : endTexts)
    if (std::optional<int32_t> id = tokens.find(text))
      ends.push_back(*id);
  std::ranges::sort(ends);
  ends.erase(std::ranges::unique(ends).begin(), ends.end());
  return {};
}

Expected<void> Tokenizer::loadBegin(const GGUFFile &file) {
  constexpr std::string_view addKey = "tokenizer.ggml.add_bos_token";
  constexpr std::string_view idKey = "tokenizer.ggml.bos_token_id";
  Expected<bool> isAdded = file.boolOr(addKey, false);
  if (!isAdded)
    return tl::unexpected(std::move(isAdded.error()));
  if (!*isAdded)
    return {};
  Expected<std::optional<int32_t>> id = readTokenId(file, tokens, idKey);
  if (!id)
    return tl::unexpected(std::move(id.error()));
  if (!*id)
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected the token that every prompt "
                     "begins with, since '{}' asks for one, found none",
                     file.path(), idKey, addKey);
  begin = *id;
  return {};
}

//===----------------------------------------------------------------------===//
// Added tokens
//===----------------------------------------------------------------------===//

static bool isBetween(std::string_view text, std::string_view opening,
                      std::string_view closing) {
  return text.size() > opening.size() + closing.size() &&
         text.starts_with(opening) && text.ends_with(closing);
}

/// A token that no merge makes was added to the vocabulary, to be found in text
/// as a whole. Where a file types it as ordinary, or not at all, its text tells
/// what it is; what ends a text is a control token whatever its type.
void Tokenizer::recogniseAddedTokens() {
  std::vector<bool> made = encoder.findMade(size_t(tokens.size()));
  for (int32_t id = 0; id < tokens.size(); ++id) {
    if (made[size_t(id)] || tokens.isSpecial(id))
      continue;
    std::string_view text = tokens.text(id);
    bool isOrdinary = tokens.type(id) == TokenType::Normal;
    bool isMarker =
        isBetween(text, "<|", "|>") || isBetween(text, "<\uFF5C", "\uFF5C>");
    if (isEndToken(id) || (isOrdinary && isMarker))
      tokens.retype(id, TokenType::Control);
    else if (isOrdinary && isBetween(text, "<", ">"))
      tokens.retype(id, TokenType::UserDefined);
  }
}

void Tokenizer::indexSpecialTokens() {
  for (int32_t id = 0; id < tokens.size(); ++id) {
    if (!tokens.isSpecial(id) || tokens.text(id).empty())
      continue;
    specialLengths.push_back(tokens.text(id).size());
    specialStarts.set(uint8_t(tokens.text(id).front()));
  }
  std::ranges::sort(specialLengths, std::greater());
  specialLengths.erase(std::ranges::unique(specialLengths).begin(),
                       specialLengths.end());
}
