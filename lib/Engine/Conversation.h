//===- Conversation.h - Talking with a model -------------------*- C++ -*-===//
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
/// model's answer. Ends with the input, or after one turn if asked to.
Expected<void> converse(const Options &options, const ChatTemplate &chat,
                        const Tokenizer &tokenizer, Generator &generator,
                        const std::atomic<bool> &interrupted);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_CONVERSATION_H
