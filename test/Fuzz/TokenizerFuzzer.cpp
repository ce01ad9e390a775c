//===- TokenizerFuzzer.cpp - Any text to tokens, any tokens to text -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With the bundled model's tokenizer. A text comes back as it was but for what
// is no UTF-8 and for its normal form; tokens that come one by one give what
// they give together.
//
//===----------------------------------------------------------------------===//

#include "FuzzInput.h"

#include "ignis/Model/Bundled.h"
#include "ignis/Text/StreamDecoder.h"
#include "ignis/Text/Unicode.h"

using namespace ignis;
using fuzz::Input;
using fuzz::require;

static const Tokenizer &getTokenizer() {
  static const GGUFFile *file =
      new GGUFFile(*GGUFFile::fromBytes(getBundledModel(), "bundled"));
  static const Tokenizer *tokenizer = new Tokenizer(*Tokenizer::load(*file));
  return *tokenizer;
}

static void checkEncoding(std::string_view text) {
  const Tokenizer &tokenizer = getTokenizer();
  std::vector<int32_t> ids = tokenizer.encode(text);
  std::string expected = normalizeNFC(repairUTF8(text));
  require(tokenizer.decode(ids) == expected,
          "a text's tokens are its normal form");
  require(normalizeNFC(expected) == expected, "a normal form is its own");
  // With special tokens there are more ways to write a text, not other texts.
  ids = tokenizer.encode(text, SpecialTokens::Recognised);
  require(tokenizer.decode(ids, SpecialTokens::Recognised) == expected ||
              text.find("<|") != text.npos,
          "special tokens are their texts");
  for (int32_t id : ids)
    require(tokenizer.vocabulary().contains(id), "tokens are the vocabulary's");
}

static void checkDecoding(Input input) {
  const Tokenizer &tokenizer = getTokenizer();
  std::vector<int32_t> ids;
  while (!input.rest().empty())
    ids.push_back(static_cast<int32_t>(input.number()) - 16);
  for (SpecialTokens special :
       {SpecialTokens::AsText, SpecialTokens::Recognised}) {
    StreamDecoder decoder(tokenizer, special);
    std::string text;
    for (int32_t id : ids) {
      text += decoder.push(id);
      require(repairUTF8(text) == text, "what was written is UTF-8");
    }
    text += decoder.flush();
    require(text == repairUTF8(tokenizer.decode(ids, special)),
            "one by one is as all at once");
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input input(data, size);
  if (input.byte() % 2 == 0)
    checkEncoding(input.rest());
  else
    checkDecoding(input);
  return 0;
}
