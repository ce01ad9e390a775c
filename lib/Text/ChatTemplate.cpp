//===- ChatTemplate.cpp - Conversations as prompts ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/ChatTemplate.h"

#include "Template/Evaluator.h"
#include "Template/Parser.h"

#include "ignis/Text/Unicode.h"

using namespace ignis;

static constexpr std::string_view templateKey = "tokenizer.chat_template";

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

Expected<ChatTemplate> ChatTemplate::parse(std::string_view source,
                                           std::string origin) {
  constexpr size_t mostBytes = 1 << 20;
  ChatTemplate chat;
  chat.origin = std::move(origin);
  auto refuse = [&](std::string_view why) {
    return makeError(ExitCode::Failure, "{}: {}", chat.origin, why);
  };
  if (source.size() > mostBytes)
    return refuse(fmt::format("expected a template of at most {} bytes, found "
                              "{}",
                              mostBytes, source.size()));
  jinja::Lexer lexer(repairUTF8(source));
  if (!lexer.run())
    return refuse(lexer.error());
  jinja::Parser parser(lexer.takeTokens());
  std::optional<jinja::Syntax> syntax = parser.run();
  if (!syntax)
    return refuse(parser.error());
  // What Hugging Face always gives a template.
  chat.defaults.set("tools", jinja::None());
  chat.defaults.set("documents", jinja::None());
  chat.syntax = std::make_shared<const jinja::Syntax>(std::move(*syntax));
  return chat;
}

bool ChatTemplate::isIn(const GGUFFile &file) { return file.find(templateKey); }

Expected<ChatTemplate> ChatTemplate::load(const GGUFFile &file) {
  if (!isIn(file))
    return makeError(ExitCode::InvalidModel,
                     "{}: key '{}': expected a template for a conversation, "
                     "found none",
                     file.path(), templateKey);
  Expected<std::string_view> source = file.string(templateKey);
  if (!source)
    return tl::unexpected(std::move(source.error()));
  Expected<ChatTemplate> chat =
      parse(*source, fmt::format("{}: key '{}'", file.path(), templateKey));
  if (!chat)
    chat.error().code = ExitCode::InvalidModel;
  return chat;
}

void ChatTemplate::setSpecialTokens(const GGUFFile &file,
                                    const Vocabulary &tokens) {
  struct Name {
    std::string_view variable, key;
  };
  constexpr Name names[] = {
      {"bos_token", "tokenizer.ggml.bos_token_id"},
      {"eos_token", "tokenizer.ggml.eos_token_id"},
      {"unk_token", "tokenizer.ggml.unknown_token_id"},
      {"pad_token", "tokenizer.ggml.padding_token_id"},
  };
  for (const Name &name : names) {
    Expected<uint64_t> id = file.uint(name.key);
    if (id && *id < static_cast<uint64_t>(tokens.size()))
      defaults.set(name.variable,
                   jinja::Value::text(tokens.text(static_cast<int32_t>(*id)),
                                      Origin::Template));
  }
}

//===----------------------------------------------------------------------===//
// Rendering
//===----------------------------------------------------------------------===//

jinja::Value ignis::makeMessage(std::string_view role, MarkedText content) {
  jinja::Mapping message;
  message.set("role", jinja::Value::text(role, Origin::Caller));
  message.set("content", jinja::Value::text(std::move(content)));
  return jinja::Value::mapping(std::move(message));
}

std::tm ignis::getLocalTime() {
  std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return local;
}

Expected<MarkedText> ChatTemplate::render(const jinja::Mapping &variables,
                                          const std::tm &now) const {
  jinja::Mapping all = defaults;
  for (const auto &[name, value] : variables.entries())
    all.set(name, value);
  jinja::Evaluator evaluator(*syntax, all, now);
  std::optional<MarkedText> text = evaluator.run();
  if (!text)
    return makeError(ExitCode::Failure, "{}: {}", origin, evaluator.error());
  return std::move(*text);
}
