//===- StreamDecoderTest.cpp - Text while tokens come in ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/StreamDecoder.h"
#include "TextTestUtils.h"
#include "ignis/Text/Unicode.h"

#include <gtest/gtest.h>

#include <random>

using namespace ignis;
using namespace ignis::test;

/// What a stream of these ids shows; each part must be whole characters.
static std::string stream(const Tokenizer &tokenizer,
                          const std::vector<int32_t> &ids,
                          SpecialTokens special = SpecialTokens::AsText) {
  StreamDecoder decoder(tokenizer, special);
  std::string text;
  for (int32_t id : ids) {
    std::string part = decoder.push(id);
    EXPECT_EQ(part, repairUTF8(part));
    text += part;
  }
  return text + decoder.flush();
}

TEST(StreamDecoder, EverySplitOfMultibyteText) {
  const std::string text = "a\u00E9\u20AC\U0001F999";
  TestVocabulary vocabulary;
  for (size_t begin = 0; begin < text.size(); ++begin)
    for (size_t length = 1; begin + length <= text.size(); ++length)
      vocabulary.add(toByteAlphabet(text.substr(begin, length)));
  LoadedTokenizer loaded = loadTokenizer(vocabulary.metadata());

  for (unsigned cuts = 0; cuts < 1u << (text.size() - 1); ++cuts) {
    std::vector<int32_t> ids;
    size_t begin = 0;
    for (size_t i = 1; i <= text.size(); ++i)
      if (i == text.size() || (cuts >> (i - 1) & 1)) {
        ids.push_back(loaded.id(toByteAlphabet(text.substr(begin, i - begin))));
        begin = i;
      }
    EXPECT_EQ(stream(loaded.tokenizer, ids), text);
  }
}

TEST(StreamDecoder, ShowsACharacterWithItsLastByte) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  StreamDecoder decoder(loaded.tokenizer);
  std::vector<int32_t> ids = loaded.tokenizer.encode("\u20ACx");
  ASSERT_EQ(ids.size(), 4u);
  EXPECT_EQ(decoder.push(ids[0]), "");
  EXPECT_EQ(decoder.push(ids[1]), "");
  EXPECT_EQ(decoder.push(ids[2]), "\u20AC");
  EXPECT_EQ(decoder.push(ids[3]), "x");
  EXPECT_EQ(decoder.flush(), "");
}

TEST(StreamDecoder, ReplacesWhatCannotBeCompleted) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  auto byte = [&](char b) {
    return loaded.id(toByteAlphabet(std::string(1, b)));
  };
  StreamDecoder decoder(loaded.tokenizer);
  EXPECT_EQ(decoder.push(byte('\xE2')), "");
  EXPECT_EQ(decoder.push(byte('\x82')), "");
  EXPECT_EQ(decoder.push(byte('A')), "\uFFFDA");
  EXPECT_EQ(decoder.push(byte('\xFF')), "\uFFFD");
  EXPECT_EQ(decoder.push(byte('\xF0')), "");
  EXPECT_EQ(decoder.flush(), "\uFFFD");
  EXPECT_EQ(decoder.flush(), "");
}

TEST(StreamDecoder, AgreesWithTheWholeOnRandomBytes) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  std::mt19937 random(1);
  constexpr std::string_view likely = "\xE2\x82\xAC\xF0\x9F\xA6\x99\xC3\xA9z";
  for (int round = 0; round < 2000; ++round) {
    std::vector<int32_t> ids;
    for (unsigned i = random() % 24; i > 0; --i) {
      char byte =
          random() % 4 ? likely[random() % likely.size()] : char(random());
      ids.push_back(loaded.id(toByteAlphabet(std::string(1, byte))));
    }
    EXPECT_EQ(stream(loaded.tokenizer, ids),
              repairUTF8(loaded.tokenizer.decode(ids)));
  }
}

TEST(StreamDecoder, WritesControlTokensOnlyWhenAsked) {
  LoadedTokenizer loaded = loadTokenizer(TestVocabulary().metadata());
  std::vector<int32_t> ids = {loaded.id("a"), loaded.id("<|im_end|>"),
                              loaded.id("<tool_call>"), 1'000'000, -1};
  EXPECT_EQ(stream(loaded.tokenizer, ids), "a<tool_call>");
  EXPECT_EQ(stream(loaded.tokenizer, ids, SpecialTokens::Recognised),
            "a<|im_end|><tool_call>");
}
