//===- Vocabulary.h - The tokens of a model file ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_VOCABULARY_H
#define IGNIS_TEXT_VOCABULARY_H

#include "ignis/Model/GGUF.h"
#include "ignis/Support/Error.h"
#include "ignis/Text/IndexTable.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ignis {

/// Numbered as in tokenizer.ggml.token_type.
enum class TokenType : uint8_t {
  Normal = 1,
  Unknown,
  Control,     ///< such as <|im_end|>: not text
  UserDefined, ///< such as <tool_call>: text that is one token
  Unused,
  Byte,
};

/// Texts and types of the tokens, found by id and by text. Ids are those
/// the vocabulary contains, unless it says otherwise. Texts stay in the file's
/// bytes, which outlive this object.
class Vocabulary {
public:
  static Expected<Vocabulary> load(const GGUFFile &file);

  int32_t size() const { return int32_t(texts.size()); }
  bool contains(int32_t id) const { return id >= 0 && id < size(); }

  /// As it stands in the file.
  std::string_view text(int32_t id) const { return texts[size_t(id)]; }
  TokenType type(int32_t id) const { return types[size_t(id)]; }
  std::optional<int32_t> find(std::string_view text) const;

  /// Control and user-defined tokens: no merge makes them, they are recognised
  /// as a whole, and only where that is asked for.
  bool isSpecial(int32_t id) const {
    return type(id) == TokenType::Control || type(id) == TokenType::UserDefined;
  }

  void retype(int32_t id, TokenType type) { types[size_t(id)] = type; }

  /// Appends what the token stands for.
  void appendBytes(int32_t id, std::string &out) const;

private:
  Expected<void> indexTexts(const GGUFFile &file);
  /// For an id whose text has the key of `text`.
  bool isText(uint32_t id, std::string_view text) const;

  std::vector<std::string_view> texts;
  std::vector<TokenType> types;
  IndexTable index;
};

} // namespace ignis

#endif // IGNIS_TEXT_VOCABULARY_H
