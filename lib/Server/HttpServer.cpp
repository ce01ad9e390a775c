//===- HttpServer.cpp - Connections and what they wait for ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/HttpServer.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace ignis;
using Clock = std::chrono::steady_clock;

/// A client that reads nothing gets no more than this kept for it.
static constexpr size_t mostOutput = size_t{64} << 20;
/// Of requests that come before the answer to the first.
static constexpr size_t mostPipelined = size_t{1} << 20;
/// A request that is no larger is taken whatever others send.
static constexpr size_t smallInput = mostHeadBytes;
static constexpr std::chrono::seconds headTime{30}, idleTime{75};
/// How long a server that ends waits for the rest of a request, or for a client
/// to read on.
static constexpr std::chrono::seconds drainTime{5};

//===----------------------------------------------------------------------===//
// Connections
//===----------------------------------------------------------------------===//

struct HttpServer::Connection {
  int socket;
  std::string input, output;
  std::optional<HttpRequest> head;          ///< of a request that comes in
  std::shared_ptr<HttpExchange> exchange;   ///< that is being answered
  bool hasEnded = false;    ///< nothing more comes in
  bool isClosing = false;   ///< once the output is sent
  bool isLingering = false; ///< until the client has read it
  Clock::time_point deadline = Clock::now() + headTime;

  /// Bytes of requests, not answered yet.
  size_t held() const {
    return input.size() + (exchange ? exchange->bodyBytes.load() : 0);
  }
  ~Connection() {
    if (exchange)
      exchange->gone = true;
    close(socket);
  }
};

HttpServer::HttpServer(const HttpOptions &options, NeedsWork needsWork,
                       Handler handler)
    : options(options), needsWork(std::move(needsWork)),
      handler(std::move(handler)) {}

HttpServer::~HttpServer() {
  {
    std::lock_guard lock(mutex);
    ending = true;
    changed.notify_all();
  }
  for (std::thread &worker : workers)
    worker.join();
  connections.clear();
  for (int descriptor : {listening, wakeUp[0], wakeUp[1]})
    if (descriptor >= 0)
      close(descriptor);
}

static void makeNonBlocking(int descriptor) {
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

/// The address's size; 0 if it is none.
static socklen_t readAddress(const std::string &host, int port,
                             sockaddr_storage &address) {
  auto &v4 = reinterpret_cast<sockaddr_in &>(address);
  auto &v6 = reinterpret_cast<sockaddr_in6 &>(address);
  const char *text = host == "localhost" ? "127.0.0.1" : host.c_str();
  auto networkPort = htons(static_cast<uint16_t>(port));
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = networkPort;
    return sizeof(v4);
  }
  if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = networkPort;
    return sizeof(v6);
  }
  return 0;
}

bool HttpServer::isAddress(const std::string &host) {
  sockaddr_storage address = {};
  return readAddress(host, 0, address) != 0;
}

tl::unexpected<Error> HttpServer::fail(const char *reason) const {
  return makeError(ExitCode::Failure, "cannot listen on {}:{}: {}",
                   options.host, options.port, reason);
}

Expected<int> HttpServer::bind() {
  sockaddr_storage address = {};
  socklen_t size = readAddress(options.host, options.port, address);
  if (size == 0)
    return fail("expected an address, such as 127.0.0.1, 0.0.0.0 or ::");
  auto *bytes = reinterpret_cast<sockaddr *>(&address);
  listening = socket(address.ss_family, SOCK_STREAM, 0);
  int yes = 1;
  if (listening < 0 ||
      setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      ::bind(listening, bytes, size) != 0 ||
      getsockname(listening, bytes, &size) != 0)
    return fail(std::strerror(errno));
  makeNonBlocking(listening);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6 &>(address).sin6_port
                   : reinterpret_cast<sockaddr_in &>(address).sin_port);
}

Expected<void> HttpServer::listen() {
  if (::listen(listening, 1024) != 0 || pipe(wakeUp) != 0)
    return fail(std::strerror(errno));
  makeNonBlocking(wakeUp[0]);
  makeNonBlocking(wakeUp[1]);
  // As many descriptors as may be had, without asking.
  if (rlimit limit; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  for (int i = 0; i != options.workers; ++i)
    workers.emplace_back([this] { work(); });
  return {};
}

void HttpServer::work() {
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ending || !waiting.empty(); });
    if (ending)
      return;
    std::shared_ptr<HttpExchange> exchange = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    if (!exchange->isGone())
      handler(exchange);
    exchange->dropBody();
  }
}

