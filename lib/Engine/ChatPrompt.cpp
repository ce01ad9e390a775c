//===- ChatPrompt.cpp - Conversations as tokens ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/ChatPrompt.h"

#include "ignis/Engine/ChatRendering.h"
#include "ignis/Text/Unicode.h"

using namespace ignis;

std::optional<std::string_view> ignis::findRole(std::string_view role) {
  if (role == "developer")
    return "system";
  for (std::string_view known : {"system", "user", "assistant", "tool"})
    if (role == known)
      return known;
  return std::nullopt;
}

jinja::Value ignis::makeTextMessage(std::string_view role,
                                    std::string content) {
  return makeMessage(
      repairUTF8(role),
      MarkedText(repairUTF8(std::move(content)), Origin::Caller));
}

Expected<std::vector<int32_t>>
ignis::encodeChat(const ChatTemplate &chat, const Tokenizer &tokenizer,
                  std::vector<jinja::Value> messages, jinja::Mapping variables,
                  const std::tm &now) {
  Expected<MarkedText> text =
      renderChat(chat, std::move(messages), std::move(variables), now);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  std::vector<int32_t> tokens = tokenizer.encode(*text);
  tokenizer.prependBegin(tokens);
  return tokens;
}
