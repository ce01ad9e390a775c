//===- Answers.cpp - What becomes of requests, as JSON --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Answers.h"

#include "ChoiceText.h"
#include "Receipt.h"
#include "ResponseStream.h"

using namespace ignis;

void ignis::respondError(HttpExchange &exchange, const ApiError &error) {
  HttpHeaders headers;
  if (error.status == 429 || error.status == 503)
    headers.emplace_back("Retry-After", "1");
  exchange.respond(
      error.status, "application/json",
      makeErrorBody(error.message, error.type(), error.field, error.code),
      headers);
}

ApiError ignis::makeTimeout() {
  return {504, "the request has taken longer than is allowed here", {},
          "timeout"};
}

namespace {

/// All answers to a request. Used by the thread that runs the scheduler alone,
/// once they are submitted.
class Answers {
public:
  Answers(std::shared_ptr<HttpExchange> exchange, ServedModel &model,
          const ApiRequest &request, const PreparedRequest &prepared)
      : exchange(std::move(exchange)), model(model), shape(request, model.name()),
        startsThinking(prepared.startsThinking),
        choices(prepared.texts.size()), left(prepared.texts.size()) {
    for (const TextRequest &text : prepared.texts)
      promptTokens += std::ssize(text.prompt);
    promptTokens /= shape.request.choices;
    if (request.wantsReceipt)
      receipt = Receipt::begin(request, prepared,
                               model.model().program().kv_type);
  }

  bool isWanted() const { return !isOver && !exchange->isGone(); }
  void stream(size_t index, Json delta, const char *reason);
  void fail(const ApiError &error);
  void finishOne(size_t index, Choice choice, int64_t tokens);

  std::shared_ptr<HttpExchange> exchange;
  ServedModel &model;
  Shape shape;
  ResponseStream response{shape};
  bool startsThinking;
  std::vector<Choice> choices;
  std::optional<Receipt> receipt;

private:
  size_t left;
  bool isOver = false; ///< an error has ended it
  int64_t promptTokens = 0, answerTokens = 0;
};

/// One of them.
class Answer : public TextListener {
public:
  Answer(std::shared_ptr<Answers> all, size_t index)
      : all(std::move(all)), index(index),
        text(this->all->model.tokenizer(), this->all->shape.request,
             this->all->startsThinking, index,
             [this](Json delta) { say(std::move(delta)); }) {}

  bool isWanted() const override { return all->isWanted(); }
  bool take(int32_t token, const Executor::Row &row) override;
  void takeEnd(int32_t token, const Executor::Row &row) override {
    note(token, row);
  }
  void end(Ending ending, const Error &reason) override;

private:
  void note(int32_t token, const Executor::Row &row) {
    if (all->receipt)
      all->receipt->texts[index].take(token, row.logits);
  }
  void say(Json delta);

  std::shared_ptr<Answers> all;
  size_t index;
  ChoiceText text;
  int64_t tokens = 0;
  int64_t characters = 0; ///< that begin in them
  bool hasSpoken = false;
  Json probabilities = Json::array(); ///< that were not streamed yet
};

} // namespace

void Answers::stream(size_t index, Json delta, const char *reason) {
  bool isResponse = shape.request.kind == ApiRequest::Kind::Response;
  if (!exchange->hasBegun()) {
    exchange->begin("text/event-stream");
    if (isResponse)
      exchange->write(response.begin());
  }
  if (!isResponse)
    exchange->write(shape.event(shape.chunk(index, std::move(delta), reason)));
  else if (!delta.empty())
    exchange->write(response.add(delta));
}

void Answers::fail(const ApiError &error) {
  if (std::exchange(isOver, true))
    return;
  if (!exchange->hasBegun())
    return respondError(*exchange, error);
  if (shape.request.kind == ApiRequest::Kind::Response)
    exchange->write(response.fail(error.code.empty() ? error.type()
                                                     : error.code,
                                  error.message, error.field));
  else
    exchange->write("data: " + makeErrorBody(error.message, error.type(),
                                             error.field, error.code) +
                    "\n\n");
  exchange->end();
}