void HttpServer::accept() {
  for (;;) {
    int socket = ::accept(listening, nullptr, nullptr);
    if (socket < 0) {
      // Without a descriptor left it would be asked again and again.
      constexpr std::chrono::milliseconds pause{100};
      if (errno == EMFILE || errno == ENFILE)
        acceptsFrom = Clock::now() + pause;
      return;
    }
    makeNonBlocking(socket);
    int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    connections.emplace_back(socket);
    if (std::ssize(connections) > options.connections)
      refuse(connections.back(),
             {503, "too many connections: expected a retry later"});
  }
}

/// An answer outside of any exchange, the last of a connection.
void HttpServer::refuse(Connection &connection, const HttpRefusal &refusal) {
  HttpRequest request;
  request.keepsAlive = false;
  HttpExchange exchange(request, wakeUp[1]);
  HttpHeaders headers;
  if (refusal.status == 503)
    headers.emplace_back("Retry-After", "1");
  exchange.respond(refusal.status, "application/json",
                   makeErrorBody(refusal.reason, "invalid_request_error"),
                   headers);
  connection.output += exchange.output;
  connection.isClosing = true;
  heldBytes -= std::min(heldBytes, connection.input.size());
  std::string().swap(connection.input);
}

/// False once the client has left for certain: it may have closed its side alone,
/// and wait for an answer.
bool HttpServer::receive(Connection &connection) {
  char buffer[size_t{64} << 10];
  ssize_t count = recv(connection.socket, buffer, sizeof(buffer), 0);
  if (count < 0)
    return errno == EAGAIN || errno == EINTR;
  connection.hasEnded = count == 0;
  if (connection.isClosing)
    return true;
  connection.input.append(buffer, static_cast<size_t>(count));
  heldBytes += static_cast<size_t>(count);
  return true;
}

