//===- ChatTemplateTest.cpp - Conversations as prompts --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/ChatTemplate.h"
#include "TextTestUtils.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace ignis;
using namespace ignis::test;
using nlohmann::json;

/// Qwen2's, with Qwen2.5's default system message.
static constexpr std::string_view source =
    R"({% for message in messages %}{% if loop.first and messages[0]['role'])"
    R"( != 'system' %}{{ '<|im_start|>system\nYou are Qwen, created by Alibaba)"
    R"( Cloud. You are a helpful assistant.<|im_end|>\n' }}{% endif %})"
    R"({{'<|im_start|>' + message['role'] + '\n' + message['content'] +)"
    R"( '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %})"
    R"({{ '<|im_start|>assistant\n' }}{% endif %})";

static std::string join(const MarkedText &text) {
  return std::string(text.bytes());
}

static std::vector<ChatMessage> readMessages(const json &messages) {
  std::vector<ChatMessage> read;
  for (const json &message : messages) {
    std::string role = message["role"];
    read.push_back({role == "system" ? ChatRole::System
                    : role == "user" ? ChatRole::User
                                     : ChatRole::Assistant,
                    message["content"]});
  }
  return read;
}

static json chatCases() {
  return json::parse(readFile(IGNIS_TEXT_INPUTS "/chat-cases.json"));
}

static void expectCases(const ChatTemplate &chat) {
  json cases = chatCases();
  EXPECT_EQ(cases.size(), 24u);
  for (const json &c : cases) {
    MarkedText segments =
        chat.render(readMessages(c["messages"]), c["add_generation_prompt"]);
    EXPECT_EQ(join(segments), c["expected"].get<std::string>()) << c["name"];
  }
}

TEST(ChatTemplate, RendersAsTheTemplateDoes) {
  std::optional<ChatTemplate> chat = ChatTemplate::recognise(source);
  ASSERT_TRUE(chat);
  expectCases(*chat);
}

TEST(ChatTemplate, RecognisesQwen25sOwn) {
  std::string folder = sharedData();
  if (folder.empty())
    GTEST_SKIP() << "needs the shared test data";
  Expected<GGUFFile> file = GGUFFile::open(folder + "qwen2.5-vocab.gguf");
  ASSERT_TRUE(file) << file.error().message;
  Expected<Tokenizer> tokenizer = Tokenizer::load(*file);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  Expected<ChatTemplate> chat = ChatTemplate::load(*file, *tokenizer);
  ASSERT_TRUE(chat) << chat.error().message;
  expectCases(*chat);
}

TEST(ChatTemplate, OnlyItsOwnTokensAreTokens) {
  ChatTemplate chat = *ChatTemplate::recognise(source);
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  const Tokenizer &tokenizer = loaded.tokenizer;
  for (const json &c : chatCases()) {
    std::vector<ChatMessage> messages = readMessages(c["messages"]);
    std::vector<int32_t> ids =
        tokenizer.encode(chat.render(messages, c["add_generation_prompt"]));
    bool withSystem = messages[0].role == ChatRole::System;
    auto ends = std::ranges::count(ids, loaded.id("<|im_end|>"));
    EXPECT_EQ(size_t(ends), messages.size() + !withSystem) << c["name"];
    EXPECT_EQ(tokenizer.decode(ids, SpecialTokens::Recognised),
              c["expected"].get<std::string>());
  }
}

TEST(ChatTemplate, TextBetweenTokensIsCutAsAWhole) {
  ChatTemplate chat = *ChatTemplate::recognise(source);
  LoadedTokenizer loaded = loadTokenizer(
      TestVocabulary({"\u010A \u010A", "\u010A\u010A \u010A"}).metadata());
  std::vector<ChatMessage> messages = {{ChatRole::User, "\n\nHi"}};
  MarkedText segments = chat.render(messages, true);
  EXPECT_EQ(loaded.tokenizer.encode(segments),
            loaded.tokenizer.encode(join(segments), SpecialTokens::Recognised));
}

