//===- ChatTemplateTest.cpp - Conversations as prompts --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/ChatTemplate.h"
#include "TextTestUtils.h"
#include "ignis/Text/CheckText.h"
#include "ignis/Text/Template/JSON.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace ignis;
using namespace ignis::test;
using nlohmann::ordered_json;

/// Qwen2's, with Qwen2.5's default system message.
static constexpr std::string_view source =
    R"({% for message in messages %}{% if loop.first and messages[0]['role'])"
    R"( != 'system' %}{{ '<|im_start|>system\nYou are Qwen, created by Alibaba)"
    R"( Cloud. You are a helpful assistant.<|im_end|>\n' }}{% endif %})"
    R"({{'<|im_start|>' + message['role'] + '\n' + message['content'] +)"
    R"( '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %})"
    R"({{ '<|im_start|>assistant\n' }}{% endif %})";

static ChatTemplate parse(std::string_view text) {
  Expected<ChatTemplate> chat = ChatTemplate::parse(text, "test");
  EXPECT_TRUE(chat) << chat.error().message;
  return *chat;
}

static Expected<MarkedText> render(const ChatTemplate &chat,
                                   const ordered_json &variables) {
  std::tm now{};
  now.tm_year = 126;
  now.tm_mon = 10;
  now.tm_mday = 25;
  now.tm_hour = 12;
  std::mktime(&now); // the day of the week
  return chat.render(*jinja::parseJSONObject(variables.dump()), now);
}

static std::string renderText(const ChatTemplate &chat,
                              const ordered_json &variables) {
  Expected<MarkedText> text = render(chat, variables);
  return text ? std::string(text->bytes()) : "error: " + text.error().message;
}

static ordered_json readCases(const std::string &path) {
  return ordered_json::parse(readFile(path));
}

static ordered_json chatCases() {
  return readCases(IGNIS_TEXT_INPUTS "/chat-cases.json");
}

static void expectCase(const ChatTemplate &chat, const ordered_json &c) {
  Expected<MarkedText> text = render(chat, c);
  if (c.contains("error")) {
    EXPECT_FALSE(text) << c["template"] << " " << c["name"];
    return;
  }
  ASSERT_TRUE(text) << c["name"] << ": " << text.error().message;
  EXPECT_EQ(text->bytes(), c["expected"].get<std::string>()) << c["name"];
}

//===----------------------------------------------------------------------===//
// Against Hugging Face's renderer
//===----------------------------------------------------------------------===//

TEST(ChatTemplate, RendersQwen2s) {
  ChatTemplate chat = parse(source);
  ordered_json cases = chatCases();
  EXPECT_EQ(cases.size(), 24u);
  for (const ordered_json &c : cases)
    expectCase(chat, c);
}

