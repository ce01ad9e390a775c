//===- HttpRequest.h - Bytes of a client as a request --------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_HTTPREQUEST_H
#define IGNIS_SERVER_HTTPREQUEST_H

#include <tl/expected.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ignis {

struct HttpRequest {
  std::string method;
  std::string path;  ///< up to a question mark, as it was sent
  std::string query; ///< behind it
  std::map<std::string, std::string> headers; ///< names in small letters
  std::string body;
  size_t bodySize = 0;         ///< that the head announces
  bool keepsAlive = true;      ///< the connection may have another request
  bool isOld = false;          ///< HTTP/1.0
  bool wantsContinue = false;  ///< before it sends the body

  /// Empty if there is none.
  std::string_view header(const std::string &name) const {
    auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : found->second;
  }
};

/// Why a request is not taken; the connection ends with it.
struct HttpRefusal {
  int status;
  std::string reason;
};

/// Of a request's line and headers together, and of its body, in bytes.
inline constexpr size_t mostHeadBytes = size_t{64} << 10;
inline constexpr size_t mostBodyBytes = size_t{32} << 20;

/// Takes the head of a request from the front of what a client has sent; none
/// as long as it is not whole. Bodies have a length: chunked ones are refused.
tl::expected<std::optional<HttpRequest>, HttpRefusal>
takeRequestHead(std::string &input);

/// A part of a path with the bytes that it writes as %XX; other signs stay.
std::string decodePath(std::string_view path);

} // namespace ignis

#endif // IGNIS_SERVER_HTTPREQUEST_H
