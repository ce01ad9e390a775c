//===- Requests.cpp - What clients ask for --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChatMessages.h"
#include "Fields.h"

#include "ignis/Engine/SamplingRequest.h"
#include "ignis/Support/JSONNesting.h"
#include "ignis/Support/OrderedJSON.h"

using namespace ignis;

const char *ApiError::type() const {
  switch (status) {
  case 401:
    return "authentication_error";
  case 404:
    return "not_found_error";
  case 429:
    return "rate_limit_error";
  default:
    return status < 500 ? "invalid_request_error" : "server_error";
  }
}

std::string ignis::showValue(const Json &value) {
  // Of a large one not all is written only to be thrown away.
  if (value.is_structured() && value.size() > 8)
    return value.is_array() ? "a list" : "an object";
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

tl::expected<Json, ApiError> ignis::parseBody(const std::string &body) {
  if (!isJSONShallow(body))
    return tl::unexpected(
        ApiError{400, fmt::format("the body is nested deeper than {} levels",
                                  mostJSONNesting)});
  Json json = parseOrderedJSON(body);
  if (!json.is_object())
    return tl::unexpected(
        ApiError{400, json.is_discarded()
                          ? "the body is no JSON: expected an object"
                          : "expected an object in JSON as the body"});
  return json;
}

static tl::expected<Prompt, ApiError> readTokens(const Json &list,
                                                 const std::string &field) {
  Prompt prompt;
  for (const Json &token : list) {
    if (!token.is_number_integer() || token < 0 ||
        token > std::numeric_limits<int32_t>::max())
      return refuseField(field, "{}: expected tokens, found {}", field,
                         showValue(token));
    prompt.tokens.push_back(token.get<int32_t>());
  }
  return prompt;
}

tl::expected<std::vector<Prompt>, ApiError>
ignis::readPrompts(const Json &value, const std::string &field, size_t most) {
  if (value.is_string())
    return std::vector<Prompt>{{value.get<std::string>(), {}}};
  if (!value.is_array() || value.empty())
    return refuseField(field,
                       "{}: expected a text, tokens, or a list of either, "
                       "found {}",
                       field, showValue(value));
  std::vector<Prompt> prompts;
  if (value[0].is_number()) {
    auto tokens = readTokens(value, field);
    if (!tokens)
      return tl::unexpected(tokens.error());
    prompts.push_back(std::move(*tokens));
    return prompts;
  }
  if (value.size() > most)
    return refuseField(field, "{}: expected at most {}, found {}", field, most,
                       value.size());
  for (const Json &element : value) {
    if (element.is_string()) {
      prompts.push_back({element.get<std::string>(), {}});
      continue;
    }
    if (!element.is_array() || element.empty())
      return refuseField(field, "{}: expected a text or tokens, found {}", field,
                         showValue(element));
    auto tokens = readTokens(element, field);
    if (!tokens)
      return tl::unexpected(tokens.error());
    prompts.push_back(std::move(*tokens));
  }
  return prompts;
}

static void readStops(Fields &fields, ApiRequest &request) {
  const Json *value = fields.find("stop");
  if (!value)
    return;
  constexpr size_t most = 16;
  Json list = value->is_array() ? *value : Json::array({*value});
  if (list.size() > most)
    return fields.fail({400,
                        fmt::format("stop: expected at most {} texts, found {}",
                                    most, list.size()),
                        "stop"});
  for (const Json &stop : list) {
    if (!stop.is_string() || stop.get_ref<const std::string &>().empty())
      return fields.refuse("stop", "a text or texts");
    request.stops.push_back(stop.get<std::string>());
  }
}

/// The samplers' fields are those of `ignis-run --batch`.
static void readOptions(Fields &fields, const Json &object,
                        ApiRequest &request) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  nlohmann::json sampling = nlohmann::json::object();
  for (const auto &[name, value] : object.items())
    if (isSamplingField(name)) {
      fields.ignore({name.c_str()});
      sampling[name] = value;
    }
  if (auto read = readSampling(sampling, request.sampling); !read) {
    const std::string &message = read.error().message;
    fields.fail({400, message, message.substr(0, message.find(':'))});
  }
  if (fields.find("seed")) {
    uint64_t seed = 0;
    fields.number<uint64_t>("seed", 0, uint64_t{1} << 53, seed);
    request.seed = seed;
  }
  fields.number<int64_t>("n", 1, 16, request.choices);
  fields.boolean("ignore_eos", request.ignoresEnd);
  fields.boolean("ignis_receipt", request.wantsReceipt);
  std::vector<const char *> lengths = {"max_tokens", "max_completion_tokens"};
  if (request.kind == ApiRequest::Kind::Response)
    lengths = {"max_output_tokens"};
  for (const char *name : lengths)
    if (fields.find(name)) {
      if (request.mostTokens)
        fields.refuse(name, "no {} beside it", lengths[0]);
      int64_t count = 0;
      fields.number<int64_t>(name, 0, most, count);
      request.mostTokens = count;
    }
}

