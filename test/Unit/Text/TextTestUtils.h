//===- TextTestUtils.h - Vocabularies for the tests -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_TEXT_TEXTTESTUTILS_H
#define IGNIS_TEST_UNIT_TEXT_TEXTTESTUTILS_H

#include "ignis/Text/Tokenizer.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ignis::test {

/// The metadata of a GGUF file without tensors, made key by key.
class Metadata {
public:
  void set(const std::string &key, std::string_view value);
  void set(const std::string &key, uint32_t value);
  void set(const std::string &key, int32_t value);
  void set(const std::string &key, bool value);
  void set(const std::string &key, const std::vector<std::string> &values);
  void set(const std::string &key, const std::vector<int32_t> &values);
  void erase(const std::string &key) { entries.erase(key); }

  std::vector<std::byte> encode() const;

private:
  std::map<std::string, std::string> entries; ///< type and value, encoded
};

/// A small vocabulary of Qwen2's kind: a token for each byte, what the merges
/// make, and special tokens at the end.
struct TestVocabulary {
  std::vector<std::string> tokens;
  std::vector<int32_t> types;
  std::vector<std::string> merges;

  /// With bytes and <|endoftext|>, <|im_start|>, <|im_end|>, <tool_call>.
  explicit TestVocabulary(const std::vector<std::string> &merges = {});
  int32_t add(const std::string &text, TokenType type = TokenType::Normal);
  Metadata metadata() const;
};

/// `bytes` in the alphabet of token texts.
std::string toByteAlphabet(std::string_view bytes);

/// A tokenizer and the file it refers to.
struct LoadedTokenizer {
  std::vector<std::byte> bytes;
  GGUFFile file;
  Tokenizer tokenizer;

  int32_t id(std::string_view text) const;
};

/// Loads what must be right, else throws.
LoadedTokenizer loadTokenizer(const Metadata &metadata);

/// The folder of shared test data (IGNIS_SHARED_DIR), or an empty string where
/// there is none.
std::string sharedData();

std::string readFile(const std::string &path);

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_TEXT_TEXTTESTUTILS_H
