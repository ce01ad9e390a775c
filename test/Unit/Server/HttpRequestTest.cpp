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

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <ctime>

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

/// Names in paths are written with %XX; what is none of these stays.
TEST(HttpRequestTest, DecodesPaths) {
  for (auto [path, name] : std::initializer_list<std::array<const char *, 2>>{
           {"", ""}, {"a%2Fb%20c", "a/b c"}, {"%41%e2%82%ac", "A\xe2\x82\xac"},
           {"%", "%"}, {"%4", "%4"}, {"%4x%-1%zz", "%4x%-1%zz"}, {"50%25", "50%"}})
    EXPECT_EQ(decodePath(path), name) << path;
}

/// An object with many members takes no longer than as many bytes of another
/// kind, wherever clients give one.
TEST(HttpRequestTest, ManyMembers) {
  std::string members;
  for (int i = 0; i != 300'000; ++i)
    members += fmt::format("{}\"{}\":1", i == 0 ? "" : ",", i);
  std::clock_t begin = std::clock(); // of this process, however busy others are
  auto unknown = parseApiRequest(ApiRequest::Kind::Completion,
                                 "{\"prompt\":\"x\"," + members + "}");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "0: is not supported");
  auto biases = parseApiRequest(
      ApiRequest::Kind::Completion,
      "{\"prompt\":\"x\",\"logit_bias\":{" + members + "}}");
  ASSERT_TRUE(biases) << biases.error().message;
  EXPECT_EQ(biases->sampling.logitBias.size(), 300'000u);
  auto variables = parseApiRequest(
      ApiRequest::Kind::Chat,
      R"({"messages":[{"role":"user","content":"x"}],"chat_template_kwargs":{)" +
          members + "}}");
  ASSERT_TRUE(variables) << variables.error().message;
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 60);
}

/// Whole numbers are asked for as such, and what is unknown of a function is
/// refused.
TEST(HttpRequestTest, RefusesByName) {
  auto refusal = [](ApiRequest::Kind kind, const std::string &body) {
    auto parsed = parseApiRequest(kind, body);
    return parsed ? "taken" : parsed.error().message;
  };
  EXPECT_EQ(refusal(ApiRequest::Kind::Completion,
                    R"({"prompt":"x","max_tokens":2.0})"),
            "max_tokens: expected a whole number from 0 to 2147483647, found "
            "2.0");
  auto refuseTool = [&](const std::string &tool) {
    return refusal(ApiRequest::Kind::Chat,
                   R"({"messages":[{"role":"user","content":"x"}],"tools":[)" +
                       tool + "]}");
  };
  EXPECT_EQ(refuseTool(R"({"type":"function","function":{"name":"f",
                "description":"d","strict":true,"parameters":{}}})"),
            "taken");
  EXPECT_EQ(refuseTool(R"({"type":"function","function":{"name":"f","x":1}})"),
            "tools.function.x: is not supported");
  EXPECT_EQ(refuseTool(R"({"type":"function","function":{"name":"f"},"y":1})"),
            "tools.y: is not supported");
  EXPECT_EQ(refuseTool(R"({"type":"function","function":{"name":""}})"),
            "tools.function.name: expected a name, found \"\"");
  EXPECT_EQ(refuseTool(R"({"type":"x","function":{"name":"f"}})").substr(0, 26),
            "tools: expected functions,");
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
                                  body);
    accepted += parsed.has_value();
    if (!parsed)
      EXPECT_NE(parsed.error().message, "");
  }
  EXPECT_GT(accepted, 5000);
}

} // namespace
