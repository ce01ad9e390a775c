//===- Vocabulary.cpp - The tokens of a model file ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Vocabulary.h"
#include "ignis/Text/ByteAlphabet.h"
#include "ignis/Text/Unicode.h"

#include <algorithm>
#include <cstring>
#include <functional>

using namespace ignis;

static constexpr std::string_view tokensKey = "tokenizer.ggml.tokens";
static constexpr std::string_view typesKey = "tokenizer.ggml.token_type";

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// What a file does not type (there are no types, or too few, or a 0) is an
/// ordinary token until its text says otherwise; types too many are of nothing.
static Expected<std::vector<TokenType>> readTypes(const GGUFFile &file,
                                                  size_t tokenCount) {
  std::vector<TokenType> types(tokenCount, TokenType::Normal);
  if (!file.find(typesKey))
    return types;
  Expected<std::vector<int32_t>> numbers = file.int32s(typesKey);
  if (!numbers)
    return tl::unexpected(std::move(numbers.error()));
  for (size_t i = 0; i < std::min(numbers->size(), tokenCount); ++i) {
    int32_t number = (*numbers)[i];
    if (number < 0 || number > int32_t(TokenType::Byte))
      return makeError(ExitCode::InvalidModel,
                       "{}: key '{}': expected types from 0 to {}, found {} "
                       "at {}",
                       file.path(), typesKey, int32_t(TokenType::Byte), number,
                       i);
    if (number != 0)
      types[i] = TokenType(number);
  }
  return types;
}

/// A text of up to seven bytes and its length are its key, and need no other
/// comparison; nine of ten that are looked up while loading are so short.
static constexpr size_t wholeKeyLength = 7;

static uint64_t keyOf(std::string_view text) {
  if (text.size() > wholeKeyLength)
    return std::hash<std::string_view>()(text) | uint64_t(0xFF) << 56;
  uint64_t key = 0;
  std::memcpy(&key, text.data(), text.size());
  return key | uint64_t(text.size()) << 56;
}

bool Vocabulary::isText(uint32_t id, std::string_view text) const {
  return text.size() <= wholeKeyLength || texts[id] == text;
}

Expected<void> Vocabulary::indexTexts(const GGUFFile &file) {
  index = IndexTable(texts.size());
  for (uint32_t id = 0; id < texts.size(); ++id) {
    uint32_t first = index.insert(keyOf(texts[id]), id, [&](uint32_t other) {
      return isText(other, texts[id]);
    });
    if (first != id)
      return makeError(ExitCode::InvalidModel,
                       "{}: key '{}': expected each token once, found {} at {} "
                       "and at {}",
                       file.path(), tokensKey, quoteForMessage(texts[id]),
                       first, id);
  }
  return {};
}

Expected<Vocabulary> Vocabulary::load(const GGUFFile &file) {
  Expected<std::vector<std::string_view>> texts = file.strings(tokensKey);
  if (!texts)
    return tl::unexpected(std::move(texts.error()));
  if (texts->size() > INT32_MAX)
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected at most {} tokens, found {}",
                     file.path(), tokensKey, INT32_MAX, texts->size());
  Expected<std::vector<TokenType>> types = readTypes(file, texts->size());
  if (!types)
    return tl::unexpected(std::move(types.error()));

  Vocabulary vocabulary;
  vocabulary.texts = std::move(*texts);
  vocabulary.types = std::move(*types);
  if (Expected<void> indexed = vocabulary.indexTexts(file); !indexed)
    return tl::unexpected(std::move(indexed.error()));
  return vocabulary;
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

std::optional<int32_t> Vocabulary::find(std::string_view text) const {
  uint32_t id = index.find(keyOf(text),
                           [&](uint32_t other) { return isText(other, text); });
  if (id == IndexTable::notFound)
    return std::nullopt;
  return int32_t(id);
}

/// Appends the bytes that the characters of `text` stand for; it is UTF-8, as
/// all strings of a GGUFFile. False, and `out` as it was, if one is outside the
/// alphabet.
static bool appendFromByteAlphabet(std::string_view text, std::string &out) {
  size_t sizeBefore = out.size();
  while (!text.empty()) {
    CodePoint c = firstCodePoint(text);
    std::optional<uint8_t> byte = byteOfCharacter(c.value);
    if (!byte) {
      out.resize(sizeBefore);
      return false;
    }
    out += static_cast<char>(*byte);
    text.remove_prefix(c.length);
  }
  return true;
}

void Vocabulary::appendBytes(int32_t id, std::string &out) const {
  if (isSpecial(id) || !appendFromByteAlphabet(text(id), out))
    out += text(id);
}
