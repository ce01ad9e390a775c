//===- ChatTemplate.cpp - Conversations as Qwen2's prompts ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/ChatTemplate.h"

#include <algorithm>

using namespace ignis;

static constexpr std::string_view templateKey = "tokenizer.chat_template";
static constexpr std::string_view startToken = "<|im_start|>";
static constexpr std::string_view endToken = "<|im_end|>";

//===----------------------------------------------------------------------===//
// Recognising a template
//===----------------------------------------------------------------------===//
//
// Templates are Jinja programs. Those of the Qwen2 family differ in layout, in
// how tools are described and in the default system message, and do the same
// with the messages of a conversation. So they are told by the statement that
// writes a message, whatever its layout, and by the absence of what would
// change a message or the prompt.

static void replaceAll(std::string &text, std::string_view from,
                       std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;)
    text.replace(at, from.size(), to);
}

/// Without white space, with single quotes, `a.b` for `a['b']`, and literals
/// that are added to one another as one.
static std::string canonicalize(std::string_view source) {
  std::string text;
  for (char c : source)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
      text += c == '"' ? '\'' : c;
  replaceAll(text, "message['role']", "message.role");
  replaceAll(text, "message['content']", "message.content");
  replaceAll(text, "'+'", "");
  return text;
}

static bool isQwen2Template(std::string_view source) {
  std::string text = canonicalize(source);
  auto contains = [&](std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  constexpr std::string_view required[] = {
      R"('<|im_start|>'+message.role+'\n'+message.content+'<|im_end|>\n')",
      R"('<|im_start|>assistant\n')",
      "add_generation_prompt",
  };
  constexpr std::string_view forbidden[] = {
      "think",  "image",  "bos_token",       "|trim",
      "strip(", "split(", "raise_exception", "replace",
  };
  return std::ranges::all_of(required, contains) &&
         std::ranges::none_of(forbidden, contains);
}

/// The value of a Jinja literal's inside.
static std::string unescape(std::string_view literal) {
  std::string text;
  for (size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] != '\\' || i + 1 == literal.size()) {
      text += literal[i];
      continue;
    }
    char escaped = literal[++i];
    switch (escaped) {
    case 'n':
      text += '\n';
      break;
    case 't':
      text += '\t';
      break;
    case '\\':
    case '\'':
    case '"':
      text += escaped;
      break;
    default:
      text += {'\\', escaped};
    }
  }
  return text;
}

/// The text of the literal that writes a whole system message, if there is one.
static std::optional<std::string> findDefaultSystem(std::string_view source) {
  constexpr std::string_view beginning = R"(<|im_start|>system\n)";
  for (size_t at = 1; (at = source.find(beginning, at)) != source.npos; ++at) {
    char quote = source[at - 1];
    std::string_view literal = source.substr(at + beginning.size());
    size_t length = 0;
    while (length < literal.size() && literal[length] != quote)
      length += literal[length] == '\\' ? 2 : 1;
    literal = literal.substr(0, length);
    if (size_t end = literal.find(endToken); end != literal.npos)
      return unescape(literal.substr(0, end));
  }
  return std::nullopt;
}

std::optional<ChatTemplate> ChatTemplate::recognise(std::string_view source) {
  if (!isQwen2Template(source))
    return std::nullopt;
  ChatTemplate chat;
  chat.system = findDefaultSystem(source);
  return chat;
}

/// What a refused template is called: whose it is, if a mark tells, or how it
/// begins.
static std::string nameTemplate(std::string_view source) {
  struct Family {
    std::string_view mark;
    std::string_view name;
  };
  constexpr Family families[] = {
      {"<|start_header_id|>", "Llama 3's"},
      {"[INST]", "Mistral's or Llama 2's"},
      {"<start_of_turn>", "Gemma's"},
      {"<｜User｜>", "DeepSeek's"},
      {"<|start|>", "gpt-oss's"},
      {"enable_thinking", "Qwen3's"},
      {"<|vision_start|>", "Qwen2-VL's"},
      {"<|assistant|>", "Phi-3's or Zephyr's"},
      {"<|im_start|>", "another ChatML"},
  };
  for (const Family &family : families)
    if (source.find(family.mark) != source.npos)
      return std::string(family.name);
  return quoteForMessage(source);
}

Expected<ChatTemplate> ChatTemplate::load(const GGUFFile &file,
                                          const Tokenizer &tokenizer) {
  auto refuse = [&](std::string_view found) {
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected Qwen2's template for a "
                     "conversation, found {}; a prompt without one (-p, no "
                     "-cnv) works",
                     file.path(), templateKey, found);
  };
  if (!file.find(templateKey))
    return refuse("none");
  Expected<std::string_view> source = file.string(templateKey);
  if (!source)
    return tl::unexpected(std::move(source.error()));
  std::optional<ChatTemplate> chat = recognise(*source);
  if (!chat)
    return refuse(nameTemplate(*source));
  const Vocabulary &tokens = tokenizer.vocabulary();
  for (std::string_view text : {startToken, endToken}) {
    std::optional<int32_t> id = tokens.find(text);
    if (!id || !tokens.isSpecial(*id))
      return refuse(fmt::format("no control token {} for it", text));
  }
  return std::move(*chat);
}

//===----------------------------------------------------------------------===//
// Rendering
//===----------------------------------------------------------------------===//

namespace {

class Renderer {
public:
  void addToken(std::string_view token) {
    text.append(token, Origin::Template);
  }

  void addText(std::string_view more) { text.append(more, Origin::Caller); }

  void openMessage(std::string_view role) {
    addToken(startToken);
    addText(role);
    addText("\n");
  }

  void closeMessage() {
    addToken(endToken);
    addText("\n");
  }

  void addMessage(std::string_view role, std::string_view content) {
    openMessage(role);
    addText(content);
    closeMessage();
  }

  MarkedText take() { return std::move(text); }

private:
  MarkedText text;
};

} // namespace

static std::string_view roleName(ChatRole role) {
  switch (role) {
  case ChatRole::System:
    return "system";
  case ChatRole::User:
    return "user";
  case ChatRole::Assistant:
    return "assistant";
  }
  return {};
}

MarkedText ChatTemplate::render(std::span<const ChatMessage> messages,
                     bool addGenerationPrompt) const {
  Renderer renderer;
  bool hasSystem =
      !messages.empty() && messages.front().role == ChatRole::System;
  if (system && !hasSystem)
    renderer.addMessage(roleName(ChatRole::System), *system);
  for (const ChatMessage &message : messages)
    renderer.addMessage(roleName(message.role), message.content);
  if (addGenerationPrompt)
    renderer.openMessage(roleName(ChatRole::Assistant));
  return renderer.take();
}

MarkedText ChatTemplate::renderNext(std::string_view content) const {
  Renderer renderer;
  renderer.closeMessage();
  renderer.addMessage(roleName(ChatRole::User), content);
  renderer.openMessage(roleName(ChatRole::Assistant));
  return renderer.take();
}
