//===- Dialogue.h - Messages of a conversation ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_DIALOGUE_H
#define IGNIS_LIB_ENGINE_DIALOGUE_H

#include "ignis/Engine/ChatPrompt.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>

namespace ignis {

/// What was said: a system message or none, then messages of the user, each
/// answered but for the last, which may be waiting.
class Dialogue {
public:
  struct Message {
    std::string role;
    MarkedText content;
  };

  /// Text of a message need not be UTF-8; it is repaired.
  void setSystem(std::string text);
  void ask(std::string text);
  void answer(MarkedText text) {
    messages_.push_back({"assistant", std::move(text)});
  }

  /// Null if there is none.
  const MarkedText *system() const;
  bool hasQuestion() const { return messages_.size() > begin(); }
  bool isAnswered() const {
    return hasQuestion() && messages_.back().role == "assistant";
  }
  /// The user's last message; there is one.
  std::string lastQuestion() const;

  void forgetAnswer();
  /// The last message of the user, and its answer if there is one.
  void forgetQuestion();
  /// All but the system message.
  void clear() {
    messages_.erase(messages_.begin() + ptrdiff_t(begin()), messages_.end());
  }
  /// The oldest message of the user and its answer, unless that is the last
  /// one; whether there was one.
  bool forgetOldest();

  /// For a template.
  std::vector<jinja::Value> values() const;

  std::string toJSON() const;
  static Expected<Dialogue> fromJSON(std::string_view text);

private:
  /// Of what follows the system message.
  size_t begin() const { return system() ? 1 : 0; }

  std::vector<Message> messages_;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_DIALOGUE_H
