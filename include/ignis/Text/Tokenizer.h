//===- Tokenizer.h - Text to tokens and back --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Byte-level BPE as Qwen2's own tokenizer does it, exactly: invalid UTF-8 is
// replaced, the text brought to normal form C, cut into pieces, and each piece
// merged. What each step does is in python-free-docs/text.md.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_TOKENIZER_H
#define IGNIS_TEXT_TOKENIZER_H

#include "ignis/Text/BytePairEncoder.h"
#include "ignis/Text/MarkedText.h"
#include "ignis/Text/Vocabulary.h"

#include <bitset>
#include <optional>
#include <span>

namespace ignis {

/// What control and user-defined tokens are: when encoding, whether their texts
/// make them; when decoding, whether control tokens are written.
enum class SpecialTokens { AsText, Recognised };

/// Immutable once loaded: threads may share it. Refers to the bytes of the
/// file, which outlive it.
class Tokenizer {
public:
  /// Refuses a tokenizer that is not Qwen2's, by name.
  static Expected<Tokenizer> load(const GGUFFile &file);

  const Vocabulary &vocabulary() const { return tokens; }

  std::vector<int32_t>
  encode(std::string_view text,
         SpecialTokens special = SpecialTokens::AsText) const;
  /// The same, appended to `ids`.
  void encode(std::string_view text, SpecialTokens special,
              std::vector<int32_t> &ids) const;

  /// Special tokens are recognised where the template wrote all of one.
  std::vector<int32_t> encode(const MarkedText &text) const;

  /// Bytes, which need not be UTF-8: a character may be cut by the end of the
  /// ids. Control tokens are left out unless `special` asks for them; ids that
  /// are no token are left out.
  std::string decode(std::span<const int32_t> ids,
                     SpecialTokens special = SpecialTokens::AsText) const;

  /// Tokens that end generation: those the file names so, and what Qwen's
  /// models end a message, a text or a file with. See text.md.
  std::span<const int32_t> endTokens() const { return ends; }
  bool isEndToken(int32_t id) const;

  /// What every prompt begins with if the file says so (add_bos_token); Qwen2's
  /// own files do not.
  std::optional<int32_t> beginToken() const { return begin; }
  /// Puts it before a prompt that does not begin with it.
  void prependBegin(std::vector<int32_t> &ids) const;

private:
  Expected<void> loadEnds(const GGUFFile &file);
  Expected<void> loadBegin(const GGUFFile &file);
  void recogniseAddedTokens();
  void indexSpecialTokens();
  void encodeText(std::string_view text, BytePairEncoder::Workspace &workspace,
                  std::vector<int32_t> &ids) const;
  template <typename MayBe>
  void encodeWith(std::string_view text, MayBe mayBe,
                  std::vector<int32_t> &ids) const;
  template <typename MayBe>
  std::optional<int32_t> findSpecialAt(std::string_view text,
                                       MayBe mayBe) const;

  Vocabulary tokens;
  BytePairEncoder encoder;
  std::vector<int32_t> ends;
  std::optional<int32_t> begin;
  /// Lengths of the special tokens' texts, each once, longest first, and the
  /// bytes they begin with.
  std::vector<size_t> specialLengths;
  std::bitset<256> specialStarts;
};

} // namespace ignis

#endif // IGNIS_TEXT_TOKENIZER_H
