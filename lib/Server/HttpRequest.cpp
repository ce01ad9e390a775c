//===- HttpRequest.cpp - Bytes of a client as a request -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/HttpRequest.h"

#include <algorithm>
#include <charconv>

using namespace ignis;

static tl::unexpected<HttpRefusal> refuse(int status, std::string reason) {
  return tl::unexpected(HttpRefusal{status, std::move(reason)});
}

static std::string toLower(std::string_view text) {
  std::string lower(text);
  for (char &c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

static std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// What names of methods and headers are made of (RFC 9110).
static bool isToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) !=
               std::string_view::npos;
  });
}

static bool hasControls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

/// Method, target and version.
static tl::expected<HttpRequest, HttpRefusal>
readRequestLine(std::string_view line) {
  size_t first = line.find(' ');
  size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first)
    return refuse(400, "expected a method, a path and a version");
  HttpRequest request;
  request.method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  std::string_view version = line.substr(last + 1);
  if (!isToken(request.method) || !target.starts_with('/') ||
      target.find(' ') != std::string_view::npos || hasControls(target))
    return refuse(400, "expected a method and a path that begins with /");
  if (!version.starts_with("HTTP/"))
    return refuse(400, "expected HTTP behind the path");
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return refuse(505, "expected HTTP/1.1 or HTTP/1.0");
  request.isOld = version == "HTTP/1.0";
  size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos)
    request.query = target.substr(question + 1);
  return request;
}

/// What headers say about the body and the connection.
static tl::expected<void, HttpRefusal> interpretHeaders(HttpRequest &request) {
  if (request.headers.contains("transfer-encoding"))
    return refuse(411, "expected Content-Length, found Transfer-Encoding");
  if (auto found = request.headers.find("content-length");
      found != request.headers.end()) {
    const std::string &text = found->second;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(),
                                        request.bodySize);
    bool isNumber = !text.empty() && end == text.data() + text.size();
    if (isNumber && (error == std::errc::result_out_of_range ||
                     request.bodySize > mostBodyBytes))
      return refuse(413, "expected a body of 32 MiB at most");
    if (!isNumber || error != std::errc())
      return refuse(400, "expected a number as Content-Length");
  }
  std::string connection = toLower(request.header("connection"));
  request.keepsAlive =
      request.isOld ? connection.find("keep-alive") != std::string::npos
                    : connection.find("close") == std::string::npos;
  request.wantsContinue =
      !request.isOld && toLower(request.header("expect")) == "100-continue";
  return {};
}

tl::expected<std::optional<HttpRequest>, HttpRefusal>
ignis::takeRequestHead(std::string &input) {
  // Lines between requests are left over from the one before.
  size_t begin = input.find_first_not_of("\r\n");
  if (begin == std::string::npos) {
    input.clear();
    return std::nullopt;
  }
  size_t end = input.find("\r\n\r\n", begin);
  if ((end == std::string::npos ? input.size() : end) - begin > mostHeadBytes)
    return refuse(431, "expected a head of 64 KiB at most");
  if (end == std::string::npos)
    return std::nullopt;
  std::string_view head(input.data() + begin, end - begin);
  auto takeLine = [&] {
    std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    return line;
  };
  auto request = readRequestLine(takeLine());
  if (!request)
    return tl::unexpected(request.error());
  while (!head.empty()) {
    std::string_view line = takeLine();
    size_t colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon)) ||
        hasControls(line))
      return refuse(400, "expected headers as name: value");
    std::string name = toLower(line.substr(0, colon));
    std::string value(trim(line.substr(colon + 1)));
    auto [place, isNew] = request->headers.emplace(name, value);
    // Of two lengths, nobody knows which one others go by.
    if (!isNew && name == "content-length" && place->second != value)
      return refuse(400, "expected one Content-Length, found two");
    if (!isNew && name != "content-length")
      place->second += ", " + value;
  }
  if (auto done = interpretHeaders(*request); !done)
    return tl::unexpected(done.error());
  input.erase(0, end + 4);
  return std::move(*request);
}

std::string ignis::decodePath(std::string_view path) {
  std::string decoded;
  for (size_t i = 0; i != path.size(); ++i) {
    unsigned char byte = 0;
    const char *digits = path.data() + i + 1;
    if (path[i] == '%' && path.size() - i > 2 &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += path[i];
    }
  }
  return decoded;
}
