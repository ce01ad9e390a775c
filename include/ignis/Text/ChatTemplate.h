//===- ChatTemplate.h - Conversations as prompts ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chat template is a program, in Jinja, that makes a prompt of a
// conversation. It comes with the model file or from the user, and is run in a
// sandbox: lib/Text/Template has the language, python-free-docs/text.md what it
// knows.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_CHATTEMPLATE_H
#define IGNIS_TEXT_CHATTEMPLATE_H

#include "ignis/Text/Template/Value.h"
#include "ignis/Text/Tokenizer.h"

#include <ctime>
#include <memory>
#include <span>

namespace ignis {

namespace jinja {
struct Syntax;
} // namespace jinja

/// One of a conversation's `messages`. Those that are more than text are made
/// from JSON: see jinja::parseJSON.
jinja::Value makeMessage(std::string_view role, MarkedText content);

/// Of this machine, for ChatTemplate::render.
std::tm getLocalTime();

class ChatTemplate {
public:
  /// `origin` names the source in messages, which name line and construct too.
  static Expected<ChatTemplate> parse(std::string_view source,
                                      std::string origin);
  /// Of a model file.
  static Expected<ChatTemplate> load(const GGUFFile &file);
  static bool isIn(const GGUFFile &file);

  /// What special tokens are called in templates (bos_token, eos_token and so
  /// on) and are in this file.
  void setSpecialTokens(const GGUFFile &file, const Vocabulary &tokens);

  /// The prompt that the template makes of its variables: `messages`, `tools`,
  /// `add_generation_prompt` and any others. Only what the template itself
  /// wrote in it may be special tokens. `now` is what strftime_now tells.
  Expected<MarkedText> render(const jinja::Mapping &variables,
                              const std::tm &now) const;

private:
  std::string origin;
  std::shared_ptr<const jinja::Syntax> syntax;
  jinja::Mapping defaults; ///< variables that are set before any others
};

} // namespace ignis

#endif // IGNIS_TEXT_CHATTEMPLATE_H
