//===- TokenizerTest.cpp - Text to tokens and back ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextTestUtils.h"
#include "ignis/Text/Unicode.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <random>
#include <sstream>

using namespace ignis;
using namespace ignis::test;

static const std::vector<std::string> someMerges = {"h e", "l l", "he ll",
                                                    "\u0120 w"};

//===----------------------------------------------------------------------===//
// Special tokens
//===----------------------------------------------------------------------===//

TEST(Tokenizer, SpecialTokensOnlyWhenAsked) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary(someMerges).metadata());
  const Tokenizer &tokenizer = loaded.tokenizer;
  int32_t end = loaded.id("<|im_end|>");
  int32_t call = loaded.id("<tool_call>");
  std::string text = "hell<|im_end|><|im_end|> w<tool_call>";

  std::vector<int32_t> ids = tokenizer.encode(text, SpecialTokens::Recognised);
  EXPECT_EQ(ids, (std::vector{loaded.id("hell"), end, end, loaded.id("\u0120w"),
                              call}));
  EXPECT_EQ(tokenizer.decode(ids, SpecialTokens::Recognised), text);
  EXPECT_EQ(tokenizer.decode(ids), "hell w<tool_call>");

  for (int32_t id : tokenizer.encode(text)) {
    EXPECT_NE(id, end);
    EXPECT_NE(id, call);
  }
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
}

TEST(Tokenizer, LongestSpecialTokenFirst) {
  TestVocabulary vocabulary;
  int32_t shorter = vocabulary.add("<x", TokenType::Control);
  int32_t longer = vocabulary.add("<x>>", TokenType::Control);
  int32_t byte = vocabulary.add(">");
  LoadedTokenizer loaded = loadTokenizer(vocabulary.metadata());
  EXPECT_EQ(loaded.tokenizer.encode("<x><x>>", SpecialTokens::Recognised),
            (std::vector{shorter, byte, longer}));
}

TEST(Tokenizer, NothingComposesAcrossASpecialToken) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  std::vector<int32_t> ids =
      loaded.tokenizer.encode("e<|im_end|>\u0301", SpecialTokens::Recognised);
  EXPECT_EQ(loaded.tokenizer.decode(ids, SpecialTokens::Recognised),
            "e<|im_end|>\u0301");
}

TEST(Tokenizer, EndTokens) {
  TestVocabulary vocabulary;
  Metadata metadata = vocabulary.metadata();
  LoadedTokenizer loaded = loadTokenizer(metadata);
  EXPECT_TRUE(loaded.tokenizer.isEndToken(loaded.id("<|im_end|>")));
  EXPECT_TRUE(loaded.tokenizer.isEndToken(loaded.id("<|endoftext|>")));
  EXPECT_EQ(loaded.tokenizer.endTokens().size(), 2u);
  EXPECT_FALSE(loaded.tokenizer.beginToken());

  metadata.set("tokenizer.ggml.eos_token_id", uint32_t(7));
  metadata.set("tokenizer.ggml.bos_token_id", uint32_t(9));
  metadata.set("tokenizer.ggml.add_bos_token", true);
  LoadedTokenizer other = loadTokenizer(metadata);
  EXPECT_TRUE(other.tokenizer.isEndToken(7));
  EXPECT_EQ(other.tokenizer.endTokens().size(), 3u);
  EXPECT_EQ(other.tokenizer.beginToken(), 9);
}

/// What a completion of Qwen2.5-Coder goes on with is another file.
TEST(Tokenizer, FilesEndWhereTheNextOneBegins) {
  TestVocabulary vocabulary;
  std::vector<int32_t> ends;
  for (const char *text : {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_pad|>",
                           "<|repo_name|>", "<|file_sep|>"})
    ends.push_back(vocabulary.add(text, TokenType::UserDefined));
  int32_t middle = vocabulary.add("<|fim_middle|>", TokenType::UserDefined);
  int32_t named = vocabulary.add("<PAD>", TokenType::Control);
  Metadata metadata = vocabulary.metadata();
  metadata.set("tokenizer.ggml.fim_pad_token_id", uint32_t(named));
  LoadedTokenizer loaded = loadTokenizer(metadata);
  for (int32_t id : ends)
    EXPECT_TRUE(loaded.tokenizer.isEndToken(id));
  EXPECT_TRUE(loaded.tokenizer.isEndToken(named));
  EXPECT_FALSE(loaded.tokenizer.isEndToken(middle));
}

