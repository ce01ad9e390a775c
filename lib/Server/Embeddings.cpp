//===- Embeddings.cpp - What /v1/embeddings asks and answers --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Embeddings.h"

#include "Answers.h"
#include "Fields.h"

#include <bit>

using namespace ignis;

static constexpr size_t mostInputs = 2048;

tl::expected<EmbeddingRequest, ApiError>
ignis::parseEmbeddingRequest(const std::string &body, Pooling pooling) {
  auto json = parseBody(body);
  if (!json)
    return tl::unexpected(json.error());
  Fields fields(*json);
  EmbeddingRequest request;
  request.pooling = pooling;
  fields.text("model", request.model);
  if (const Json *input = fields.find("input"))
    fields.take(readPrompts(*input, "input", mostInputs), request.inputs);
  else
    fields.refuse("input", "a text, tokens, or a list of either");
  std::string format = "float", name;
  fields.text("encoding_format", format);
  request.asBase64 = format == "base64";
  if (!request.asBase64 && format != "float")
    fields.refuse("encoding_format", "float or base64");
  fields.text("pooling", name);
  if (name == "mean" || name == "last")
    request.pooling = name == "mean" ? Pooling::Mean : Pooling::Last;
  else if (fields.find("pooling"))
    fields.refuse("pooling", "mean or last");
  fields.boolean("normalize", request.normalizes);
  if (fields.find("dimensions")) {
    int64_t dimensions = 0;
    fields.number<int64_t>("dimensions", 1, std::numeric_limits<int32_t>::max(),
                           dimensions);
    request.dimensions = dimensions;
  }
  fields.ignore({"user"});
  if (auto done = fields.finish(); !done)
    return tl::unexpected(done.error());
  return request;
}

/// Of the vector's values, each four bytes, the least significant first.
static std::string encodeBase64(std::span<const float> vector) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
                                   "rstuvwxyz0123456789+/";
  std::string bytes, text;
  for (float value : vector)
    for (int shift = 0; shift != 32; shift += 8)
      bytes += static_cast<char>(std::bit_cast<uint32_t>(value) >> shift);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k != 3; ++k)
      group = group << 8 |
              (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k != 4; ++k)
      text += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

static Json makeAnswer(const EmbeddingJob::Vectors &vectors,
                       const EmbeddingRequest &request, const std::string &name,
                       int64_t tokens) {
  Json data = Json::array();
  for (const std::vector<float> &vector : vectors) {
    Json entry = {{"object", "embedding"}, {"index", data.size()}};
    if (request.asBase64)
      entry["embedding"] = encodeBase64(vector);
    else
      entry["embedding"] = vector;
    data.push_back(std::move(entry));
  }
  return {{"object", "list"},
          {"data", std::move(data)},
          {"model", name},
          {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}};
}

void ignis::embed(const std::shared_ptr<HttpExchange> &exchange,
                  ServedModel &model, const EmbeddingRequest &request) {
  auto refuse = [&](int status, const std::string &message,
                    const char *field = "") {
    respondError(*exchange, {status, message, field});
  };
  Embedder *embedder = model.embedder();
  if (!embedder)
    return refuse(501, "embeddings are computed by a server that was started "
                       "with --embeddings");
  int64_t width = model.model().config().embedding;
  if (request.dimensions && *request.dimensions != width)
    return refuse(400,
                  fmt::format("dimensions: expected the model's {}, found {}",
                              width, *request.dimensions),
                  "dimensions");
  EmbeddingJob job;
  int64_t tokens = 0;
  for (const Prompt &input : request.inputs) {
    auto encoded = model.encode(input, "input", embedder->context());
    if (!encoded)
      return respondError(*exchange, encoded.error());
    std::vector<int32_t> text = std::move(*encoded);
    auto length = std::ssize(text);
    if (length == 0 || length > embedder->context())
      return refuse(400,
                    fmt::format("input: expected 1 to {} tokens, found {}",
                                embedder->context(), length),
                    "input");
    if (auto checked = checkTokens(text, model.model().vocab()); !checked)
      return refuse(400, "input: " + checked.error().message, "input");
    tokens += length;
    job.texts.push_back(std::move(text));
  }
  job.pooling = request.pooling;
  job.normalizes = request.normalizes;
  job.deadline = model.findDeadline();
  job.isWanted = [exchange] { return !exchange->isGone(); };
  job.done = [exchange, request, name = model.name(),
              tokens](Expected<EmbeddingJob::Vectors> vectors) {
    if (!vectors && vectors.error().code == ExitCode::Interrupted)
      return respondError(*exchange, makeTimeout());
    if (!vectors)
      return respondError(*exchange, {500, vectors.error().message});
    exchange->respond(200, "application/json",
                      makeAnswer(*vectors, request, name, tokens).dump());
  };
  if (!embedder->submit(std::move(job)))
    refuse(429, "too many requests are waiting: expected a retry later");
}
