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

/// How a part of a text is shown.
enum class Shown { Plain, Dimmed, Hidden };

/// Writes tokens as text while they come, or as their ids, with commas, where
/// the model has no tokenizer. Nothing waits in a buffer.
class TextOutput {
public:
  TextOutput(const Tokenizer *tokenizer, SpecialTokens special) {
    if (tokenizer)
      decoder.emplace(*tokenizer, special);
  }

  bool isAtLineStart() const { return atLineStart; }

  Expected<void> write(std::span<const int32_t> tokens,
                       Shown shown = Shown::Plain) {
    std::string text;
    for (int32_t token : tokens)
      text += decoder ? decoder->push(token) : formatId(token);
    return put(std::move(text), shown);
  }

  /// The end of a text: what was held back, and the end of the line.
  Expected<void> finish() {
    std::string text = decoder ? decoder->flush() : std::string();
    bool isInLine = text.empty() ? !atLineStart : text.back() != '\n';
    if (isInLine)
      text += '\n';
    isFirstId = true;
    skipsSpace = false;
    return put(std::move(text), Shown::Plain);
  }

private:
  std::string formatId(int32_t token) {
    return fmt::format("{}{}", std::exchange(isFirstId, false) ? "" : ",",
                       token);
  }

  Expected<void> put(std::string text, Shown shown) {
    if (shown == Shown::Hidden) {
      skipsSpace = true; // what parted it from the answer
      return {};
    }
    if (std::exchange(skipsSpace, false)) {
      text.erase(0, text.find_first_not_of(" \n"));
      skipsSpace = text.empty();
    }
    bool isDim = shown == Shown::Dimmed;
    if (text.empty() && isDim == isDimmed)
      return {};
    if (isDim != std::exchange(isDimmed, isDim))
      std::fputs(isDim ? "\33[2m" : "\33[0m", stdout);
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!text.empty())
      atLineStart = text.back() == '\n';
    return flushOutput();
  }

  std::optional<StreamDecoder> decoder;
  bool atLineStart = true;
  bool isFirstId = true;
  bool isDimmed = false;
  bool skipsSpace = false; ///< until there is something else
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_TEXTOUTPUT_H