void Answers::finishOne(size_t index, Choice choice, int64_t tokens) {
  choices[index] = std::move(choice);
  answerTokens += tokens;
  if (--left != 0 || isOver)
    return;
  Json usage = shape.usage(promptTokens, answerTokens);
  Json last = Json::object(); // in which a stream ends
  if (shape.request.streamsUsage)
    last["usage"] = usage;
  if (receipt)
    last["ignis_receipt"] = receipt->write();
  if (!shape.request.stream) {
    Json whole = shape.whole(choices, usage);
    whole.update(last);
    return exchange->respond(200, "application/json", shape.print(whole));
  }
  if (shape.request.kind == ApiRequest::Kind::Response) {
    exchange->write(response.finish(choices[0], usage, last));
    return exchange->end();
  }
  if (!last.empty())
    exchange->write(shape.event(shape.lastChunk(last)));
  exchange->write("data: [DONE]\n\n");
  exchange->end();
}

/// To who streams, and with the probabilities of what was taken since.
void Answer::say(Json delta) {
  const ApiRequest &request = all->shape.request;
  if (!request.stream)
    return;
  if (request.kind == ApiRequest::Kind::Chat && !std::exchange(hasSpoken, true))
    all->stream(index, {{"role", "assistant"}, {"content", ""}}, nullptr);
  if (request.wantsProbabilities)
    delta["logprobs"] = std::exchange(probabilities, Json::array());
  all->stream(index, std::move(delta), nullptr);
}

bool Answer::take(int32_t token, const Executor::Row &row) {
  ++tokens;
  note(token, row);
  if (all->shape.request.wantsProbabilities) {
    Json entry = describeToken(all->model.tokenizer(), row.logits, token,
                               all->shape.request.topTokens);
    if (all->shape.request.kind == ApiRequest::Kind::Completion)
      entry["text_offset"] = characters;
    // A character of several tokens begins with its first byte.
    for (const Json &byte : entry["bytes"])
      characters += (byte.get<unsigned>() & 0xc0) != 0x80;
    probabilities.push_back(entry);
    text.choice.probabilities.push_back(std::move(entry));
  }
  return text.take(token);
}

void Answer::end(Ending ending, const Error &reason) {
  switch (ending) {
  case Ending::Cancelled:
    return all->fail({503, "the server ends"});
  case Ending::TimedOut:
    return all->fail(makeTimeout());
  case Ending::Failed:
    return all->fail(
        {reason.code == ExitCode::Usage ? 400 : 500, reason.message});
  case Ending::Stopped:
  case Ending::Length:
    break;
  }
  const char *word = text.finish(ending == Ending::Length);
  if (all->shape.request.stream && all->isWanted()) {
    bool isChat = all->shape.request.kind == ApiRequest::Kind::Chat;
    if (!probabilities.empty() || (isChat && !hasSpoken))
      say({{"content", ""}});
    all->stream(index, Json::object(), word);
  }
  if (all->receipt)
    all->receipt->texts[index].isWhole = ending != Ending::Length;
  all->finishOne(index, std::move(text.choice), tokens);
}

void ignis::answer(const std::shared_ptr<HttpExchange> &exchange,
                   ServedModel &model, const ApiRequest &request,
                   PreparedRequest prepared) {
  auto all = std::make_shared<Answers>(exchange, model, request, prepared);
  std::vector<Scheduler::Submission> submissions;
  for (size_t i = 0; i != prepared.texts.size(); ++i)
    submissions.push_back(
        {std::move(prepared.texts[i]), std::make_shared<Answer>(all, i)});
  switch (model.scheduler().submit(std::move(submissions))) {
  case Scheduler::Admission::Accepted:
    return;
  case Scheduler::Admission::Full:
    return respondError(
        *exchange,
        {429, "too many requests are waiting: expected a retry later"});
  case Scheduler::Admission::Draining:
    return respondError(
        *exchange, {503, "the server ends: expected a retry elsewhere"});
  }
}
