//===- Requests.h - What clients ask for ---------------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_REQUESTS_H
#define IGNIS_SERVER_REQUESTS_H

#include "ignis/Engine/SamplerOptions.h"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ignis {

/// In OpenAI's shape: what is wrong, and with which field.
struct ApiError {
  int status = 400;
  std::string message;
  std::string field = {};
  std::string code = {};

  /// "invalid_request_error" and so on.
  const char *type() const;
};

/// A prompt of /v1/completions.
struct Prompt {
  std::string text;
  std::vector<int32_t> tokens; ///< in place of a text, if there are any
};

/// A function that a model may call.
struct Tool {
  std::string name;
  std::string parameters; ///< a JSON schema
};

enum class ToolChoice { None, Auto, Required };

/// What /v1/completions, /v1/chat/completions and /v1/responses have in common,
/// and what is their own. It needs no model: what one makes of it is checked
/// later.
struct ApiRequest {
  enum class Kind { Completion, Chat, Response };
  Kind kind = Kind::Completion;
  std::string model;
  std::vector<Prompt> prompts;
  std::string messages;       ///< of a chat: JSON as templates take it
  std::string tools;          ///< the same, or empty
  std::string templateFields; ///< variables of the template; JSON, or empty
  std::vector<Tool> functions;
  ToolChoice toolChoice = ToolChoice::None;

  SamplerOptions sampling;
  std::optional<uint64_t> seed;
  std::optional<int64_t> mostTokens;
  std::vector<std::string> stops;
  int64_t choices = 1; ///< answers to each prompt
  /// Of a completion: its prompt has opened the thoughts.
  bool startsThinking = false;
  bool ignoresEnd = false;
  bool stream = false;
  bool streamsUsage = false;
  /// Likely tokens beside each, and whether probabilities are asked for.
  int64_t topTokens = 0;
  bool wantsProbabilities = false;
  bool wantsReceipt = false;
  std::string schema; ///< a JSON schema that answers keep to, or empty
  std::string grammar; ///< the same in GBNF
};

/// The request in the body of a call of `path`, or what is wrong with it:
/// nothing but its bytes decides.
tl::expected<ApiRequest, ApiError>
parseApiRequest(ApiRequest::Kind kind, const std::string &body);

/// An object in JSON that is not nested too deep.
tl::expected<nlohmann::ordered_json, ApiError>
parseBody(const std::string &body);

} // namespace ignis

#endif // IGNIS_SERVER_REQUESTS_H
