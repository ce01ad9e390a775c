//===- AnswerText.h - The text of an answer, as it comes --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_ANSWERTEXT_H
#define IGNIS_ENGINE_ANSWERTEXT_H

#include "ignis/Text/StreamDecoder.h"

#include <vector>

namespace ignis {

/// Text of tokens up to the first of some stops, which is not part of it.
/// Nothing is given out that may yet turn out to be one.
class AnswerText {
public:
  /// `stops` are not empty texts.
  AnswerText(const Tokenizer &tokenizer, std::vector<std::string> stops,
             SpecialTokens special = SpecialTokens::AsText)
      : decoder(tokenizer, special), stops(std::move(stops)) {}

  /// The text that is certain by this token; empty once it is stopped.
  std::string push(int32_t token);
  /// The rest of a text that ends for another reason.
  std::string finish();

  bool isStopped() const { return stopped; }

private:
  std::string release(std::string more);

  StreamDecoder decoder;
  std::vector<std::string> stops;
  std::string held; ///< may be the beginning of a stop
  bool stopped = false;
};

} // namespace ignis

#endif // IGNIS_ENGINE_ANSWERTEXT_H
