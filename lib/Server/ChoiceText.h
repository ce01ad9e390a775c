//===- ChoiceText.h - From tokens to the parts of an answer --- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_CHOICETEXT_H
#define IGNIS_LIB_SERVER_CHOICETEXT_H

#include "Shapes.h"

#include "ignis/Engine/AnswerText.h"
#include "ignis/Server/AnswerParts.h"

namespace ignis {

/// What the tokens of one answer become: text up to a stop, of a chat divided
/// into thoughts, calls and content.
class ChoiceText {
public:
  /// Gets each piece as it is certain, as the "delta" of a stream.
  using Sink = std::function<void(Json delta)>;

  ChoiceText(const Tokenizer &tokenizer, const ApiRequest &request,
             bool startsThinking, size_t index, Sink sink);
  ChoiceText(const ChoiceText &) = delete;
  ChoiceText &operator=(const ChoiceText &) = delete;

  /// Whether the text goes on behind it.
  bool take(int32_t token);
  /// After the last one; returns the reason, which is in `choice` then.
  const char *finish(bool isCut);

  Choice choice;

private:
  AnswerParts::Sinks makeSinks();
  void put(std::string piece);

  size_t index;
  bool hasParts;
  Sink sink;
  AnswerText text;
  AnswerParts parts;
};

} // namespace ignis

#endif // IGNIS_LIB_SERVER_CHOICETEXT_H
