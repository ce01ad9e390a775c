//===- StreamDecoder.h - Text while tokens come in --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_STREAMDECODER_H
#define IGNIS_TEXT_STREAMDECODER_H

#include "ignis/Text/Tokenizer.h"

#include <cstdint>
#include <string>

namespace ignis {

/// Turns tokens into text one by one. What it returns is always UTF-8: the
/// bytes of a character that is not complete are held back, and those that can
/// never be part of one become U+FFFD, as when the whole is decoded at once.
class StreamDecoder {
public:
  explicit StreamDecoder(const Tokenizer &tokenizer,
                         SpecialTokens special = SpecialTokens::AsText)
      : tokenizer(tokenizer), special(special) {}

  /// The text that this token completes, which may be empty.
  std::string push(int32_t id);

  /// The end of the text: U+FFFD for what was held back, if anything was.
  std::string flush();

private:
  const Tokenizer &tokenizer;
  SpecialTokens special;
  std::string pending; ///< less than one character
};

} // namespace ignis

#endif // IGNIS_TEXT_STREAMDECODER_H
