//===- ChatRendering.cpp - What a template makes of messages --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/ChatRendering.h"

using namespace ignis;

Expected<MarkedText> ignis::renderChat(const ChatTemplate &chat,
                                       std::vector<jinja::Value> messages,
                                       jinja::Mapping variables,
                                       const std::tm &now) {
  variables.set("messages", jinja::Value::sequence(std::move(messages)));
  variables.set("add_generation_prompt", true);
  Expected<MarkedText> text = chat.render(variables, now);
  if (text && text->size() == 0)
    return makeError(ExitCode::Failure,
                     "the chat template makes no prompt of the conversation: "
                     "expected text, found none");
  return text;
}
