//===- Receipt.cpp - What an answer was computed from ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Receipt.h"

#include "ignis/Engine/SamplingRequest.h"
#include "ignis/Support/Hash.h"

#include <bit>
#include <charconv>

using namespace ignis;

static constexpr int64_t version = 1;
static constexpr const char *kindNames[] = {"completion", "chat", "response"};
static constexpr std::pair<const char *, ignis_type> cacheTypes[] = {
    {"f16", IGNIS_TYPE_F16}, {"f32", IGNIS_TYPE_F32}};

uint64_t ignis::digestLogits(std::span<const float> logits) {
  Hash hash;
  for (float logit : logits)
    hash.addWord(std::bit_cast<uint32_t>(logit));
  return hash.value();
}

Receipt Receipt::begin(const ApiRequest &request,
                       const PreparedRequest &prepared, int64_t cacheType) {
  Receipt receipt;
  receipt.modelHash = prepared.modelHash;
  receipt.cacheType = cacheType;
  receipt.request = request;
  receipt.request.startsThinking = prepared.startsThinking;
  for (const TextRequest &text : prepared.texts)
    receipt.texts.push_back(
        {text.prompt, text.seed, text.mostTokens, {}, {}, false});
  return receipt;
}

ApiRequest Receipt::makeRequest(const Text &text) const {
  ApiRequest made = request;
  made.kind = ApiRequest::Kind::Completion;
  made.prompts = {{"", text.prompt}};
  made.seed = text.seed;
  made.mostTokens = text.mostTokens;
  made.choices = 1;
  return made;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string writeHash(uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

static Json writeFormat(const ApiRequest &request) {
  if (request.toolChoice == ToolChoice::Required) {
    Json functions = Json::array();
    for (const Tool &tool : request.functions)
      functions.push_back(
          {{"name", tool.name}, {"parameters", tool.parameters}});
    return {{"functions", functions}};
  }
  if (!request.schema.empty())
    return {{"json_schema", request.schema}};
  if (!request.grammar.empty())
    return {{"grammar", request.grammar}};
  return nullptr;
}

Json Receipt::write() const {
  Json list = Json::array();
  for (const Text &text : texts) {
    Json digests = Json::array();
    for (uint64_t digest : text.digests)
      digests.push_back(writeHash(digest));
    list.push_back({{"prompt", text.prompt},
                    {"seed", text.seed},
                    {"max_tokens", text.mostTokens},
                    {"answer", text.tokens},
                    {"ending", text.isWhole ? "stop" : "length"},
                    {"logits", std::move(digests)}});
  }
  const char *cache = "f16";
  for (auto [name, type] : cacheTypes)
    if (type == cacheType)
      cache = name;
  return {{"version", version},
          {"model", writeHash(modelHash)},
          {"cache_type", cache},
          {"kind", kindNames[static_cast<size_t>(request.kind)]},
          {"options", writeSampling(request.sampling)},
          {"ignore_eos", request.ignoresEnd},
          {"stop", request.stops},
          {"format", writeFormat(request)},
          {"thinking", request.startsThinking},
          {"tools", !request.tools.empty()},
          {"texts", std::move(list)}};
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static void readHash(Fields &fields, const Json *value, const char *name,
                     uint64_t &hash) {
  std::string text = value && value->is_string() ? value->get<std::string>()
                                                 : "";
  const char *end = text.data() + text.size();
  auto [rest, status] = std::from_chars(text.data(), end, hash, 16);
  if (text.size() != 16 || status != std::errc() || rest != end)
    fields.refuse(name, "16 hexadecimal digits");
}

static void readTokens(Fields &fields, const char *name,
                       std::vector<int32_t> &tokens) {
  const Json *list = fields.find(name);
  if (!list || !list->is_array())
    return fields.refuse(name, "a list of tokens");
  for (const Json &token : *list) {
    if (!token.is_number_integer() || token < 0 ||
        token > std::numeric_limits<int32_t>::max())
      return fields.refuse(name, "a list of tokens");
    tokens.push_back(token.get<int32_t>());
  }
}

static tl::expected<Receipt::Text, ApiError> readText(const Json &json) {
  if (!json.is_object())
    return refuseField("texts", "texts: expected objects, found {}",
                       showValue(json));
  Fields fields(json);
  Receipt::Text text;
  readTokens(fields, "prompt", text.prompt);
  readTokens(fields, "answer", text.tokens);
  const Json *seed = fields.find("seed");
  if (seed && seed->is_number_unsigned())
    text.seed = seed->get<uint64_t>();
  else
    fields.refuse("seed", "a whole number not below 0");
  if (!fields.find("max_tokens"))
    fields.refuse("max_tokens", "a number");
  fields.number<int64_t>("max_tokens", 0, std::numeric_limits<int32_t>::max(),
                         text.mostTokens);
  std::string ending;
  fields.text("ending", ending);
  text.isWhole = ending == "stop";
  if (!text.isWhole && ending != "length")
    fields.refuse("ending", "stop or length");
  const Json *digests = fields.find("logits");
  if (!digests || !digests->is_array() ||
      digests->size() != text.tokens.size())
    fields.refuse("logits", "a digest for each token of the answer");
  else
    for (const Json &digest : *digests)
      readHash(fields, &digest, "logits", text.digests.emplace_back());
  if (auto done = fields.finish(); !done)
    return tl::unexpected(done.error());
  return text;
}

static void readFormat(Fields &fields, ApiRequest &request) {
  const Json *format = fields.find("format");
  if (!format)
    return;
  if (!format->is_object() || format->size() != 1)
    return fields.refuse("format", "one of json_schema, grammar and functions");
  const std::string &name = format->begin().key();
  const Json &value = format->begin().value();
  if (name == "functions" && value.is_array() && !value.empty()) {
    request.toolChoice = ToolChoice::Required;
    for (const Json &tool : value) {
      if (!tool.is_object() || !tool.contains("name") ||
          !tool["name"].is_string() || !tool.contains("parameters") ||
          !tool["parameters"].is_string())
        return fields.refuse("format", "functions with a name and parameters");
      request.functions.push_back({tool["name"].get<std::string>(),
                                   tool["parameters"].get<std::string>()});
    }
    return;
  }
  bool isSchema = name == "json_schema";
  if ((!isSchema && name != "grammar") || !value.is_string() ||
      value.get_ref<const std::string &>().empty())
    return fields.refuse("format", "one of json_schema, grammar and functions");
  (isSchema ? request.schema : request.grammar) = value.get<std::string>();
}

static void readOptions(Fields &fields, SamplerOptions &into) {
  const Json *options = fields.find("options");
  if (!options || !options->is_object())
    return fields.refuse("options", "an object");
  for (const auto &[name, value] : options->items())
    if (!isSamplingField(name))
      return fields.fail(
          {400, fmt::format("options.{}: is not supported", name), "options"});
  if (auto read = readSampling(nlohmann::json(*options), into); !read)
    fields.fail({400, "options." + read.error().message, "options"});
}

static void readStops(Fields &fields, std::vector<std::string> &stops) {
  const Json *list = fields.find("stop");
  if (!list || !list->is_array())
    return fields.refuse("stop", "a list of texts");
  for (const Json &stop : *list) {
    if (!stop.is_string() || stop.get_ref<const std::string &>().empty())
      return fields.refuse("stop", "a list of texts");
    stops.push_back(stop.get<std::string>());
  }
}

tl::expected<Receipt, ApiError> Receipt::read(const Json &json) {
  if (!json.is_object())
    return refuseField("", "expected a receipt, an object, found {}",
                       showValue(json));
  Fields fields(json);
  Receipt receipt;
  const Json *found = fields.find("version");
  if (!found || *found != version)
    fields.refuse("version", "{}", version);
  readHash(fields, fields.find("model"), "model", receipt.modelHash);
  std::string cache, kind;
  fields.text("cache_type", cache);
  for (auto [name, type] : cacheTypes)
    if (cache == name)
      receipt.cacheType = type;
  if (receipt.cacheType == 0 && cache != "f32")
    fields.refuse("cache_type", "f16 or f32");
  fields.text("kind", kind);
  auto place = std::ranges::find(kindNames, kind);
  if (place == std::end(kindNames))
    fields.refuse("kind", "completion, chat or response");
  else
    receipt.request.kind =
        static_cast<ApiRequest::Kind>(place - std::begin(kindNames));
  readOptions(fields, receipt.request.sampling);
  fields.boolean("ignore_eos", receipt.request.ignoresEnd);
  readStops(fields, receipt.request.stops);
  readFormat(fields, receipt.request);
  fields.boolean("thinking", receipt.request.startsThinking);
  bool hasTools = false;
  fields.boolean("tools", hasTools);
  if (hasTools)
    receipt.request.tools = "[]"; // which they were decides nothing
  const Json *texts = fields.find("texts");
  if (!texts || !texts->is_array() || texts->empty())
    fields.refuse("texts", "a list of texts");
  else
    for (const Json &text : *texts)
      fields.take(readText(text), receipt.texts.emplace_back());
  if (auto done = fields.finish(); !done)
    return tl::unexpected(done.error());
  return receipt;
}
