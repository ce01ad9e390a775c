//===- Conversation.h - Talking with a model --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_CONVERSATION_H
#define IGNIS_LIB_ENGINE_CONVERSATION_H

#include "Generator.h"

#include "ignis/Text/ChatTemplate.h"

namespace ignis {

/// Turn by turn: a message (the prompt's, then lines of stdin), then the
/// model's answer. Each prompt is the template's text of all messages so far,
/// so that what a template does with earlier answers, such as leaving out what
/// the model thought, happens here too. What the prompt has in common with the
/// text so far is not computed again.
class Conversation {
public:
  Conversation(const Options &options, const ChatTemplate &chat,
               const Tokenizer &tokenizer, Generator &generator)
      : options(options), chat(chat), tokenizer(tokenizer),
        generator(generator), began(getLocalTime()) {}

  /// Ends with the input, or after one turn if asked to.
  Expected<void> run(const std::atomic<bool> &interrupted);

private:
  Expected<void> takeTurn(const std::string &message);
  Expected<std::vector<int32_t>> makePrompt() const;
  MarkedText getAnswer() const;

  const Options &options;
  const ChatTemplate &chat;
  const Tokenizer &tokenizer;
  Generator &generator;
  const std::tm began; ///< one time throughout, lest prompts differ
  std::vector<jinja::Value> messages;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_CONVERSATION_H