/// Whatever the file's types say, or do not say.
TEST(Tokenizer, AddedTokensAreFoundWhole) {
  struct Case {
    const char *name;
    std::function<void(std::vector<int32_t> &)> change;
  };
  const Case cases[] = {
      {"all ordinary", [](auto &types) { std::ranges::fill(types, 1); }},
      {"all 0", [](auto &types) { std::ranges::fill(types, 0); }},
      {"too few", [](auto &types) { types.resize(100); }},
      {"none", [](auto &types) { types.clear(); }},
      {"too many", [](auto &types) { types.resize(types.size() + 99, 7); }},
  };
  for (const Case &c : cases) {
    TestVocabulary vocabulary;
    vocabulary.add("</s>", TokenType::Control);
    vocabulary.add("<｜User｜>", TokenType::Control);
    vocabulary.add("<", TokenType::Normal);
    c.change(vocabulary.types);
    Metadata metadata = vocabulary.metadata();
    if (vocabulary.types.empty())
      metadata.erase("tokenizer.ggml.token_type");
    metadata.set("tokenizer.ggml.eos_token_id", uint32_t(vocabulary.add("</s>")));
    LoadedTokenizer loaded = loadTokenizer(metadata);
    const Tokenizer &tokenizer = loaded.tokenizer;
    EXPECT_EQ(tokenizer.encode("<|im_start|><|im_end|></s><｜User｜><tool_call><",
                               SpecialTokens::Recognised),
              (std::vector{loaded.id("<|im_start|>"), loaded.id("<|im_end|>"),
                           loaded.id("</s>"), loaded.id("<｜User｜>"),
                           loaded.id("<tool_call>"), loaded.id("<")}))
        << c.name;
    EXPECT_TRUE(tokenizer.isEndToken(loaded.id("<|im_end|>"))) << c.name;
    EXPECT_TRUE(tokenizer.isEndToken(loaded.id("</s>"))) << c.name;
    EXPECT_EQ(tokenizer.vocabulary().type(loaded.id("<tool_call>")),
              TokenType::UserDefined)
        << c.name;
    EXPECT_EQ(tokenizer.vocabulary().type(loaded.id("</s>")),
              TokenType::Control)
        << c.name;
  }
}

/// A byte or what merges make is ordinary, though a file ends its texts with it.
TEST(Tokenizer, AnOrdinaryEndIsNotCutOut) {
  TestVocabulary vocabulary({"l l", "ll o"});
  Metadata metadata = vocabulary.metadata();
  metadata.set("tokenizer.ggml.eos_token_id", uint32_t(vocabulary.add("ll")));
  LoadedTokenizer loaded = loadTokenizer(metadata);
  EXPECT_TRUE(loaded.tokenizer.isEndToken(loaded.id("ll")));
  EXPECT_EQ(loaded.tokenizer.encode("llo", SpecialTokens::Recognised),
            (std::vector{loaded.id("llo")}));
}

TEST(Tokenizer, TheBeginTokenStandsOnce) {
  TestVocabulary vocabulary;
  Metadata metadata = vocabulary.metadata();
  metadata.set("tokenizer.ggml.bos_token_id", uint32_t(9));
  std::vector<int32_t> ids = {5};
  loadTokenizer(metadata).tokenizer.prependBegin(ids); // not asked for
  EXPECT_EQ(ids, (std::vector{5}));

  metadata.set("tokenizer.ggml.add_bos_token", true);
  LoadedTokenizer loaded = loadTokenizer(metadata);
  loaded.tokenizer.prependBegin(ids);
  loaded.tokenizer.prependBegin(ids);
  EXPECT_EQ(ids, (std::vector{9, 5}));
  ids.clear();
  loaded.tokenizer.prependBegin(ids);
  EXPECT_EQ(ids, (std::vector{9}));
}

