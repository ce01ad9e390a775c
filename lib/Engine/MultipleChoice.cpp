//===- MultipleChoice.cpp - Questions with a few answers ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MultipleChoice.h"

#include "ignis/Engine/Logprobs.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/JSONNesting.h"
#include "ignis/Support/Progress.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace ignis;
using nlohmann::json;

namespace {

struct Question {
  std::string prompt;
  std::vector<std::string> choices;
  size_t answer;
};

} // namespace

static Expected<Question> readQuestion(const std::string &line) {
  auto refuse = [](std::string_view expected) {
    return makeError(ExitCode::Failure, "expected {}", expected);
  };
  if (!isJSONShallow(line))
    return refuse("an object that is not deeply nested");
  json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  auto get = [&](const char *name) {
    return value.is_object() && value.contains(name) ? value[name] : json();
  };
  json prompt = get("prompt"), choices = get("choices"), answer = get("answer");
  if (!prompt.is_string() || prompt.get_ref<const std::string &>().empty())
    return refuse("a prompt, a text");
  Question question{prompt.get<std::string>(), {}, 0};
  for (const json &choice : choices.is_array() ? choices : json::array()) {
    if (!choice.is_string() || choice.get_ref<const std::string &>().empty())
      return refuse("choices that are texts");
    question.choices.push_back(choice.get<std::string>());
  }
  if (question.choices.size() < 2)
    return refuse("two choices or more");
  if (!answer.is_number_unsigned() ||
      answer.get<uint64_t>() >= question.choices.size())
    return refuse("an answer, the number of a choice, from 0");
  question.answer = answer.get<size_t>();
  return question;
}

/// The sum of the log probabilities of the tokens by which `text` goes on from
/// what it has in common with `prompt`.
static Expected<double> scoreText(Executor &executor,
                                  std::span<const int32_t> prompt,
                                  std::span<const int32_t> text) {
  if (std::ssize(text) - 1 > executor.context())
    return makeError(ExitCode::Failure,
                     "expected at most {} tokens with a choice, found {} (-c "
                     "sets them)",
                     executor.context() + 1, text.size());
  // A token is left to be predicted, and one to predict it from.
  auto common = std::ranges::mismatch(prompt, text).in2 - text.begin();
  auto first = std::clamp<ptrdiff_t>(common, 1, std::ssize(text) - 1);
  double sum = 0;
  auto next = static_cast<size_t>(first);
  auto take = [&](const Executor::Row &row) -> Expected<void> {
    sum += findLogprob(row.logits, text[next++]);
    return {};
  };
  auto input = text.first(text.size() - 1);
  Sequence sequence(executor);
  // Pages are found again; rows that are wanted are computed.
  int64_t known = sequence.reuse(text.first(static_cast<size_t>(first)));
  auto fed = executor.feed(sequence, input.subspan(static_cast<size_t>(known)),
                           first - 1 - known, take);
  if (!fed)
    return tl::unexpected(std::move(fed.error()));
  return sum;
}

static Expected<void> answer(Executor &executor, const Tokenizer &tokenizer,
                             const Question &question, ChoiceScores &scores) {
  auto encode = [&](const std::string &text) {
    std::vector<int32_t> tokens = tokenizer.encode(text);
    tokenizer.prependBegin(tokens);
    return tokens;
  };
  const std::vector<int32_t> prompt = encode(question.prompt);
  std::vector<double> whole, byLength;
  for (const std::string &choice : question.choices) {
    const std::vector<int32_t> text = encode(question.prompt + choice);
    if (text.size() < 2)
      return makeError(ExitCode::Failure,
                       "expected two tokens or more, found {}", text.size());
    Expected<double> sum = scoreText(executor, prompt, text);
    if (!sum)
      return tl::unexpected(std::move(sum.error()));
    whole.push_back(*sum);
    byLength.push_back(*sum / static_cast<double>(choice.size()));
  }
  auto isRight = [&](const std::vector<double> &sums) {
    auto best = static_cast<size_t>(std::ranges::max_element(sums) -
                                    sums.begin());
    return best == question.answer ? 1.0 : 0.0;
  };
  scores.whole.add(isRight(whole));
  scores.byLength.add(isRight(byLength));
  return {};
}

Expected<ChoiceScores> ignis::answerChoices(Executor &executor,
                                            const Tokenizer &tokenizer,
                                            const std::string &path) {
  Expected<std::string> text = readFile(path);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  ChoiceScores scores;
  Progress progress;
  size_t number = 0;
  for (size_t at = 0, end; at < text->size(); at = end + 1) {
    end = std::min(text->find('\n', at), text->size());
    ++number;
    std::string line = text->substr(at, end - at);
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    Expected<Question> question = readQuestion(line);
    Expected<void> done =
        question ? answer(executor, tokenizer, *question, scores)
                 : tl::unexpected(std::move(question.error()));
    if (!done && done.error().code == ExitCode::Interrupted)
      return tl::unexpected(std::move(done.error()));
    if (!done)
      return makeError(ExitCode::Failure, "{}: line {}: {}", path, number,
                       done.error().message);
    progress.show(fmt::format("{} questions, {:.2f} % right",
                              scores.whole.count(), 100 * scores.whole.mean()));
  }
  if (scores.whole.count() == 0)
    return makeError(ExitCode::Failure,
                     "{}: expected questions, a line of JSON each, found none",
                     path);
  return scores;
}
