//===- ChatTemplate.h - Conversations as Qwen2's prompts --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_CHATTEMPLATE_H
#define IGNIS_TEXT_CHATTEMPLATE_H

#include "ignis/Text/Tokenizer.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ignis {

enum class ChatRole { System, User, Assistant };

struct ChatMessage {
  ChatRole role;
  std::string content;
};

/// The chat template of Qwen2 and Qwen2.5: each message is
///
///   <|im_start|>ROLE\nCONTENT<|im_end|>\n
///
/// and a conversation that does not begin with a system message is given the
/// default one of the file's template. Only <|im_start|> and <|im_end|> of the
/// template itself are tokens; a message that contains them is text.
class ChatTemplate {
public:
  /// The template of a file, recognised by its text. Refuses others, by name.
  static Expected<ChatTemplate> load(const GGUFFile &file,
                                     const Tokenizer &tokenizer);

  /// Of a template's source; nothing if it is not Qwen2's.
  static std::optional<ChatTemplate> recognise(std::string_view source);

  /// What the template has for a conversation without a system message.
  const std::optional<std::string> &defaultSystem() const { return system; }

  /// The prompt of a whole conversation, for Tokenizer::encode. With
  /// `addGenerationPrompt` it ends where the assistant's answer begins.
  MarkedText render(std::span<const ChatMessage> messages,
                                  bool addGenerationPrompt) const;

  /// What stands between an answer without its end token and the next one,
  /// when the user says `content`: appended to the tokens of the conversation
  /// so far, it continues `render`.
  MarkedText renderNext(std::string_view content) const;

private:
  std::optional<std::string> system;
};

} // namespace ignis

#endif // IGNIS_TEXT_CHATTEMPLATE_H