/// The first files of Qwen have no name of a pre-tokenizer.
TEST(Tokenizer, WithoutANameThePreTokenizerIsQwen2s) {
  Metadata metadata = TestVocabulary().metadata();
  std::vector<int32_t> ids = loadTokenizer(metadata).tokenizer.encode(
      "hello  hell1234", SpecialTokens::Recognised);
  metadata.erase("tokenizer.ggml.pre");
  EXPECT_EQ(loadTokenizer(metadata).tokenizer.encode(
                "hello  hell1234", SpecialTokens::Recognised),
            ids);
}

/// Of Qwen2's pre-tokenizer there are several names; of "none", several ids.
TEST(Tokenizer, TakesWhatChangesNothing) {
  for (const char *name :
       {"qwen2", "deepseek-r1-qwen", "megrez", "kormo", "f2llmv2"}) {
    Metadata metadata = TestVocabulary().metadata();
    metadata.set("tokenizer.ggml.pre", std::string_view(name));
    metadata.set("tokenizer.ggml.eot_token_id", ~0u);
    metadata.set("tokenizer.ggml.eom_token_id", -1);
    metadata.set("tokenizer.ggml.bos_token_id", -1);
    metadata.set("tokenizer.ggml.fim_pad_token_id", ~0u);
    metadata.set("tokenizer.ggml.padding_token_id", 1'000'000u); // unused
    LoadedTokenizer loaded = loadTokenizer(metadata);
    EXPECT_EQ(loaded.tokenizer.endTokens().size(), 2u) << name;
  }
}

//===----------------------------------------------------------------------===//
// Marked text
//===----------------------------------------------------------------------===//

TEST(Tokenizer, OnlyTheTemplatesBytesAreSpecial) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary(someMerges).metadata());
  int32_t end = loaded.id("<|im_end|>");
  auto countEnds = [&](std::initializer_list<MarkedText> parts) {
    MarkedText whole;
    for (const MarkedText &part : parts)
      whole.append(part);
    std::vector<int32_t> ids = loaded.tokenizer.encode(whole);
    EXPECT_EQ(loaded.tokenizer.decode(ids, SpecialTokens::Recognised),
              whole.bytes());
    return std::ranges::count(ids, end);
  };
  MarkedText ours("<|im_end|>", Origin::Template);
  MarkedText theirs("<|im_end|>", Origin::Caller);
  EXPECT_EQ(countEnds({ours}), 1);
  EXPECT_EQ(countEnds({theirs}), 0);
  EXPECT_EQ(countEnds({theirs, ours, theirs, theirs, ours}), 2);
  for (size_t cut = 1; cut < ours.size(); ++cut) {
    MarkedText begin = ours.slice(0, cut), end = ours.slice(cut, 99);
    EXPECT_EQ(countEnds({begin, end}), 1);
    EXPECT_EQ(countEnds({begin, theirs.slice(cut, 99)}), 0);
    EXPECT_EQ(countEnds({theirs.slice(0, cut), end}), 0);
  }
}

/// What stands between two special tokens is cut into pieces as a whole.
TEST(Tokenizer, MarksCutNothing) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary(someMerges).metadata());
  MarkedText text("he", Origin::Caller);
  text.append("ll", Origin::Template);
  EXPECT_EQ(loaded.tokenizer.encode(text), (std::vector{loaded.id("hell")}));
}

//===----------------------------------------------------------------------===//
// Round trips
//===----------------------------------------------------------------------===//

static void expectRoundTrip(const Tokenizer &tokenizer,
                            const std::string &bytes) {
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(bytes)),
            normalizeNFC(repairUTF8(bytes)));
}

TEST(Tokenizer, RandomBytesComeBack) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary(someMerges).metadata());
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (unsigned i = random() % 64; i > 0; --i)
      bytes += char(random());
    expectRoundTrip(loaded.tokenizer, bytes);
  }
}

