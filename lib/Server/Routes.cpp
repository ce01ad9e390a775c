//===- Routes.cpp - What is served under which path -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Routes.h"

#include "Answers.h"
#include "Embeddings.h"
#include "Fields.h"
#include "Page.h"

#include "ignis/Text/Unicode.h"

#include <chrono>

using namespace ignis;
using Kind = ApiRequest::Kind;

const Routes::Route Routes::routes[] = {
    {"GET", "/health", &Routes::health, true},
    {"GET", "/ready", &Routes::ready, true},
    {"GET", "/metrics", &Routes::metrics, false},
    {"GET", "/props", &Routes::props, false},
    {"GET", "/v1/models", &Routes::listModels, false},
    {"GET", "/v1/models/", &Routes::showModel, false},
    {"POST", "/v1/completions", &Routes::complete<Kind::Completion>, false},
    {"POST", "/v1/chat/completions", &Routes::complete<Kind::Chat>, false},
    {"POST", "/v1/responses", &Routes::complete<Kind::Response>, false},
    {"POST", "/v1/embeddings", &Routes::embeddings, false},
    {"POST", "/tokenize", &Routes::tokenize, false},
    {"POST", "/detokenize", &Routes::detokenize, false},
    {"POST", "/apply-template", &Routes::applyTemplate, false},
};

Routes::Routes(const ServerOptions &options,
               const std::vector<std::unique_ptr<ServedModel>> &models,
               const std::optional<Limits> &limits,
               const std::atomic<bool> &interrupted)
    : options(options), models(models), limits(limits),
      interrupted(interrupted),
      started(std::chrono::duration_cast<std::chrono::seconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count()) {}

static void respond(HttpExchange &exchange, const Json &body,
                    int status = 200) {
  exchange.respond(
      status, "application/json",
      body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

//===----------------------------------------------------------------------===//
// Finding who answers
//===----------------------------------------------------------------------===//

/// Takes as long whatever agrees: a key is not found out by times.
static bool isEqual(std::string_view a, std::string_view b) {
  unsigned difference = a.size() != b.size();
  for (size_t i = 0; i != a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i] ^ b[i % std::max<size_t>(
                                                        b.size(), 1)]);
  return difference == 0;
}

bool Routes::isAllowed(const HttpRequest &request) const {
  if (options.keys.empty())
    return true;
  std::string_view given = request.header("authorization");
  constexpr std::string_view bearer = "Bearer ";
  given = given.starts_with(bearer) ? given.substr(bearer.size())
                                    : request.header("x-api-key");
  bool found = false;
  for (const std::string &key : options.keys)
    found |= !given.empty() && isEqual(given, key);
  return found;
}

/// Null if nothing is served there, or not with this method. A path that ends in
/// a slash is followed by a name.
const Routes::Route *Routes::findRoute(const HttpRequest &request,
                                       bool &isKnown) const {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  isKnown = false;
  for (const Route &route : routes) {
    std::string_view path = route.path;
    if (path.ends_with('/') ? !request.path.starts_with(path) ||
                                  request.path.size() == path.size()
                            : request.path != path)
      continue;
    isKnown = true;
    if (method == route.method)
      return &route;
  }
  return nullptr;
}

bool Routes::needsWork(const HttpRequest &request) const {
  bool isKnown;
  const Route *route = findRoute(request, isKnown);
  return route && !route->isOpen && isAllowed(request);
}

void Routes::handle(const Exchange &exchange) {
  const HttpRequest &request = exchange->request();
  if (request.method == "OPTIONS") // a page of another origin asks first
    return exchange->respond(
        204, "", "",
        {{"Access-Control-Allow-Methods", "GET, POST"},
         {"Access-Control-Allow-Headers", "*"}});
  if (options.hasPage && servePage(exchange))
    return;
  bool isKnown;
  const Route *route = findRoute(request, isKnown);
  if (!route && isKnown)
    return respondError(*exchange,
                        {405, fmt::format("{}: does not answer {}",
                                          request.path, request.method)});
  if (!route)
    return respondError(*exchange, {404, fmt::format("{}: is not served here",
                                                     request.path)});
  if (!route->isOpen && !isAllowed(request))
    return respondError(*exchange, {401, "expected a key as a bearer token", {},
                                    "invalid_api_key"});
  try {
    (this->*route->handler)(exchange);
  } catch (const std::exception &exception) {
    respondError(*exchange, {500, exception.what()});
  }
}

bool Routes::servePage(const Exchange &exchange) {
  const std::string &method = exchange->request().method;
  if (method != "GET" && method != "HEAD")
    return false;
  for (const PageFile &file : getPageFiles())
    if (exchange->request().path == file.path) {
      exchange->respond(
          200, file.type, std::string(file.bytes),
          {{"Cache-Control", "no-cache"},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "no-referrer"},
           {"Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; style-src 'self' "
            "'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"}});
      return true;
    }
  return false;
}

static ApiError refuseModel(const std::string &name) {
  return {404, fmt::format("model: {} is not served here", name), "model",
          "model_not_found"};
}

tl::expected<ServedModel *, ApiError>
Routes::findModel(const std::string &name) {
  for (const auto &model : models)
    if (name.empty() || model->name() == name)
      return model.get();
  // With a single model, clients that insist on a name get it.
  if (models.size() == 1)
    return models[0].get();
  return tl::unexpected(refuseModel(name));
}

template <ApiRequest::Kind kind>
void Routes::complete(const Exchange &exchange) {
  auto request = parseApiRequest(kind, exchange->request().body);
  if (!request)
    return respondError(*exchange, request.error());
  auto model = findModel(request->model);
  if (!model)
    return respondError(*exchange, model.error());
  auto prepared = (*model)->prepare(*request);
  if (!prepared)
    return respondError(*exchange, prepared.error());
  answer(exchange, **model, *request, std::move(*prepared));
}

