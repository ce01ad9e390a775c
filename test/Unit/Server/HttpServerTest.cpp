//===- HttpServerTest.cpp - Clients that ask, leave and are let go --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/HttpServer.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

using namespace ignis;
using namespace std::chrono_literals;

namespace {

/// A server whose answers to /wait come once `released`, and those to /quick from
/// the head of a request.
class HttpServerTest : public testing::Test {
protected:
  void SetUp() override {
    Expected<int> taken = server.bind();
    ASSERT_TRUE(taken) << taken.error().message;
    port = *taken;
    Expected<void> listening = server.listen();
    ASSERT_TRUE(listening) << listening.error().message;
    thread = std::thread([this] {
      server.run(interrupted);
      hasEnded = true;
    });
  }
  void TearDown() override {
    interrupted = released = true;
    thread.join();
  }

  void answer(const std::shared_ptr<HttpExchange> &exchange) {
    ++asked;
    bool waits = exchange->request().path == "/wait";
    while (waits && !released && !exchange->isGone())
      std::this_thread::sleep_for(1ms);
    left += exchange->isGone();
    exchange->respond(200, "text/plain", "answered");
  }

  int connect() const {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    timeval most = {60, 0};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr *>(&address),
                        sizeof(address)),
              0);
    return client;
  }
  int say(std::string_view text) const {
    int client = connect();
    EXPECT_EQ(::send(client, text.data(), text.size(), MSG_NOSIGNAL),
              std::ssize(text));
    return client;
  }
  /// All that comes, up to the end.
  static std::string hear(int client) {
    std::string heard;
    char buffer[4096];
    for (ssize_t count;
         (count = recv(client, buffer, sizeof(buffer), 0)) != 0;) {
      if (count < 0)
        return heard + "(no end)";
      heard.append(buffer, static_cast<size_t>(count));
    }
    close(client);
    return heard;
  }
  template <typename Condition> static bool wait(Condition condition) {
    for (int i = 0; i != 20000 && !condition(); ++i)
      std::this_thread::sleep_for(1ms);
    return condition();
  }

  HttpOptions options{.port = 0, .workers = 2, .mostInput = 1};
  HttpServer server{
      options,
      [](const HttpRequest &request) { return request.path != "/quick"; },
      [this](const auto &exchange) { answer(exchange); }};
  int port = 0;
  std::atomic<bool> interrupted = false, released = false, hasEnded = false;
  std::atomic<int> asked = 0, left = 0;
  std::thread thread;
};

