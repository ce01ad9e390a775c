//===- TextOutput.h - The result, on stdout --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_TEXTOUTPUT_H
#define IGNIS_LIB_ENGINE_TEXTOUTPUT_H

#include "ignis/Support/CommandLine.h"
#include "ignis/Text/StreamDecoder.h"

#include <optional>
#include <span>

namespace ignis {

/// Writes tokens as text while they come, or as their ids, with commas, where
/// the model has no tokenizer. Nothing waits in a buffer.
class TextOutput {
public:
  TextOutput(const Tokenizer *tokenizer, SpecialTokens special) {
    if (tokenizer)
      decoder.emplace(*tokenizer, special);
  }

  /// Returns the text that was written.
  Expected<std::string> write(std::span<const int32_t> tokens) {
    std::string text;
    for (int32_t token : tokens)
      text += decoder ? decoder->push(token) : formatId(token);
    return put(std::move(text));
  }

  /// The end of a text: what was held back, and the end of the line.
  Expected<std::string> finish() {
    std::string text = decoder ? decoder->flush() : std::string();
    bool isInLine = text.empty() ? !atLineStart : text.back() != '\n';
    if (isInLine)
      text += '\n';
    isFirstId = true;
    return put(std::move(text));
  }

private:
  std::string formatId(int32_t token) {
    return fmt::format("{}{}", std::exchange(isFirstId, false) ? "" : ",",
                       token);
  }

  Expected<std::string> put(std::string text) {
    if (text.empty())
      return text;
    std::fwrite(text.data(), 1, text.size(), stdout);
    atLineStart = text.back() == '\n';
    if (Expected<void> flushed = flushOutput(); !flushed)
      return tl::unexpected(std::move(flushed.error()));
    return text;
  }

  std::optional<StreamDecoder> decoder;
  bool atLineStart = true;
  bool isFirstId = true;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_TEXTOUTPUT_H
