//===- ChatRendering.h - What a template makes of messages -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_CHATRENDERING_H
#define IGNIS_ENGINE_CHATRENDERING_H

#include "ignis/Text/ChatTemplate.h"

namespace ignis {

/// What `chat` makes of messages, up to where the assistant is to answer; never
/// empty. `variables` are the template's other ones.
Expected<MarkedText> renderChat(const ChatTemplate &chat,
                                std::vector<jinja::Value> messages,
                                jinja::Mapping variables, const std::tm &now);

} // namespace ignis

#endif // IGNIS_ENGINE_CHATRENDERING_H