TEST(ChatTemplate, RendersQwen25sAndQwen3sOwn) {
  std::string folder = sharedData();
  if (folder.empty())
    GTEST_SKIP() << "needs the shared test data";
  std::map<std::string, ChatTemplate> chats;
  for (const char *name : {"qwen2.5", "qwen3"}) {
    Expected<GGUFFile> file = GGUFFile::open(folder + name + "-vocab.gguf");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(checkText(*file, 151'936));
    Expected<ChatTemplate> chat = ChatTemplate::load(*file);
    ASSERT_TRUE(chat) << chat.error().message;
    chats.emplace(name, *chat);
  }
  for (const ordered_json &c : chatCases())
    expectCase(chats.at("qwen2.5"), c);
  ordered_json cases = readCases(IGNIS_TEXT_INPUTS "/chat-tools-cases.json");
  EXPECT_EQ(cases.size(), 90u);
  for (const ordered_json &c : cases)
    expectCase(chats.at(c["template"]), c);
}

TEST(ChatTemplate, RendersThoseThatPeopleHave) {
  std::string folder = sharedData();
  if (folder.empty())
    GTEST_SKIP() << "needs the shared test data";
  folder += "templates/";
  std::map<std::string, ChatTemplate> chats;
  ordered_json cases = readCases(folder + "cases.json");
  EXPECT_EQ(cases.size(), 240u);
  for (const ordered_json &c : cases) {
    std::string name = c["template"];
    if (!chats.contains(name))
      chats.emplace(name, parse(readFile(folder + name + ".jinja")));
    expectCase(chats.at(name), c);
  }
  EXPECT_EQ(chats.size(), 8u);
}

//===----------------------------------------------------------------------===//
// Special tokens
//===----------------------------------------------------------------------===//

TEST(ChatTemplate, OnlyItsOwnTokensAreTokens) {
  ChatTemplate chat = parse(source);
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  for (const ordered_json &c : chatCases()) {
    std::vector<int32_t> ids = loaded.tokenizer.encode(*render(chat, c));
    bool withSystem = c["messages"][0]["role"] == "system";
    auto ends = std::ranges::count(ids, loaded.id("<|im_end|>"));
    EXPECT_EQ(size_t(ends), c["messages"].size() + !withSystem) << c["name"];
    EXPECT_EQ(loaded.tokenizer.decode(ids, SpecialTokens::Recognised),
              c["expected"].get<std::string>());
  }
}

/// Whatever the template does with it, what a caller says is text.
TEST(ChatTemplate, NothingMakesTokensOfWhatIsSaid) {
  const char *sources[] = {
      "{{ x }}",
      "{{ x ~ '' }}",
      "{{ x + '' }}",
      "{{ '' ~ x ~ x }}",
      "{{ x * 2 }}",
      "{{ x[:5] + x[5:] }}",
      "{{ x[::-1][::-1] }}",
      "{{ x|upper|lower }}",
      "{{ x.upper().lower() }}",
      "{{ x|title|lower }}",
      "{{ x|capitalize|lower }}",
      "{{ x.swapcase().swapcase() }}",
      "{{ x|trim }}",
      "{{ x.strip() }}",
      "{{ ('  ' + x).lstrip() }}",
      "{{ x|replace('?', '!') }}",
      "{{ x.replace('_', '_') }}",
      "{{ 'a'.replace('a', x) }}",
      "{{ x.split('_')|join('_') }}",
      "{{ '_'.join(x.split('_')) }}",
      "{{ x.partition('_')|join }}",
      "{{ x.rsplit('_', 1)|join('_') }}",
      "{{ x.splitlines()|first }}",
      "{{ x|list|join }}",
      "{{ x|reverse|reverse }}",
      "{% for c in x %}{{ c }}{% endfor %}",
      "{% for c in x|list|reverse|list|reverse %}{{ c }}{% endfor %}",
      "{% set y %}{{ x }}{% endset %}{{ y }}",
      ("{% set n = namespace(y='') %}{% for c in x %}{% set n.y = n.y + c %}"
       "{% endfor %}{{ n.y }}"),
      "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}",
      "{% filter lower %}{{ x }}{% endfilter %}",
      "{{ {x: 1}|list|first }}",
      "{{ {x: 1} }}",
      "{{ [x] }}",
      "{{ [x]|tojson }}",
      "{{ {'a': x}|tojson(indent=2) }}",
      "{{ (x|tojson)[1:-1] }}",
      "{{ x|string|safe }}",
      "{{ [x, x]|map('lower')|join }}",
      "{{ [x]|sort|first }}",
      "{{ x|indent(2, true) }}",
      "{{ x|default('') }}",
      "{{ [{'a': x}]|map(attribute='a')|join }}",
      "{{ m|items|map('last')|join }}",
      "{{ m.y.z ~ m['y']['z'] }}",
      "{{ strftime_now(x) }}",
      "{{ '<|im_' + x[5:] }}",
      "{{ x[:-1] + '>' }}",
      "{{ '<|im_end' + x[-2:] }}",
  };
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  ordered_json variables = {{"x", "<|im_end|>"},
                            {"m", {{"y", {{"z", "<|im_end|>"}}}}}};
  for (const char *text : sources) {
    Expected<MarkedText> rendered = render(parse(text), variables);
    ASSERT_TRUE(rendered) << text << ": " << rendered.error().message;
    EXPECT_NE(rendered->bytes().find("m_end"), std::string::npos) << text;
    std::vector<int32_t> ids = loaded.tokenizer.encode(*rendered);
    EXPECT_EQ(std::ranges::count(ids, loaded.id("<|im_end|>")), 0) << text;
  }
  // the same, said by the template
  for (const char *text :
       {"<|im_end|>", "{{ '<|im_end|>' }}", "{{ '<|im_' + 'END|>'.lower() }}",
        "{{ 'a'.replace('a', '<|im_end|>') }}", "{{ ['<|im_', 'end|>']|join }}",
        "{{ bos }}"}) {
    ChatTemplate chat = parse(text);
    Metadata metadata = TestVocabulary().metadata();
    metadata.set("tokenizer.ggml.bos_token_id",
                 uint32_t(loaded.id("<|im_end|>")));
    LoadedTokenizer withBegin = loadTokenizer(metadata);
    chat.setSpecialTokens(withBegin.file, withBegin.tokenizer.vocabulary());
    if (std::string_view(text) == "{{ bos }}")
      chat = [&] {
        ChatTemplate other = parse("{{ bos_token }}");
        other.setSpecialTokens(withBegin.file,
                               withBegin.tokenizer.vocabulary());
        return other;
      }();
    EXPECT_EQ(loaded.tokenizer.encode(*render(chat, variables)),
              (std::vector{loaded.id("<|im_end|>")}))
        << text;
  }
}

TEST(ChatTemplate, TextBetweenTokensIsCutAsAWhole) {
  ChatTemplate chat = parse(source);
  LoadedTokenizer loaded = loadTokenizer(
      TestVocabulary({"\u010A \u010A", "\u010A\u010A \u010A"}).metadata());
  ordered_json input = {
      {"messages", {{{"role", "user"}, {"content", "\n\nHi"}}}},
      {"add_generation_prompt", true}};
  MarkedText text = *render(chat, input);
  EXPECT_EQ(loaded.tokenizer.encode(text),
            loaded.tokenizer.encode(text.bytes(), SpecialTokens::Recognised));
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// As Qwen2's and Qwen1.5's files have it: with line ends in string literals.
TEST(ChatTemplate, LineEndsMayStandInStrings) {
  std::string text(source);
  for (size_t at = 0; (at = text.find("\\n", at)) != text.npos;)
    text.replace(at, 2, "\n");
  ChatTemplate chat = parse(text);
  for (const ordered_json &c : chatCases())
    expectCase(chat, c);
}

TEST(ChatTemplate, WordsOfASystemMessageAreOnlyWords) {
  std::string text(source);
  text.replace(text.find("helpful"), 7, "thinking, image-loving");
  EXPECT_NE(renderText(parse(text),
                       {{"messages", {{{"role", "user"}, {"content", "Hi"}}}}})
                .find("You are a thinking, image-loving assistant."),
            std::string::npos);
}

TEST(ChatTemplate, RefusesAFileWithout) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  Expected<ChatTemplate> chat = ChatTemplate::load(loaded.file);
  ASSERT_FALSE(chat);
  EXPECT_EQ(chat.error().code, ExitCode::InvalidModel);
  EXPECT_NE(chat.error().message.find(
                "key 'tokenizer.chat_template': expected a template for a "
                "conversation, found none"),
            std::string::npos)
      << chat.error().message;
}

TEST(CheckText, LooksAtTokenizerAndTemplate) {
  auto check = [](const Metadata &metadata, int64_t vocab) {
    std::vector<std::byte> bytes = metadata.encode();
    Expected<GGUFFile> file = GGUFFile::fromBytes(bytes, "test.gguf");
    Expected<void> checked = checkText(*file, vocab);
    return checked ? "" : checked.error().message;
  };
  Metadata metadata = TestVocabulary().metadata();
  metadata.set("tokenizer.chat_template", source);
  EXPECT_EQ(check(metadata, 260), "");
  EXPECT_EQ(check(Metadata(), 260), "");
  EXPECT_NE(check(metadata, 259).find("at most 259 tokens"), std::string::npos);
  metadata.set("tokenizer.chat_template", std::string_view("a\n{% for %}"));
  EXPECT_NE(check(metadata, 260)
                .find("key 'tokenizer.chat_template': line 2: {% for %}:"),
            std::string::npos)
      << check(metadata, 260);
  metadata.set("tokenizer.ggml.pre", std::string_view("llama-bpe"));
  EXPECT_NE(check(metadata, 260).find("tokenizer.ggml.pre"), std::string::npos);
}
