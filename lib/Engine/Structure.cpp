//===- Structure.cpp - What answers have to look like ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Structure.h"

using namespace ignis;

std::shared_ptr<const TokenTrie>
ignis::makeTokenTrie(const Tokenizer &tokenizer, int64_t vocab) {
  const Vocabulary &vocabulary = tokenizer.vocabulary();
  std::vector<std::string> texts(static_cast<size_t>(vocab));
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    TokenType type = vocabulary.type(id);
    bool isText = type == TokenType::Normal || type == TokenType::Byte ||
                  type == TokenType::UserDefined;
    if (isText && !tokenizer.isEndToken(id))
      vocabulary.appendBytes(id, texts[static_cast<size_t>(id)]);
  }
  return std::make_shared<TokenTrie>(std::move(texts));
}