TEST(ChatTemplate, TheNextTurnContinuesThePrompt) {
  ChatTemplate chat = *ChatTemplate::recognise(source);
  std::vector<ChatMessage> messages = {{ChatRole::User, "a"}};
  std::string text = join(chat.render(messages, true)) + "answer" +
                     join(chat.renderNext("b <|im_end|>"));
  messages.push_back({ChatRole::Assistant, "answer"});
  messages.push_back({ChatRole::User, "b <|im_end|>"});
  EXPECT_EQ(text, join(chat.render(messages, true)));
}

TEST(ChatTemplate, TheDefaultSystemMessageIsTheFiles) {
  auto replaced = [](std::string_view from, std::string_view to) {
    std::string text(source);
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  std::string literal = R"('<|im_start|>system\nYou are Qwen, created by )"
                        R"(Alibaba Cloud. You are a helpful assistant.)"
                        R"(<|im_end|>\n')";
  auto system = [&](std::string_view to) {
    return ChatTemplate::recognise(replaced(literal, to))->defaultSystem();
  };
  EXPECT_EQ(system(R"("<|im_start|>system\nYou're it.<|im_end|>\n")"),
            "You're it.");
  EXPECT_EQ(system(R"('<|im_start|>system\nIn \\boxed{}.\n\'x\'<|im_end|>\n')"),
            "In \\boxed{}.\n'x'");
  EXPECT_EQ(system("''"), std::nullopt);
  // a literal that ends early is another one's
  EXPECT_EQ(system(R"('<|im_start|>system\n' + x + '<|im_end|>\n')"),
            std::nullopt);
}

TEST(ChatTemplate, RefusesOthersByName) {
  struct Case {
    const char *source;
    const char *found;
  };
  std::string thinking = std::string(source) + "{{ '<think>' }}";
  const Case cases[] = {
      {nullptr, "found none;"},
      {"", "found ''"},
      {"{{ messages }}", "found '{{ messages }}'"},
      {"{{'<|start_header_id|>' + message.role}}", "found Llama 3's"},
      {"{{ '[INST]' }}", "found Mistral's or Llama 2's"},
      {"{{ '<start_of_turn>' }}", "found Gemma's"},
      {"{% if enable_thinking %}<|im_start|>{% endif %}", "found Qwen3's"},
      {thinking.c_str(), "found another ChatML"},
  };
  for (const Case &c : cases) {
    Metadata metadata = TestVocabulary().metadata();
    if (c.source)
      metadata.set("tokenizer.chat_template", std::string_view(c.source));
    LoadedTokenizer loaded = loadTokenizer(metadata);
    Expected<ChatTemplate> chat =
        ChatTemplate::load(loaded.file, loaded.tokenizer);
    ASSERT_FALSE(chat);
    const std::string &message = chat.error().message;
    EXPECT_EQ(chat.error().code, ExitCode::InvalidModel);
    EXPECT_NE(message.find(c.found), std::string::npos) << message;
    EXPECT_NE(message.find("tokenizer.chat_template"), std::string::npos);
    EXPECT_NE(message.find("-p"), std::string::npos);
  }
}

TEST(ChatTemplate, NeedsItsTokens) {
  TestVocabulary vocabulary;
  vocabulary.types[vocabulary.types.size() - 2] = int32_t(TokenType::Normal);
  vocabulary.tokens[vocabulary.tokens.size() - 2] = "[im_end]";
  Metadata metadata = vocabulary.metadata();
  metadata.set("tokenizer.chat_template", source);
  LoadedTokenizer loaded = loadTokenizer(metadata);
  Expected<ChatTemplate> chat =
      ChatTemplate::load(loaded.file, loaded.tokenizer);
  ASSERT_FALSE(chat);
  EXPECT_NE(chat.error().message.find("<|im_end|>"), std::string::npos);
}
