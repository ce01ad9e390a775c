//===- Routes.h - What is served under which path ------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_ROUTES_H
#define IGNIS_LIB_SERVER_ROUTES_H

#include "ServerOptions.h"

#include "ignis/Engine/Machine.h"

#include "ignis/Server/ServedModel.h"

namespace ignis {

struct PageFile; // of Page.h

/// Answers requests, from several threads.
class Routes {
public:
  /// `limits` are the machine's, where they could be measured.
  Routes(const ServerOptions &options,
         const std::vector<std::unique_ptr<ServedModel>> &models,
         const std::optional<Limits> &limits,
         const std::atomic<bool> &interrupted);

  void handle(const std::shared_ptr<HttpExchange> &exchange);
  /// False where the answer is at hand: how the server is, the page, and what
  /// is not served, or not without a key. It needs no body.
  bool needsWork(const HttpRequest &request) const;

private:
  using Exchange = std::shared_ptr<HttpExchange>;
  using Handler = void (Routes::*)(const Exchange &);
  struct Route {
    const char *method, *path;
    Handler handler;
    bool isOpen; ///< without a key
  };
  static const Route routes[];

  const Route *findRoute(const HttpRequest &request, bool &isKnown) const;
  bool isAllowed(const HttpRequest &request) const;
  tl::expected<ServedModel *, ApiError> findModel(const std::string &name);
  template <ApiRequest::Kind kind>
  void complete(const Exchange &exchange);
  bool servePage(const Exchange &exchange);
  nlohmann::ordered_json describe(const ServedModel &model) const;
  void health(const Exchange &exchange);
  void ready(const Exchange &exchange);
  void metrics(const Exchange &exchange);
  void listModels(const Exchange &exchange);
  void showModel(const Exchange &exchange);
  void props(const Exchange &exchange);
  void tokenize(const Exchange &exchange);
  void detokenize(const Exchange &exchange);
  void applyTemplate(const Exchange &exchange);
  void embeddings(const Exchange &exchange);

  const ServerOptions &options;
  const std::vector<std::unique_ptr<ServedModel>> &models;
  const std::optional<Limits> limits;
  const std::atomic<bool> &interrupted;
  const int64_t started;
};

/// Counters and gauges in Prometheus' format.
std::string
printMetrics(const std::vector<std::unique_ptr<ServedModel>> &models,
             const std::optional<Limits> &limits);

} // namespace ignis

#endif // IGNIS_LIB_SERVER_ROUTES_H
