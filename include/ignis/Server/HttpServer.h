//===- HttpServer.h - Connections and what they wait for -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One thread moves the bytes of all connections, some answer requests, and
// whoever has a piece of an answer hands it over without waiting: a client that
// reads slowly holds up nobody, and takes a buffer instead of a thread.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_HTTPSERVER_H
#define IGNIS_SERVER_HTTPSERVER_H

#include "ignis/Server/HttpExchange.h"
#include "ignis/Support/Error.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ignis {

struct HttpOptions {
  std::string host = "127.0.0.1"; ///< or another address, or localhost
  int port = 8080; ///< 0: one that is free
  int64_t connections = 4096;
  int workers = 4; ///< threads that answer requests
  /// MiB of all requests that come in or wait for a thread, together.
  int64_t mostInput = 256;
  /// How long a request may take to come in, and an answer to be read on.
  std::chrono::seconds timeout{600};
};

class HttpServer {
public:
  using Handler = std::function<void(const std::shared_ptr<HttpExchange> &)>;
  /// Whether a request is one for a thread of its own. Others are answered at
  /// once, from their heads, by the thread that moves bytes.
  using NeedsWork = std::function<bool(const HttpRequest &)>;

  HttpServer(const HttpOptions &options, NeedsWork needsWork, Handler handler);
  ~HttpServer();

  /// Whether it can be listened on. Names are not looked up: a program in one
  /// file has no resolver.
  static bool isAddress(const std::string &host);

  /// Takes the port; returns which one that is. Clients are refused still.
  Expected<int> bind();
  /// Once it is taken: clients may come.
  Expected<void> listen();
  /// Serves until `interrupted`; then answers what was asked as a whole, and
  /// ends.
  void run(const std::atomic<bool> &interrupted);

  int64_t connectionCount() const { return connectionTotal; }

private:
  struct Connection;

  void accept();
  bool receive(Connection &connection);
  void advance(Connection &connection);
  void hand(Connection &connection, bool isWork);
  bool isTooMuch(const Connection &connection) const;
  bool send(Connection &connection);
  std::chrono::seconds patience() const;
  bool isFinished(const Connection &connection) const;
  void refuse(Connection &connection, const HttpRefusal &refusal);
  void work();

  tl::unexpected<Error> fail(const char *reason) const;

  HttpOptions options;
  NeedsWork needsWork;
  Handler handler;
  int listening = -1;
  int wakeUp[2] = {-1, -1};
  std::list<Connection> connections;
  std::atomic<int64_t> connectionTotal = 0;
  bool draining = false;
  size_t heldBytes = 0; ///< of all connections' requests
  std::chrono::steady_clock::time_point acceptsFrom; ///< connections

  std::vector<std::thread> workers;
  std::mutex mutex; ///< guards what follows
  std::condition_variable changed;
  std::deque<std::shared_ptr<HttpExchange>> waiting;
  bool ending = false;
};

} // namespace ignis

#endif // IGNIS_SERVER_HTTPSERVER_H
