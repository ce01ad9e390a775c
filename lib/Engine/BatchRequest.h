//===- BatchRequest.h - A line of a batch ----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_BATCHREQUEST_H
#define IGNIS_LIB_ENGINE_BATCHREQUEST_H

#include "ignis/Engine/ChatPrompt.h"
#include "ignis/Engine/Options.h"

#include <nlohmann/json.hpp>

namespace ignis {

/// What a line asks for, in the names of OpenAI's requests.
struct BatchRequest {
  nlohmann::ordered_json id; ///< "custom_id" or "id" of the line, or null
  std::vector<int32_t> prompt;
  int64_t mostTokens; ///< to generate
  SamplerOptions sampling;
  uint64_t seed;
  std::vector<std::string> stops; ///< texts that end the answer
  bool ignoreEnd;
};

/// What requests are read with. Where a line says nothing, `options` do; `chat`
/// is null if the model has no template.
struct BatchReader {
  const Options &options;
  uint64_t seed;
  const Tokenizer *tokenizer;
  const ChatTemplate *chat;
  int64_t vocab;
  int64_t context;

  /// Fills the id even if the rest is refused.
  Expected<void> read(const std::string &line, BatchRequest &request) const;

private:
  Expected<std::vector<int32_t>> readPrompt(const nlohmann::json &json) const;
  Expected<std::vector<int32_t>>
  readMessages(const nlohmann::json &messages) const;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_BATCHREQUEST_H
