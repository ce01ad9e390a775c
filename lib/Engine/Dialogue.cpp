//===- Dialogue.cpp - Messages of a conversation --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Dialogue.h"

#include "ignis/Text/Unicode.h"

#include <nlohmann/json.hpp>

using namespace ignis;
using nlohmann::json;

static MarkedText makeText(std::string text) {
  return MarkedText(repairUTF8(std::move(text)), Origin::Caller);
}

void Dialogue::setSystem(std::string text) {
  if (system())
    messages_.front().content = makeText(std::move(text));
  else
    messages_.insert(messages_.begin(), {"system", makeText(std::move(text))});
}

void Dialogue::ask(std::string text) {
  messages_.push_back({"user", makeText(std::move(text))});
}

const MarkedText *Dialogue::system() const {
  return !messages_.empty() && messages_.front().role == "system"
             ? &messages_.front().content
             : nullptr;
}

std::string Dialogue::lastQuestion() const {
  const Message &message = messages_[messages_.size() - (isAnswered() ? 2 : 1)];
  return std::string(message.content.bytes());
}

void Dialogue::forgetAnswer() {
  if (isAnswered())
    messages_.pop_back();
}

void Dialogue::forgetQuestion() {
  forgetAnswer();
  if (hasQuestion())
    messages_.pop_back();
}

bool Dialogue::forgetOldest() {
  constexpr size_t exchange = 2;
  if (messages_.size() < begin() + exchange + 1)
    return false;
  auto first = messages_.begin() + static_cast<ptrdiff_t>(begin());
  messages_.erase(first, first + exchange);
  return true;
}

std::vector<jinja::Value> Dialogue::values() const {
  std::vector<jinja::Value> values;
  for (const Message &message : messages_)
    values.push_back(makeMessage(message.role, message.content));
  return values;
}

//===----------------------------------------------------------------------===//
// JSON: roles, and pieces of text with whether a template wrote them
//===----------------------------------------------------------------------===//

std::string Dialogue::toJSON() const {
  json list = json::array();
  for (const auto &[role, content] : messages_) {
    json pieces = json::array();
    for (size_t at = 0, end; at != content.size(); at = end) {
      Origin origin = content.originAt(at);
      for (end = at; end != content.size() && content.originAt(end) == origin;)
        ++end;
      pieces.push_back({{"text", content.bytes().substr(at, end - at)},
                        {"special", origin == Origin::Template}});
    }
    list.push_back({{"role", role}, {"content", std::move(pieces)}});
  }
  return json{{"messages", std::move(list)}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
}

/// No message where it is none.
static std::optional<Dialogue::Message> readMessage(const json &value) {
  if (!value.is_object() || !value.contains("role") ||
      !value["role"].is_string() || !value.contains("content"))
    return std::nullopt;
  Dialogue::Message message{value["role"].get<std::string>(), {}};
  for (const json &piece : value["content"]) {
    bool isPiece = piece.is_object() && piece.contains("text") &&
                   piece["text"].is_string() && piece.contains("special") &&
                   piece["special"].is_boolean();
    if (!isPiece)
      return std::nullopt;
    message.content.append(
        repairUTF8(piece["text"].get<std::string>()),
        piece["special"].get<bool>() ? Origin::Template : Origin::Caller);
  }
  return message;
}

Expected<Dialogue> Dialogue::fromJSON(std::string_view text) {
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  auto refuse = [] {
    return makeError(ExitCode::Failure,
                     "expected the messages of a conversation beside the text");
  };
  if (!value.is_object() || !value.contains("messages"))
    return refuse();
  Dialogue dialogue;
  for (const json &each : value["messages"]) {
    std::optional<Message> message = readMessage(each);
    // The roles take turns.
    std::string_view expected = dialogue.messages_.empty() ? "system"
                                : dialogue.hasQuestion() &&
                                        !dialogue.isAnswered()
                                    ? "assistant"
                                    : "user";
    bool fits = message && (message->role == expected ||
                            (expected == "system" && message->role == "user"));
    if (!fits)
      return refuse();
    dialogue.messages_.push_back(std::move(*message));
  }
  return dialogue;
}
