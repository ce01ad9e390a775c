//===- BatchRequest.cpp - A line of a batch -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchRequest.h"

#include "ignis/Engine/SamplingRequest.h"
#include "ignis/Support/JSONNesting.h"
#include "ignis/Support/JSONNumber.h"

#include <cmath>
#include <limits>

using namespace ignis;
using nlohmann::json;

/// Those that are not about sampling.
static constexpr std::string_view knownNames[] = {
    "custom_id",  "id",   "model", "prompt",    "messages",
    "max_tokens", "seed", "stop",  "ignore_eos"};

template <typename... Args>
static tl::unexpected<Error> refuse(fmt::format_string<Args...> format,
                                    Args &&...args) {
  return makeError(ExitCode::Usage, format, std::forward<Args>(args)...);
}

static std::string show(const json &value) {
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

/// Reads a number within bounds, if the line has it.
template <typename T>
static Expected<void> readField(const json &line, const char *name, T least,
                                T most, T &into) {
  auto found = line.find(name);
  if (found == line.end() || found->is_null())
    return {};
  std::optional<T> number = readNumber(*found, least, most);
  if (!number)
    return refuse("{}: expected a number from {} to {}, found {}", name, least,
                  most, show(*found));
  into = *number;
  return {};
}

static Expected<void> readStops(const json &line, BatchRequest &request) {
  auto found = line.find("stop");
  if (found == line.end() || found->is_null())
    return {};
  json list = found->is_array() ? *found : json::array({*found});
  request.stops.clear();
  for (const json &stop : list) {
    if (!stop.is_string() || stop.get_ref<const std::string &>().empty())
      return refuse("stop: expected texts, found {}", show(stop));
    request.stops.push_back(stop.get<std::string>());
  }
  return {};
}

Expected<std::vector<int32_t>>
BatchReader::readMessages(const json &messages) const {
  if (!chat)
    return refuse("messages: expected a model with a chat template");
  std::vector<jinja::Value> converted;
  for (size_t i = 0; i != messages.size(); ++i) {
    const json &message = messages[i];
    bool isMessage = message.is_object() && message.contains("role") &&
                     message.contains("content") &&
                     message["role"].is_string() &&
                     message["content"].is_string();
    if (!isMessage)
      return refuse("messages: expected a role and a content, found {}",
                    show(message));
    for (const auto &[name, value] : message.items())
      if (name != "role" && name != "content" && !value.is_null())
        return refuse("messages[{}].{}: expected a role and a content alone, "
                      "found {}",
                      i, name, show(value));
    auto role = findRole(message["role"].get_ref<const std::string &>());
    if (!role)
      return refuse("messages[{}].role: expected {}, found {}", i, knownRoles,
                    show(message["role"]));
    converted.push_back(
        makeTextMessage(*role, message["content"].get<std::string>()));
  }
  return encodeChat(*chat, *tokenizer, std::move(converted),
                    options.chatVariables, getLocalTime());
}

Expected<std::vector<int32_t>> BatchReader::readPrompt(const json &line) const {
  bool hasPrompt = line.contains("prompt");
  if (hasPrompt == line.contains("messages"))
    return refuse("expected either prompt or messages");
  const json &value = line[hasPrompt ? "prompt" : "messages"];
  if (!hasPrompt && value.is_array() && !value.empty())
    return readMessages(value);
  if (hasPrompt && value.is_string() && tokenizer) {
    std::vector<int32_t> tokens = tokenizer->encode(
        value.get_ref<const std::string &>(), SpecialTokens::Recognised);
    tokenizer->prependBegin(tokens);
    return tokens;
  }
  std::vector<int32_t> tokens;
  for (const json &token :
       hasPrompt &&value.is_array() ? value : json::array()) {
    if (!token.is_number_integer() || token < 0 || token >= vocab)
      return refuse("prompt: expected tokens from 0 to {}, found {}", vocab - 1,
                    show(token));
    tokens.push_back(token.get<int32_t>());
  }
  if (tokens.empty())
    return refuse(
        "{}: expected {}, found {}", hasPrompt ? "prompt" : "messages",
        hasPrompt ? "a text or tokens" : "a list of messages", show(value));
  return tokens;
}

Expected<void> BatchReader::read(const std::string &text,
                                 BatchRequest &request) const {
  if (!isJSONShallow(text))
    return refuse("expected values nested at most {} deep", mostJSONNesting);
  json line = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!line.is_object())
    return refuse("expected an object in JSON on a line, found {}",
                  line.is_discarded() ? "something else" : show(line));
  for (const char *name : {"id", "custom_id"})
    if (line.contains(name))
      request.id = line[name];
  for (const auto &[name, value] : line.items())
    if (!isSamplingField(name) &&
        std::ranges::find(knownNames, name) == std::end(knownNames))
      return refuse("{}: is not supported", name);

  request.mostTokens = options.predict;
  request.sampling = options.sampling;
  request.seed = seed;
  request.stops = options.reversePrompts;
  request.ignoreEnd = options.ignoreEnd;
  if (line.contains("ignore_eos")) {
    if (!line["ignore_eos"].is_boolean())
      return refuse("ignore_eos: expected true or false, found {}",
                    show(line["ignore_eos"]));
    request.ignoreEnd = line["ignore_eos"].get<bool>();
  }
  constexpr int64_t mostTokens = std::numeric_limits<int32_t>::max();
  for (Expected<void> done :
       {readField<int64_t>(line, "max_tokens", 0, mostTokens,
                           request.mostTokens),
        readField<uint64_t>(line, "seed", 0, uint64_t{1} << 53, request.seed),
        readSampling(line, request.sampling),
        checkSampling(request.sampling, vocab)})
    if (!done)
      return done;
  if (auto done = readStops(line, request); !done)
    return done;
  Expected<std::vector<int32_t>> prompt = readPrompt(line);
  if (!prompt)
    return tl::unexpected(std::move(prompt.error()));
  request.prompt = std::move(*prompt);
  auto length = static_cast<int64_t>(request.prompt.size());
  if (length == 0 || length > context)
    return refuse("prompt: expected 1 to {} tokens, found {}", context, length);
  // The last token's follower has a position or is the last one.
  int64_t room = context - length + 1;
  if (request.mostTokens < 0 || request.mostTokens > room)
    request.mostTokens = room;
  return {};
}
