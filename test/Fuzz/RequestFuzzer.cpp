//===- RequestFuzzer.cpp - Any bytes as a request or a receipt ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first byte tells what the others are: the body of a call of one of the
// paths, a receipt, or a request's line and headers.
//
//===----------------------------------------------------------------------===//

#include "FuzzInput.h"

#include "Embeddings.h"
#include "Receipt.h"

#include "ignis/Server/HttpRequest.h"

using namespace ignis;
using fuzz::require;
using Kind = ApiRequest::Kind;

/// An answer to what is refused can be written, and names one mistake.
static void check(const ApiError &error) {
  require(error.status >= 400 && error.status < 500, "a status of clients");
  require(!error.message.empty(), "a reason");
}

static void takeCompletion(Kind kind, const std::string &body) {
  auto request = parseApiRequest(kind, body);
  if (!request)
    return check(request.error());
  require((kind == Kind::Completion) == request->messages.empty(),
          "messages of chats alone");
  require(kind != Kind::Completion || !request->prompts.empty(), "a prompt");
  require(request->choices >= 1 && request->choices <= 16, "1 to 16 answers");
  require(request->schema.empty() || request->grammar.empty(), "one format");
}

/// What is read is written as something that is read again, and is the same.
static void takeReceipt(const std::string &body) {
  auto json = parseBody(body);
  if (!json)
    return check(json.error());
  auto receipt = Receipt::read(*json);
  if (!receipt)
    return check(receipt.error());
  Json written = receipt->write();
  auto again = Receipt::read(written);
  require(again.has_value(), "a receipt that was written");
  require(again->write().dump() == written.dump(), "the same receipt");
  for (const Receipt::Text &text : receipt->texts)
    require(text.tokens.size() == text.digests.size(),
            "a digest for each token");
}

static void takeEmbeddings(const std::string &body) {
  auto request = parseEmbeddingRequest(body, Pooling::Mean);
  if (!request)
    return check(request.error());
  require(!request->inputs.empty(), "an input");
}

/// Whether it comes as a whole or byte by byte, the same head is found.
static void takeHead(const std::string &bytes) {
  std::string whole = bytes, pieces;
  auto found = takeRequestHead(whole);
  for (char byte : bytes) {
    pieces += byte;
    auto head = takeRequestHead(pieces);
    if (!head) // perhaps for a line that the whole does not come to
      return;
    if (!*head)
      continue;
    require(found && *found && (*found)->path == (*head)->path &&
                (*found)->headers == (*head)->headers &&
                (*found)->bodySize == (*head)->bodySize,
            "the same head");
    return;
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz::Input input(data, size);
  uint8_t what = input.byte();
  std::string body(input.rest());
  switch (what) {
  case 'c':
    takeCompletion(Kind::Completion, body);
    break;
  case 'm':
    takeCompletion(Kind::Chat, body);
    break;
  case 'r':
    takeCompletion(Kind::Response, body);
    break;
  case 'e':
    takeEmbeddings(body);
    break;
  case 'v':
    takeReceipt(body);
    break;
  default:
    takeHead(body);
  }
  return 0;
}