/// Goes on with what has come in, as far as nothing is being answered.
void HttpServer::advance(Connection &connection) {
  if (connection.exchange || connection.isClosing)
    return;
  if (!connection.head) {
    auto taken = takeRequestHead(connection.input);
    if (!taken)
      return refuse(connection, taken.error());
    if (!*taken)
      return;
    connection.head = std::move(**taken);
    connection.deadline = Clock::now() + patience();
    if (!needsWork(*connection.head)) {
      // What it announces is not waited for, nor taken for another request.
      size_t size = connection.head->bodySize;
      connection.head->keepsAlive &= connection.input.size() >= size;
      connection.input.erase(0, size);
      return hand(connection, /*isWork=*/false);
    }
    if (connection.head->wantsContinue &&
        connection.input.size() < connection.head->bodySize)
      connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  size_t size = connection.head->bodySize;
  if (connection.input.size() >= size) {
    // What is left gets a string of its own: a large one would keep its memory.
    std::string left = connection.input.substr(size);
    connection.input.resize(size);
    connection.head->body = std::exchange(connection.input, std::move(left));
    return hand(connection, /*isWork=*/true);
  }
  if (isTooMuch(connection))
    refuse(connection,
           {503, "too much is being sent here: expected a retry later"});
}

/// One that waits is not read on; one that comes in would never be whole.
bool HttpServer::isTooMuch(const Connection &connection) const {
  return heldBytes > static_cast<size_t>(options.mostInput) << 20 &&
         connection.input.size() > smallInput;
}

/// A request goes to who answers it.
void HttpServer::hand(Connection &connection, bool isWork) {
  // The end of an answer to an old client is that of its connection.
  if (draining || connection.head->isOld)
    connection.head->keepsAlive = false;
  connection.exchange =
      std::make_shared<HttpExchange>(std::move(*connection.head), wakeUp[1]);
  connection.head.reset();
  if (!isWork)
    return handler(connection.exchange);
  std::lock_guard lock(mutex);
  waiting.push_back(connection.exchange);
  changed.notify_one();
}

/// How long to wait for a client that has begun something.
std::chrono::seconds HttpServer::patience() const {
  return draining ? std::min(drainTime, options.timeout) : options.timeout;
}

/// Sends what there is to send. False where the connection is at its end.
bool HttpServer::send(Connection &connection) {
  bool isAnswered = false;
  if (HttpExchange *exchange = connection.exchange.get()) {
    std::lock_guard lock(exchange->mutex);
    connection.output += exchange->output;
    exchange->output.clear();
    // Who has left answers a probe with a reset, and who listens with nothing.
    if (connection.hasEnded)
      connection.output += exchange->probe();
    isAnswered = exchange->isWhole;
  }
  if (connection.output.size() > mostOutput)
    return false;
  if (!connection.output.empty()) {
    ssize_t count = ::send(connection.socket, connection.output.data(),
                           connection.output.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR)
      return false;
    if (count > 0) {
      connection.output.erase(0, static_cast<size_t>(count));
      connection.deadline = Clock::now() + patience();
    }
  }
  if (!connection.output.empty())
    return true;
  if (isAnswered) {
    bool goesOn = connection.exchange->request().keepsAlive;
    connection.exchange.reset();
    connection.deadline = Clock::now() + idleTime;
    connection.isClosing = !goesOn;
    if (!goesOn)
      std::string().swap(connection.input);
    advance(connection); // the next may have come already, and be refused
  }
  // Closed with bytes unread, it would take the answer away from the client.
  if (connection.isClosing && !connection.isLingering &&
      connection.output.empty()) {
    constexpr std::chrono::seconds lingerTime{2};
    shutdown(connection.socket, SHUT_WR);
    connection.isLingering = true;
    connection.deadline = Clock::now() + lingerTime;
  }
  return true;
}

/// Whether nothing is asked and nothing will be.
bool HttpServer::isFinished(const Connection &connection) const {
  if (connection.exchange || !connection.output.empty())
    return false;
  bool isSilent = connection.input.empty() && !connection.head;
  return connection.hasEnded ||
         (draining && isSilent && !connection.isLingering);
}

void HttpServer::run(const std::atomic<bool> &interrupted) {
  std::vector<pollfd> polled;
  for (;;) {
    if (interrupted && !draining) {
      draining = true;
      close(std::exchange(listening, -1));
      for (Connection &connection : connections)
        connection.deadline =
            std::min(connection.deadline, Clock::now() + drainTime);
    }
    if (draining && connections.empty())
      return;
    connectionTotal = std::ssize(connections);
    heldBytes = 0;
    for (const Connection &connection : connections)
      heldBytes += connection.held();
    bool accepts = acceptsFrom <= Clock::now();
    polled.assign(
        {{wakeUp[0], POLLIN, 0}, {accepts ? listening : -1, POLLIN, 0}});
    for (const Connection &connection : connections) {
      short events = connection.output.empty() ? 0 : POLLOUT;
      bool hasRoom = (connection.input.size() < mostPipelined &&
                      !(connection.exchange && isTooMuch(connection))) ||
                     connection.head;
      if (hasRoom && !connection.hasEnded)
        events |= POLLIN;
      polled.push_back({connection.socket, events, 0});
    }
    // Nothing else tells of a signal that another thread got.
    constexpr int milliseconds = 200;
    if (poll(polled.data(), polled.size(), milliseconds) < 0)
      continue;
    if (polled[0].revents) {
      char bytes[4096];
      while (read(wakeUp[0], bytes, sizeof(bytes)) > 0)
        ;
    }
    auto now = Clock::now();
    size_t at = 2;
    for (auto connection = connections.begin();
         connection != connections.end();) {
      short events = polled[at++].revents;
      bool lives = !(events & (POLLERR | POLLNVAL));
      if (lives && (events & (POLLIN | POLLHUP)))
        lives = receive(*connection);
      if (lives)
        advance(*connection);
      if (lives)
        lives = send(*connection);
      if (lives && isFinished(*connection))
        lives = false;
      // An answer that is being computed has a limit of its own.
      bool waitsForUs = connection->exchange && connection->output.empty();
      if (lives && !waitsForUs && connection->deadline < now)
        lives = false;
      if (!lives && connection->exchange) {
        // Nobody waits for the answer, and its body is no longer counted.
        std::lock_guard lock(mutex);
        std::erase(waiting, connection->exchange);
      }
      connection = lives ? std::next(connection) : connections.erase(connection);
    }
    if (listening >= 0 && polled[1].revents)
      accept();
  }
}