//===----------------------------------------------------------------------===//
// What is no completion
//===----------------------------------------------------------------------===//

void Routes::health(const Exchange &exchange) {
  respond(*exchange, {{"status", "ok"}});
}

void Routes::ready(const Exchange &exchange) {
  bool isReady = !interrupted;
  respond(*exchange, {{"status", isReady ? "ready" : "ending"}},
          isReady ? 200 : 503);
}

void Routes::metrics(const Exchange &exchange) {
  exchange->respond(200, "text/plain; version=0.0.4",
                    printMetrics(models, limits));
}

Json Routes::describe(const ServedModel &model) const {
  return {{"id", model.name()},
          {"object", "model"},
          {"created", started},
          {"owned_by", "ignis"}};
}

void Routes::listModels(const Exchange &exchange) {
  Json list = Json::array();
  for (const auto &model : models)
    list.push_back(describe(*model));
  respond(*exchange, {{"object", "list"}, {"data", list}});
}

void Routes::showModel(const Exchange &exchange) {
  constexpr std::string_view place = "/v1/models/";
  std::string name = decodePath(
      std::string_view(exchange->request().path).substr(place.size()));
  for (const auto &model : models)
    if (model->name() == name)
      return respond(*exchange, describe(*model));
  respondError(*exchange, refuseModel(name));
}

void Routes::props(const Exchange &exchange) {
  Json list = Json::array();
  for (const auto &model : models) {
    const Executor &executor = model->executor();
    list.push_back({{"id", model->name()},
                    {"context", executor.context()},
                    {"vocabulary", model->model().vocab()},
                    {"chat", model->chat() != nullptr},
                    {"kernels", executor.isa()},
                    {"threads", executor.threads()},
                    {"memory_bytes", model->memory().sum()},
                    {"bytes_per_token", model->model().stepBytes()}});
  }
  const SchedulerOptions &scheduler = options.scheduler;
  respond(*exchange, {{"models", list},
                      {"parallel", scheduler.parallel},
                      {"batch", options.engine.executor.batch},
                      {"prompt_rows", scheduler.promptRows},
                      {"max_waiting", scheduler.waiting},
                      {"read_bytes_per_second",
                       limits ? Json(limits->readBytes) : Json()}});
}

void Routes::embeddings(const Exchange &exchange) {
  auto request =
      parseEmbeddingRequest(exchange->request().body, options.pooling);
  if (!request)
    return respondError(*exchange, request.error());
  auto model = findModel(request->model);
  if (!model)
    return respondError(*exchange, model.error());
  embed(exchange, **model, *request);
}

void Routes::tokenize(const Exchange &exchange) {
  auto json = parseBody(exchange->request().body);
  if (!json)
    return respondError(*exchange, json.error());
  Fields fields(*json);
  std::string content, name;
  bool special = true, pieces = false, begin = false;
  fields.text("content", content);
  fields.text("model", name);
  fields.boolean("parse_special", special);
  fields.boolean("add_special", begin);
  fields.boolean("with_pieces", pieces);
  if (!json->contains("content"))
    fields.refuse("content", "a text");
  if (auto done = fields.finish(); !done)
    return respondError(*exchange, done.error());
  auto model = findModel(name);
  if (!model)
    return respondError(*exchange, model.error());
  const Tokenizer &tokenizer = (*model)->tokenizer();
  std::vector<int32_t> tokens = tokenizer.encode(
      content, special ? SpecialTokens::Recognised : SpecialTokens::AsText);
  if (begin)
    tokenizer.prependBegin(tokens);
  Json list = Json::array();
  for (int32_t token : tokens)
    if (pieces)
      list.push_back({{"id", token},
                      {"piece", repairUTF8(tokenizer.decode(
                                    {&token, 1}, SpecialTokens::Recognised))}});
    else
      list.push_back(token);
  respond(*exchange, {{"tokens", list}});
}

void Routes::detokenize(const Exchange &exchange) {
  auto json = parseBody(exchange->request().body);
  if (!json)
    return respondError(*exchange, json.error());
  Fields fields(*json);
  std::string name;
  fields.text("model", name);
  std::vector<int32_t> tokens;
  const Json *list = fields.find("tokens");
  if (!list || !list->is_array())
    fields.refuse("tokens", "a list of tokens");
  else
    for (const Json &token : *list)
      if (token.is_number_integer() && token >= 0 &&
          token <= std::numeric_limits<int32_t>::max())
        tokens.push_back(token.get<int32_t>());
      else
        fields.refuse("tokens", "a list of tokens");
  if (auto done = fields.finish(); !done)
    return respondError(*exchange, done.error());
  auto model = findModel(name);
  if (!model)
    return respondError(*exchange, model.error());
  if (auto checked = checkTokens(tokens, (*model)->model().vocab()); !checked)
    return respondError(*exchange,
                        {400, "tokens: " + checked.error().message, "tokens"});
  respond(*exchange,
          {{"content", repairUTF8((*model)->tokenizer().decode(
                           tokens, SpecialTokens::Recognised))}});
}

/// The prompt that a chat would have.
void Routes::applyTemplate(const Exchange &exchange) {
  auto request = parseApiRequest(Kind::Chat, exchange->request().body);
  if (!request)
    return respondError(*exchange, request.error());
  auto model = findModel(request->model);
  if (!model)
    return respondError(*exchange, model.error());
  auto tokens = (*model)->encodeMessages(*request);
  if (!tokens)
    return respondError(*exchange, tokens.error());
  respond(*exchange, {{"prompt", repairUTF8((*model)->tokenizer().decode(
                                     *tokens, SpecialTokens::Recognised))}});
}
