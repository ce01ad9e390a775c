//===- LoadTokenizer.h - A model file's tokenizer --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_LOADTOKENIZER_H
#define IGNIS_ENGINE_LOADTOKENIZER_H

#include "ignis/Model/ModelDescription.h"
#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// Models without one can be fed with tokens all the same.
inline bool hasTokenizer(const GGUFFile &file) {
  return file.find("tokenizer.ggml.model") != nullptr;
}

/// Refuses one that makes tokens the model does not know.
inline Expected<Tokenizer> loadTokenizer(const GGUFFile &file,
                                         const ModelDescription &model) {
  Expected<Tokenizer> tokenizer = Tokenizer::load(file);
  if (tokenizer && tokenizer->vocabulary().size() > model.config.vocab)
    return makeError(
        ExitCode::InvalidModel,
        "{}: expected at most {} tokens, the rows of the embedding "
        "table, found {}",
        file.path(), model.config.vocab, tokenizer->vocabulary().size());
  return tokenizer;
}

} // namespace ignis

#endif // IGNIS_ENGINE_LOADTOKENIZER_H
