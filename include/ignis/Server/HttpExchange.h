//===- HttpExchange.h - A request and its answer ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_HTTPEXCHANGE_H
#define IGNIS_SERVER_HTTPEXCHANGE_H

#include "ignis/Server/HttpRequest.h"

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ignis {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A request and the way back to who sent it. Any thread may answer.
class HttpExchange {
public:
  HttpExchange(HttpRequest request, int wakeUp)
      : request_(std::move(request)), bodyBytes(request_.body.size()),
        wakeUp(wakeUp) {}

  /// Its body is kept until the handler returns.
  const HttpRequest &request() const { return request_; }

  /// The whole answer.
  void respond(int status, const std::string &type, std::string body,
               const HttpHeaders &headers = {});

  /// An answer in pieces: first this, then any number of `write`, then `end`.
  void begin(const std::string &type);
  void write(std::string_view piece);
  void end();

  bool hasBegun() const { return begun; }
  /// Whether the client has left.
  bool isGone() const { return gone; }

private:
  friend class HttpServer;
  void put(std::string_view bytes, bool isLast);
  std::string_view probe();
  void dropBody();

  HttpRequest request_;
  std::atomic<size_t> bodyBytes; ///< that are kept
  int wakeUp; ///< whoever writes here wakes the thread that moves bytes
  std::atomic<bool> begun = false;
  std::atomic<bool> gone = false;
  std::mutex mutex; ///< guards what follows
  std::string output;
  bool hasSpoken = false;
  bool isWhole = false;
  bool isProbed = false;
};

/// The body of an error in OpenAI's shape.
std::string makeErrorBody(std::string_view message, std::string_view type,
                          std::string_view field = {},
                          std::string_view code = {});

} // namespace ignis

#endif // IGNIS_SERVER_HTTPEXCHANGE_H