static void readStream(Fields &fields, ApiRequest &request) {
  fields.boolean("stream", request.stream);
  const Json *options = fields.find("stream_options");
  if (!options)
    return;
  if (!options->is_object() || !request.stream)
    return fields.refuse("stream_options", "an object, together with stream");
  Fields inner(*options);
  inner.boolean("include_usage", request.streamsUsage);
  inner.ignore({"include_obfuscation"});
  fields.finish("stream_options", inner);
}

static void readProbabilities(Fields &fields, ApiRequest &request) {
  constexpr int64_t most = 20;
  if (request.kind == ApiRequest::Kind::Completion) {
    request.wantsProbabilities = fields.find("logprobs") != nullptr;
    fields.number<int64_t>("logprobs", 0, most, request.topTokens);
    return;
  }
  fields.boolean("logprobs", request.wantsProbabilities);
  fields.number<int64_t>("top_logprobs", 0, most, request.topTokens);
  if (fields.find("top_logprobs") && !request.wantsProbabilities)
    fields.refuse("top_logprobs", "logprobs together with it");
}

/// What OpenAI's clients send that changes nothing here.
static void readTheRest(Fields &fields, ApiRequest &request) {
  fields.ignore({"user", "metadata", "safety_identifier", "prompt_cache_key",
                 "prompt_cache_retention", "service_tier", "cache_prompt"});
  fields.only("store", false);
  if (request.kind == ApiRequest::Kind::Completion) {
    fields.only("echo", false);
    fields.only("suffix", "");
    fields.only("best_of", request.choices);
  }
}

tl::expected<ApiRequest, ApiError>
ignis::parseApiRequest(ApiRequest::Kind kind, const std::string &body) {
  auto json = parseBody(body);
  if (!json)
    return tl::unexpected(json.error());
  ApiRequest request;
  request.kind = kind;
  Fields fields(*json);
  fields.text("model", request.model);
  readOptions(fields, *json, request);
  readStream(fields, request);
  readTheRest(fields, request);
  if (kind != ApiRequest::Kind::Response) {
    readStops(fields, request);
    readProbabilities(fields, request);
  }
  fields.text("grammar", request.grammar);
  if (fields.find("grammar") && request.grammar.empty())
    fields.refuse("grammar", "a grammar in GBNF");
  switch (kind) {
  case ApiRequest::Kind::Completion:
    if (const Json *prompt = fields.find("prompt"))
      fields.take(readPrompts(*prompt, "prompt", 64), request.prompts);
    else
      fields.refuse("prompt", "a text, tokens, or a list of either");
    readSchema(fields, request);
    break;
  case ApiRequest::Kind::Chat:
    readChat(fields, request);
    break;
  case ApiRequest::Kind::Response:
    readResponse(fields, request);
    break;
  }
  if (!request.schema.empty() && !request.grammar.empty())
    fields.refuse("grammar", "no response_format beside it");
  if (auto done = fields.finish(); !done)
    return tl::unexpected(done.error());
  return request;
}
