//===- CheckText.cpp - What a model file says about text ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/CheckText.h"

#include "ignis/Text/ChatTemplate.h"

using namespace ignis;

bool ignis::hasTokenizer(const GGUFFile &file) {
  return file.find("tokenizer.ggml.model") != nullptr;
}

Expected<Tokenizer> ignis::loadTokenizer(const GGUFFile &file, int64_t vocab) {
  Expected<Tokenizer> tokenizer = Tokenizer::load(file);
  if (tokenizer && tokenizer->vocabulary().size() > vocab)
    return makeError(ExitCode::InvalidModel,
                     "{}: expected at most {} tokens, the rows of the "
                     "embedding table, found {}",
                     file.path(), vocab, tokenizer->vocabulary().size());
  return tokenizer;
}

Expected<void> ignis::checkText(const GGUFFile &file, int64_t vocab) {
  if (hasTokenizer(file))
    if (Expected<Tokenizer> tokenizer = loadTokenizer(file, vocab); !tokenizer)
      return tl::unexpected(std::move(tokenizer.error()));
  if (file.find("tokenizer.chat_template"))
    if (Expected<ChatTemplate> chat = ChatTemplate::load(file); !chat)
      return tl::unexpected(std::move(chat.error()));
  return {};
}