/// A refusal behind an answer is sent before the connection ends.
TEST_F(HttpServerTest, RefusalsOfPipelinedRequests) {
  const std::pair<const char *, const char *> cases[] = {
      {"garbage\r\n\r\n", "HTTP/1.1 400"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 411"},
      {"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", "HTTP/1.1 413"}};
  for (auto [second, status] : cases) {
    std::string heard =
        hear(say(std::string("GET / HTTP/1.1\r\n\r\n") + second));
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 200")) << heard;
    EXPECT_NE(heard.find(status), std::string::npos) << heard;
  }
}

/// What comes behind the last request does not take its answer away.
TEST_F(HttpServerTest, BytesBehindTheLastRequest) {
  std::string more(size_t{100} << 10, 'x');
  for (const char *head : {"GET / HTTP/1.0\r\n\r\n",
                           "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"})
    EXPECT_TRUE(hear(say(head + more)).ends_with("answered")) << head;
}

/// Who has closed his side alone is answered, all that he has asked.
TEST_F(HttpServerTest, HalfClosedClientsAreAnswered) {
  for (const char *version : {"1.0", "1.1"})
    for (int requests : {1, 3}) {
      std::string asks;
      for (int i = 0; i != requests; ++i)
        asks += fmt::format("GET {} HTTP/{}\r\nConnection: keep-alive\r\n\r\n",
                            i == 0 ? "/wait" : "/", version);
      int before = asked;
      int client = say(asks);
      shutdown(client, SHUT_WR);
      ASSERT_TRUE(wait([&] { return asked > before; }));
      std::this_thread::sleep_for(50ms);
      released = true;
      std::string heard = hear(client);
      int answers = version[2] == '0' ? 1 : requests; // an old one asks once
      EXPECT_EQ(asked, before + answers);
      EXPECT_TRUE(heard.ends_with("answered")) << heard;
      released = false;
    }
  EXPECT_EQ(left, 0);
  EXPECT_EQ(hear([&] {
              int client = say("GET /wait HTTP/1.1\r\nHost");
              shutdown(client, SHUT_WR);
              return client;
            }()),
            "");
}

/// Who has closed both is not.
TEST_F(HttpServerTest, ClientsThatLeaveAreNoticed) {
  int client = say("GET /wait HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(wait([&] { return asked == 1; }));
  close(client);
  EXPECT_TRUE(wait([&] { return left == 1; }));
}

/// Told to end, a server waits for what was asked, and for nothing else.
TEST_F(HttpServerTest, WhoHasAskedNothingWholeIsLetGo) {
  int asking = say("GET /wait HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  const int others[] = {
      connect(), say("GET / HT"), say("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET"),
      say("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")};
  ASSERT_TRUE(wait([&] {
    return asked == 2 && server.connectionCount() == 1 + std::ssize(others);
  }));
  interrupted = true;
  for (int other : others)
    EXPECT_EQ(hear(other).find("(no end)"), std::string::npos);
  EXPECT_FALSE(hasEnded);
  released = true;
  std::string heard = hear(asking);
  EXPECT_NE(heard.find("answeredHTTP/1.1 200"), std::string::npos) << heard;
  EXPECT_TRUE(wait([&] { return hasEnded.load(); }));
}

/// While all threads are busy, what needs none is answered, and before its body.
TEST_F(HttpServerTest, QuickAnswers) {
  int busy[] = {say("GET /wait HTTP/1.1\r\nConnection: close\r\n\r\n"),
                say("GET /wait HTTP/1.1\r\nConnection: close\r\n\r\n"),
                say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")};
  ASSERT_TRUE(wait([&] { return asked == 2; }));
  std::string heard = hear(
      say("GET /quick HTTP/1.1\r\nContent-Length: 2\r\n\r\nxyGET /quick "
          "HTTP/1.1\r\nConnection: close\r\n\r\n"));
  EXPECT_NE(heard.find("answeredHTTP/1.1 200"), std::string::npos) << heard;
  EXPECT_EQ(heard.find("HTTP/1.1 400"), std::string::npos) << heard;
  heard = hear(say("POST /quick HTTP/1.1\r\nContent-Length: 99999\r\nExpect: "
                   "100-continue\r\n\r\n"));
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 200")) << heard;
  EXPECT_NE(heard.find("Connection: close"), std::string::npos) << heard;
  EXPECT_EQ(asked, 5);
  released = true;
  for (int client : busy)
    EXPECT_TRUE(hear(client).ends_with("answered"));
}

/// A request whose client has left is not kept until a thread has time for it.
TEST_F(HttpServerTest, WhoLeavesIsNotWaitedWith) {
  const char *waits = "GET /wait HTTP/1.1\r\nConnection: close\r\n\r\n";
  const char *quick = "GET /quick HTTP/1.1\r\nConnection: close\r\n\r\n";
  int busy[] = {say(waits), say(waits)};
  ASSERT_TRUE(wait([&] { return asked == 2; }));
  int client = say("GET / HTTP/1.1\r\n\r\n");
  hear(say(quick)); // has come in behind it
  linger reset = {1, 0};
  setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close(client);
  hear(say(quick));
  released = true;
  for (int other : busy)
    EXPECT_TRUE(hear(other).ends_with("answered"));
  EXPECT_TRUE(hear(say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))
                  .ends_with("answered"));
  EXPECT_EQ(asked, 5);
}

/// Bodies that are more than a server keeps are refused, small ones are not, and
/// there is room again once a large one is answered.
TEST_F(HttpServerTest, BodiesOfAllTogether) {
  const std::string head = "POST / HTTP/1.1\r\nConnection: close\r\n"
                           "Content-Length: ";
  const std::string part(size_t{700} << 10, 'x');
  const std::string large = fmt::format("{}{}\r\n\r\n{}", head,
                                        part.size() + 1, part);
  auto begin = [&] {
    int client = connect();
    int most = 4 << 20; // so that the sending waits for nobody
    setsockopt(client, SOL_SOCKET, SO_SNDBUF, &most, sizeof(most));
    for (size_t at = 0; at < large.size();) {
      ssize_t count = ::send(client, large.data() + at, large.size() - at,
                             MSG_NOSIGNAL);
      if (count <= 0)
        break; // it is refused already
      at += static_cast<size_t>(count);
    }
    return client;
  };
  int first = begin();
  // It comes in: each answer takes a turn, and each turn reads 64 KiB of it.
  for (int i = 0; i != 20; ++i)
    hear(say("GET /quick HTTP/1.1\r\nConnection: close\r\n\r\n"));
  std::string refused = hear(begin());
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503")) << refused;
  EXPECT_NE(refused.find("Retry-After"), std::string::npos) << refused;
  EXPECT_TRUE(hear(say(head + "1\r\n\r\nx")).ends_with("answered"));
  EXPECT_EQ(::send(first, "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_TRUE(hear(first).ends_with("answered"));
  int second = begin();
  EXPECT_EQ(::send(second, "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_TRUE(hear(second).ends_with("answered"));
}

/// The port is taken before anybody is let in.
TEST(HttpServerPortTest, TakenPorts) {
  auto needsWork = [](const HttpRequest &) { return true; };
  auto answer = [](const std::shared_ptr<HttpExchange> &) {};
  HttpServer first({.port = 0}, needsWork, answer);
  Expected<int> port = first.bind();
  ASSERT_TRUE(port);
  ASSERT_TRUE(first.listen());
  HttpServer second({.port = *port}, needsWork, answer);
  Expected<int> none = second.bind();
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find(fmt::format("127.0.0.1:{}", *port)),
            std::string::npos);
  for (const char *address : {"127.0.0.1", "::", "0.0.0.0", "localhost"})
    EXPECT_TRUE(HttpServer::isAddress(address)) << address;
  for (const char *other : {"", "0.0.0.0x", "example.org", "1.2.3"})
    EXPECT_FALSE(HttpServer::isAddress(other)) << other;
}

} // namespace
