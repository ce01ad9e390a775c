//===- Shapes.cpp - Answers in OpenAI's shapes ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Shapes.h"

#include "ignis/Engine/Logprobs.h"

#include <chrono>
#include <random>

using namespace ignis;
using Kind = ApiRequest::Kind;

static std::string makeId(Kind kind) {
  static thread_local std::random_device device;
  const char *prefix = kind == Kind::Chat         ? "chatcmpl"
                       : kind == Kind::Completion ? "cmpl"
                                                  : "resp";
  return fmt::format("{}-{:08x}{:08x}{:08x}", prefix, device(), device(),
                     device());
}

Shape::Shape(ApiRequest request, std::string model)
    : request(std::move(request)), model(std::move(model)),
      id(makeId(this->request.kind)),
      created(std::chrono::duration_cast<std::chrono::seconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count()) {}

std::string Shape::print(const Json &value) const {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Shape::event(const Json &value) const {
  return "data: " + print(value) + "\n\n";
}

//===----------------------------------------------------------------------===//
// Probabilities
//===----------------------------------------------------------------------===//

Json ignis::describeToken(const Tokenizer &tokenizer,
                          std::span<const float> logits, int32_t token,
                          int64_t top) {
  return describeLogprobs(findLogprobs(logits, token, top), &tokenizer);
}

/// Chats have a list of tokens, completions lists of their parts.
Json Shape::probabilities(const Json &entries) const {
  if (!request.wantsProbabilities)
    return nullptr;
  if (request.kind != Kind::Completion)
    return {{"content", entries}};
  Json tokens = Json::array(), values = Json::array(), tops = Json::array(),
       offsets = Json::array();
  for (const Json &entry : entries) {
    tokens.push_back(entry["token"]);
    values.push_back(entry["logprob"]);
    Json top = Json::object();
    for (const Json &other : entry["top_logprobs"])
      top[other["token"].get_ref<const std::string &>()] = other["logprob"];
    tops.push_back(std::move(top));
    offsets.push_back(entry["text_offset"]);
  }
  return {{"tokens", tokens},
          {"token_logprobs", values},
          {"top_logprobs", tops},
          {"text_offset", offsets}};
}

//===----------------------------------------------------------------------===//
// Answers
//===----------------------------------------------------------------------===//

Json Shape::frame(bool isChunk) const {
  const char *object = request.kind == Kind::Completion ? "text_completion"
                       : isChunk ? "chat.completion.chunk"
                                 : "chat.completion";
  return {{"id", id},
          {"object", object},
          {"created", created},
          {"model", model}};
}

Json Shape::usage(int64_t prompt, int64_t answer) const {
  bool isResponse = request.kind == Kind::Response;
  return {{isResponse ? "input_tokens" : "prompt_tokens", prompt},
          {isResponse ? "output_tokens" : "completion_tokens", answer},
          {"total_tokens", prompt + answer}};
}

Json Shape::message(const Choice &choice) const {
  Json message = {{"role", "assistant"}, {"content", choice.content}};
  if (!choice.reasoning.empty())
    message["reasoning_content"] = choice.reasoning;
  if (!choice.calls.empty()) {
    if (choice.content.empty())
      message["content"] = nullptr;
    message["tool_calls"] = choice.calls;
  }
  return message;
}

Json Shape::reasoningItem(const std::string &text) const {
  return {{"type", "reasoning"},
          {"id", reasoningId()},
          {"summary", Json::array()},
          {"content",
           Json::array({{{"type", "reasoning_text"}, {"text", text}}})}};
}

Json Shape::messageItem(const std::string &text, const char *status) const {
  return {{"type", "message"},
          {"id", messageId()},
          {"status", status},
          {"role", "assistant"},
          {"content", Json::array({{{"type", "output_text"},
                                    {"text", text},
                                    {"annotations", Json::array()}}})}};
}

Json Shape::response(const char *status, Json output, const Json &usage) const {
  bool isCut = std::string_view(status) == "incomplete";
  return {{"id", id},
          {"object", "response"},
          {"created_at", created},
          {"status", status},
          {"incomplete_details",
           isCut ? Json{{"reason", "max_output_tokens"}} : Json()},
          {"error", nullptr},
          {"model", model},
          {"output", std::move(output)},
          {"usage", usage}};
}

Json Shape::wholeResponse(const Choice &choice, const Json &usage) const {
  bool isCut = std::string_view(choice.reason) == "length";
  const char *status = isCut ? "incomplete" : "completed";
  Json output = Json::array();
  if (!choice.reasoning.empty())
    output.push_back(reasoningItem(choice.reasoning));
  output.push_back(messageItem(choice.content, status));
  return response(status, std::move(output), usage);
}

Json Shape::whole(std::span<const Choice> choices, const Json &usage) const {
  if (request.kind == Kind::Response)
    return wholeResponse(choices[0], usage);
  Json answer = frame(false);
  Json list = Json::array();
  for (size_t i = 0; i != choices.size(); ++i) {
    Json entry = {{"index", i}};
    if (request.kind == Kind::Completion)
      entry["text"] = choices[i].content;
    else
      entry["message"] = message(choices[i]);
    entry["logprobs"] = probabilities(choices[i].probabilities);
    entry["finish_reason"] = choices[i].reason;
    list.push_back(std::move(entry));
  }
  answer["choices"] = std::move(list);
  answer["usage"] = usage;
  return answer;
}

Json Shape::chunk(size_t index, Json delta, const char *reason) const {
  Json logprobs = delta.value("logprobs", Json());
  delta.erase("logprobs");
  Json entry = {{"index", index}};
  if (request.kind == Kind::Completion)
    entry["text"] = delta.value("content", "");
  else
    entry["delta"] = std::move(delta);
  entry["logprobs"] = logprobs.is_null() ? Json() : probabilities(logprobs);
  entry["finish_reason"] = reason ? Json(reason) : Json();
  Json answer = frame(true);
  answer["choices"] = Json::array({entry});
  return answer;
}

Json Shape::lastChunk(const Json &rest) const {
  Json answer = frame(true);
  answer["choices"] = Json::array();
  answer.update(rest);
  return answer;
}