TEST(Tokenizer, EveryCharacterComesBack) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary(someMerges).metadata());
  auto tail = [](char32_t bits) { return char(0x80 | (bits & 0x3F)); };
  std::string text;
  for (char32_t c = 0x800; c <= 0x10FFFF; ++c) { // surrogates: invalid bytes
    text += " e";
    if (c < 0x10000)
      text += {char(0xE0 | c >> 12), tail(c >> 6), tail(c)};
    else
      text += {char(0xF0 | c >> 18), tail(c >> 12), tail(c >> 6), tail(c)};
    text += "\u0301";
    if (c % 256 == 255) {
      expectRoundTrip(loaded.tokenizer, text);
      text.clear();
    }
  }
}

//===----------------------------------------------------------------------===//
// Hostile metadata
//===----------------------------------------------------------------------===//

TEST(Tokenizer, RefusesWhatIsWrong) {
  struct Case {
    std::function<void(TestVocabulary &)> breakVocabulary;
    std::function<void(Metadata &)> breakMetadata;
    const char *message;
  };
  auto whole = [](TestVocabulary &) {};
  auto intact = [](Metadata &) {};
  const Case cases[] = {
      {whole, [](Metadata &m) { m.erase("tokenizer.ggml.model"); },
       "tokenizer.ggml.model"},
      {whole,
       [](Metadata &m) {
         m.set("tokenizer.ggml.model", std::string_view("llama"));
       },
       "key 'tokenizer.ggml.model': expected Qwen2's tokenizer, 'gpt2', found "
       "'llama'"},
      {whole,
       [](Metadata &m) {
         m.set("tokenizer.ggml.pre", std::string_view("llama-bpe"));
       },
       "key 'tokenizer.ggml.pre': expected Qwen2's tokenizer, 'qwen2', found "
       "'llama-bpe'"},
      {whole, [](Metadata &m) { m.erase("tokenizer.ggml.tokens"); },
       "tokenizer.ggml.tokens"},
      {whole,
       [](Metadata &m) {
         m.set("tokenizer.ggml.tokens", std::vector<int32_t>{1, 2});
       },
       "tokenizer.ggml.tokens"},
      {whole,
       [](Metadata &m) {
         m.set("tokenizer.ggml.tokens", std::vector<std::string>());
       },
       "tokenizer.ggml.tokens"},
      {whole, [](Metadata &m) { m.set("tokenizer.ggml.token_type", 3u); },
       "tokenizer.ggml.token_type"},
      {whole, [](Metadata &m) { m.erase("tokenizer.ggml.merges"); },
       "tokenizer.ggml.merges"},
      {whole, [](Metadata &m) { m.set("tokenizer.ggml.merges", uint32_t(1)); },
       "tokenizer.ggml.merges"},
      {whole, [](Metadata &m) { m.set("tokenizer.ggml.eos_token_id", 264u); },
       "key 'tokenizer.ggml.eos_token_id': expected an id below 264, the "
       "number "
       "of tokens, found 264"},
      {whole,
       [](Metadata &m) { m.set("tokenizer.ggml.fim_pad_token_id", ~1u); },
       "key 'tokenizer.ggml.fim_pad_token_id': expected an id below 264"},
      {whole, [](Metadata &m) { m.set("tokenizer.ggml.eot_token_id", -2); },
       "tokenizer.ggml.eot_token_id"},
      {whole,
       [](Metadata &m) {
         m.set("tokenizer.ggml.eos_token_id", std::string_view("a"));
       },
       "tokenizer.ggml.eos_token_id"},
      {whole, [](Metadata &m) { m.set("tokenizer.ggml.add_bos_token", true); },
       "key 'tokenizer.ggml.bos_token_id': expected the token that every "
       "prompt begins with"},
      {whole,
       [](Metadata &m) {
         m.set("tokenizer.ggml.add_bos_token", true);
         m.set("tokenizer.ggml.bos_token_id", -1);
       },
       "tokenizer.ggml.bos_token_id"},
      {[](TestVocabulary &v) { v.types[5] = 7; }, intact,
       "key 'tokenizer.ggml.token_type': expected types from 0 to 6, found 7 "
       "at 5"},
      {[](TestVocabulary &v) { v.types[5] = -1; }, intact, "found -1 at 5"},
      {[](TestVocabulary &v) { v.tokens[70] = v.tokens[20]; }, intact,
       "key 'tokenizer.ggml.tokens': expected each token once, found"},
      {[](TestVocabulary &v) { v.tokens['z'] = "zz"; }, intact,
       "key 'tokenizer.ggml.tokens': expected a token for every byte, found "
       "none for 0x7a"},
      {[](TestVocabulary &v) { v.merges[1] = "ll"; }, intact,
       "key 'tokenizer.ggml.merges': expected two tokens with a space between "
       "them, found 'll' at 1"},
      {[](TestVocabulary &v) { v.merges[1] = "l l l"; }, intact,
       "found 'l l l' at 1"},
      {[](TestVocabulary &v) { v.merges[1] = " ll"; }, intact,
       "expected tokens of the vocabulary that make another one, found ' ll' "
       "at 1"},
      {[](TestVocabulary &v) { v.merges[0] = "he "; }, intact,
       "found 'he ' at 0"},
      {[](TestVocabulary &v) { v.merges[1] = "xx l"; }, intact,
       "found 'xx l' at 1"},
      {[](TestVocabulary &v) { v.merges[1] = "l xx"; }, intact,
       "found 'l xx' at 1"},
      {[](TestVocabulary &v) { v.merges[1] = "l x"; }, intact,
       "found 'l x' at 1"},
      {[](TestVocabulary &v) { v.merges[1] = v.merges[0]; }, intact,
       "expected each merge once, found 'h e' at 1"},
  };
  for (const Case &c : cases) {
    TestVocabulary vocabulary(someMerges);
    c.breakVocabulary(vocabulary);
    Metadata metadata = vocabulary.metadata();
    c.breakMetadata(metadata);
    std::vector<std::byte> bytes = metadata.encode();
    Expected<GGUFFile> file = GGUFFile::fromBytes(bytes, "bad.gguf");
    ASSERT_TRUE(file) << file.error().message;
    Expected<Tokenizer> tokenizer = Tokenizer::load(*file);
    ASSERT_FALSE(tokenizer) << c.message;
    EXPECT_EQ(tokenizer.error().code, ExitCode::InvalidModel);
    EXPECT_TRUE(tokenizer.error().message.starts_with("bad.gguf: "));
    EXPECT_NE(tokenizer.error().message.find(c.message), std::string::npos)
        << tokenizer.error().message;
  }
}

