//===- Answers.cpp - What becomes of requests, as JSON --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Answers.h"

#include "Shapes.h"

#include "ignis/Engine/AnswerText.h"
#include "ignis/Server/AnswerParts.h"

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
  }

  bool isWanted() const { return !isOver && !exchange->isGone(); }
  void stream(size_t index, Json delta, const char *reason);
  void fail(const ApiError &error);
  void finishOne(size_t index, const char *reason, int64_t tokens);

  std::shared_ptr<HttpExchange> exchange;
  ServedModel &model;
  Shape shape;
  bool startsThinking;
  std::vector<Choice> choices;

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
        text(this->all->model.tokenizer(), this->all->shape.request.stops),
        parts(makeSinks(), this->all->startsThinking,
              !this->all->shape.request.tools.empty()) {}

  bool isWanted() const override { return all->isWanted(); }
  bool take(int32_t token, const Executor::Row &row) override;
  void end(Ending ending, const Error &reason) override;

private:
  AnswerParts::Sinks makeSinks();
  void put(std::string piece);
  Choice &choice() { return all->choices[index]; }
  void say(Json delta);

  std::shared_ptr<Answers> all;
  size_t index;
  AnswerText text;
  AnswerParts parts;
  int64_t tokens = 0;
  bool hasSpoken = false;
  Json probabilities = Json::array(); ///< that were not streamed yet
};

} // namespace

void Answers::stream(size_t index, Json delta, const char *reason) {
  if (!exchange->hasBegun())
    exchange->begin("text/event-stream");
  exchange->write(shape.event(shape.chunk(index, std::move(delta), reason)));
}

void Answers::fail(const ApiError &error) {
  if (std::exchange(isOver, true))
    return;
  if (!exchange->hasBegun())
    return respondError(*exchange, error);
  exchange->write("data: " + makeErrorBody(error.message, error.type(),
                                           error.field, error.code) +
                  "\n\n");
  exchange->end();
}

void Answers::finishOne(size_t index, const char *reason, int64_t tokens) {
  choices[index].reason = reason;
  answerTokens += tokens;
  if (--left != 0 || isOver)
    return;
  Json usage = shape.usage(promptTokens, answerTokens);
  if (!shape.request.stream)
    return exchange->respond(200, "application/json",
                             shape.print(shape.whole(choices, usage)));
  if (shape.request.streamsUsage)
    exchange->write(shape.event(shape.usageChunk(usage)));
  exchange->write("data: [DONE]\n\n");
  exchange->end();
}

AnswerParts::Sinks Answer::makeSinks() {
  return {[this](std::string_view text) {
            choice().content += text;
            say({{"content", text}});
          },
          [this](std::string_view text) {
            choice().reasoning += text;
            say({{"reasoning_content", text}});
          },
          [this](const std::string &name, const std::string &arguments) {
            auto number = choice().calls.size();
            Json call = {{"id", fmt::format("call_{}_{}", index, number)},
                         {"type", "function"},
                         {"function",
                          {{"name", name}, {"arguments", arguments}}}};
            choice().calls.push_back(call);
            Json delta = {{"index", number}};
            delta.update(call);
            say({{"tool_calls", Json::array({delta})}});
          }};
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

void Answer::put(std::string piece) {
  if (all->shape.request.kind != ApiRequest::Kind::Completion)
    return parts.push(piece);
  choice().content += piece;
  if (!piece.empty())
    say({{"content", piece}});
}

bool Answer::take(int32_t token, const Executor::Row &row) {
  ++tokens;
  if (all->shape.request.wantsProbabilities) {
    Json entry = describeToken(all->model.tokenizer(), row.logits, token,
                               all->shape.request.topTokens);
    probabilities.push_back(entry);
    choice().probabilities.push_back(std::move(entry));
  }
  put(text.push(token));
  return !text.isStopped();
}

void Answer::end(Ending ending, const Error &reason) {
  switch (ending) {
  case Ending::Cancelled:
    return all->fail({503, "the server ends"});
  case Ending::TimedOut:
    return all->fail({504, "the request has taken longer than is allowed here",
                      {}, "timeout"});
  case Ending::Failed:
    return all->fail({500, reason.message});
  case Ending::Stopped:
  case Ending::Length:
    break;
  }
  put(text.finish());
  parts.finish();
  const char *word = !choice().calls.empty()      ? "tool_calls"
                     : ending == Ending::Length ? "length"
                                                : "stop";
  if (all->shape.request.stream && all->isWanted()) {
    if (!probabilities.empty() || !hasSpoken)
      say({{"content", ""}});
    all->stream(index, Json::object(), word);
  }
  all->finishOne(index, word, tokens);
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
