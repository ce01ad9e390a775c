//===- Shapes.h - Answers in OpenAI's shapes ------------------ -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_SHAPES_H
#define IGNIS_LIB_SERVER_SHAPES_H

#include "Fields.h"

#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// An answer, or one of several.
struct Choice {
  std::string content, reasoning;
  Json calls = Json::array();
  Json probabilities = Json::array(); ///< as describeToken gives them
  const char *reason = nullptr;       ///< why it has ended
};

/// A token with its log-probability and those of the `top` likeliest.
Json describeToken(const Tokenizer &tokenizer, std::span<const float> logits,
                   int32_t token, int64_t top);

/// What the answers to a request look like.
class Shape {
public:
  Shape(ApiRequest request, std::string model);

  std::string print(const Json &value) const;
  /// A line of a stream.
  std::string event(const Json &value) const;

  Json whole(std::span<const Choice> choices, const Json &usage) const;
  Json message(const Choice &choice) const;
  /// A piece of an answer: of `delta`, "logprobs" goes beside it.
  Json chunk(size_t index, Json delta, const char *reason) const;
  /// The last one of a stream: what `rest` has.
  Json lastChunk(const Json &rest) const;
  Json usage(int64_t prompt, int64_t answer) const;

  /// Of a response: the whole of it, and the items of its output.
  Json response(const char *status, Json output, const Json &usage) const;
  std::string reasoningId() const { return "rs-" + id; }
  std::string messageId() const { return "msg-" + id; }
  Json reasoningItem(const std::string &text) const;
  Json messageItem(const std::string &text, const char *status) const;

  ApiRequest request;

private:
  Json frame(bool isChunk) const;
  Json probabilities(const Json &entries) const;
  Json wholeResponse(const Choice &choice, const Json &usage) const;

  std::string model;
  std::string id;
  int64_t created;
};

} // namespace ignis

#endif // IGNIS_LIB_SERVER_SHAPES_H