TEST(Tokenizer, OddTokensAreKeptAsTheyAre) {
  TestVocabulary vocabulary;
  // outside the byte alphabet, empty, a place held
  std::vector<int32_t> ids = {vocabulary.add("\u20AC"),
                              vocabulary.add("", TokenType::Control),
                              vocabulary.add("[PAD7]", TokenType::Unused)};
  LoadedTokenizer loaded = loadTokenizer(vocabulary.metadata());
  EXPECT_EQ(loaded.tokenizer.decode(ids), "\u20AC[PAD7]");
  EXPECT_EQ(loaded.tokenizer.encode("", SpecialTokens::Recognised).size(), 0u);
  EXPECT_EQ(loaded.tokenizer.encode("x", SpecialTokens::Recognised).size(), 1u);
}

//===----------------------------------------------------------------------===//
// The real vocabulary
//===----------------------------------------------------------------------===//

TEST(Tokenizer, AgreesWithQwen2sOwn) {
  std::string folder = sharedData();
  if (folder.empty())
    GTEST_SKIP() << "needs the shared test data";
  Expected<GGUFFile> file = GGUFFile::open(folder + "qwen2.5-vocab.gguf");
  ASSERT_TRUE(file) << file.error().message;
  Expected<Tokenizer> tokenizer = Tokenizer::load(*file);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->vocabulary().size(), 151'936);

  std::istringstream lines(readFile(folder + "tokenizer-vectors.jsonl"));
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    nlohmann::json vector = nlohmann::json::parse(line);
    std::string text = vector["text"];
    std::vector<int32_t> ids = tokenizer->encode(text);
    EXPECT_EQ(ids, vector["ids"].get<std::vector<int32_t>>()) << text;
    EXPECT_EQ(tokenizer->decode(ids), normalizeNFC(text));
  }
  EXPECT_EQ(count, 3000u);
}
