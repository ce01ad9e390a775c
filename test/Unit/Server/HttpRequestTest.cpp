//===- HttpRequestTest.cpp - Bytes that are requests, and others ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/HttpRequest.h"
#include "ignis/Server/Requests.h"
#include "ignis/Support/Random.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

using namespace ignis;

namespace {

TEST(HttpRequestTest, Heads) {
  std::string input = "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-LENGTH:  3 "
                      "\r\nExpect: 100-continue\r\n\r\nabcGET /";
  auto taken = takeRequestHead(input);
  ASSERT_TRUE(taken && *taken);
  const HttpRequest &request = **taken;
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query, "b=c");
  EXPECT_EQ(request.header("host"), "x");
  EXPECT_EQ(request.bodySize, 3u);
  EXPECT_TRUE(request.keepsAlive && request.wantsContinue);
  EXPECT_EQ(input, "abcGET /");
  input = "GET / HTTP/1.0\r\n\r\n";
  EXPECT_FALSE((*takeRequestHead(input))->keepsAlive);
}

TEST(HttpRequestTest, WhatIsNotWholeIsLeft) {
  const std::string whole = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  for (size_t size = 0; size != whole.size(); ++size) {
    std::string input = whole.substr(0, size);
    auto taken = takeRequestHead(input);
    ASSERT_TRUE(taken);
    EXPECT_FALSE(*taken);
  }
}

TEST(HttpRequestTest, Refusals) {
  const std::pair<std::string, int> cases[] = {
      {"GET\r\n\r\n", 400},
      {"GET x HTTP/1.1\r\n\r\n", 400},
      {"GET / FTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2\r\n\r\n", 505},
      {"G\x01T / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nContent-Length:\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413},
      {"GET / HTTP/1.1\r\nContent-Length: 33554433\r\n\r\n", 413},
      {"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
      {std::string(mostHeadBytes + 2, 'x'), 431},
  };
  for (auto [input, status] : cases) {
    auto taken = takeRequestHead(input);
    ASSERT_FALSE(taken) << input;
    EXPECT_EQ(taken.error().status, status) << input;
  }
}

/// Bytes that were changed give a request or an error, and nothing else.
TEST(HttpRequestTest, ChangedBytes) {
  const std::string bodies[] = {
      R"({"model": "m", "messages": [{"role": "user", "content": "x"}],
          "stop": ["a"], "logit_bias": {"1": 2}, "n": 2, "stream": true,
          "stream_options": {"include_usage": true}, "tool_choice": "auto",
          "tools": [{"type": "function", "function": {"name": "f"}}]})",
      R"({"prompt": ["a", [1, 2]], "logprobs": 1, "seed": 3, "user": "u"})"};
  Random random(1);
  int accepted = 0;
  for (int i = 0; i != 20000; ++i) {
    bool isChat = i % 2 == 0;
    std::string body = bodies[isChat ? 0 : 1];
    for (auto left = random.next() % 4; left > 0; --left) {
      size_t at = random.next() % body.size();
      if (random.next() % 2)
        body[at] = static_cast<char>(random.next());
      else
        body.erase(at, random.next() % 20);
    }
    auto parsed = parseApiRequest(isChat ? ApiRequest::Kind::Chat
                                         : ApiRequest::Kind::Completion,
                                  body, {});
    accepted += parsed.has_value();
    if (!parsed)
      EXPECT_NE(parsed.error().message, "");
  }
  EXPECT_GT(accepted, 5000);
}

} // namespace
