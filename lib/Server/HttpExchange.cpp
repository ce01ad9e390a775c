//===- HttpExchange.cpp - A request and its answer ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/HttpExchange.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

using namespace ignis;

static const char *getReason(int status) {
  static constexpr std::pair<int, const char *> reasons[] = {
      {200, "OK"},
      {204, "No Content"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"}};
  for (auto [known, reason] : reasons)
    if (known == status)
      return reason;
  return "Error";
}

std::string ignis::makeErrorBody(std::string_view message,
                                 std::string_view type, std::string_view field,
                                 std::string_view code) {
  auto orNull = [](std::string_view text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
  };
  nlohmann::ordered_json body = {{"error",
                                  {{"message", message},
                                   {"type", type},
                                   {"param", orNull(field)},
                                   {"code", orNull(code)}}}};
  return body.dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

void HttpExchange::put(std::string_view bytes, bool isLast) {
  {
    std::lock_guard lock(mutex);
    if (isWhole || gone)
      return;
    output += bytes;
    hasSpoken = true;
    isWhole = isLast;
  }
  // A full pipe wakes as well.
  char byte = 0;
  if (::write(wakeUp, &byte, 1) < 0)
    return;
}

static std::string makeHead(const HttpRequest &request, int status,
                            const std::string &type,
                            const HttpHeaders &headers) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\n", status, getReason(status));
  if (!type.empty())
    head += fmt::format("Content-Type: {}\r\n", type);
  for (const auto &[name, value] : headers)
    head += fmt::format("{}: {}\r\n", name, value);
  // A page of another origin may ask, as with OpenAI's own interface.
  head += "Access-Control-Allow-Origin: *\r\n";
  if (!request.keepsAlive)
    head += "Connection: close\r\n";
  return head;
}

void HttpExchange::respond(int status, const std::string &type,
                           std::string body, const HttpHeaders &headers) {
  begun = true;
  std::string answer = makeHead(request_, status, type, headers);
  answer += fmt::format("Content-Length: {}\r\n\r\n", body.size());
  if (request_.method != "HEAD")
    answer += body;
  put(answer, true);
}

void HttpExchange::begin(const std::string &type) {
  begun = true;
  std::string head =
      makeHead(request_, 200, type,
               {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}});
  head += request_.isOld ? "\r\n" : "Transfer-Encoding: chunked\r\n\r\n";
  put(head, false);
}

void HttpExchange::write(std::string_view piece) {
  if (piece.empty())
    return;
  put(request_.isOld ? std::string(piece)
                     : fmt::format("{:x}\r\n{}\r\n", piece.size(), piece),
      false);
}

void HttpExchange::end() {
  put(request_.isOld ? "" : "0\r\n\r\n", true);
}

/// With the mutex held: bytes that no client minds, once.
std::string_view HttpExchange::probe() {
  if (std::exchange(isProbed, true) || isWhole || request_.isOld)
    return {};
  return hasSpoken ? "3\r\n:\n\n\r\n" : "HTTP/1.1 100 Continue\r\n\r\n";
}

/// Answers may take long, and need no more of it.
void HttpExchange::dropBody() {
  std::string().swap(request_.body);
  bodyBytes = 0;
}
