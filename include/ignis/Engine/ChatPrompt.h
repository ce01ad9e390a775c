//===- ChatPrompt.h - Conversations as tokens ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_CHATPROMPT_H
#define IGNIS_ENGINE_CHATPROMPT_H

#include "ignis/Text/ChatTemplate.h"

#include <optional>

namespace ignis {

inline constexpr std::string_view knownRoles =
    "system, developer, user, assistant or tool";

/// A role of a request as templates know it, or nothing if it is none: a
/// developer speaks as the system.
std::optional<std::string_view> findRole(std::string_view role);

/// A message of someone, in bytes that need not be UTF-8.
jinja::Value makeTextMessage(std::string_view role, std::string content);

/// The tokens that `chat` makes of messages, up to where the assistant is to
/// answer. `variables` are the template's other ones.
Expected<std::vector<int32_t>>
encodeChat(const ChatTemplate &chat, const Tokenizer &tokenizer,
           std::vector<jinja::Value> messages, jinja::Mapping variables,
           const std::tm &now);

} // namespace ignis

#endif // IGNIS_ENGINE_CHATPROMPT_H
