//===- Sequences.cpp - Sequences of the C interface -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include "ignis/Engine/Logprobs.h"

#include <cmath>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

static SamplerOptions toSamplerOptions(const ignis_sampling &sampling) {
  SamplerOptions options;
  options.temperature = sampling.temperature;
  options.topK = sampling.top_k;
  options.topP = sampling.top_p;
  options.minP = sampling.min_p;
  options.repeatPenalty = sampling.repeat_penalty;
  options.repeatLastN = sampling.repeat_last_n;
  return options;
}

ignis_sequence::ignis_sequence(std::shared_ptr<StartedExecutor> started,
                               const ignis_sampling &sampling)
    : executor(std::move(started)), sampling(sampling),
      generation(*executor->executor, toSamplerOptions(sampling), sampling.seed,
                 sampling.lookup) {
  if (executor->model->tokenizer)
    decoder.emplace(*executor->model->tokenizer);
}

ignis_sampling ignis_default_sampling(void) {
  const SamplerOptions options;
  return {.seed = 0,
          .temperature = options.temperature,
          .top_k = options.topK,
          .top_p = options.topP,
          .min_p = options.minP,
          .repeat_penalty = options.repeatPenalty,
          .repeat_last_n = options.repeatLastN,
          .lookup = false,
          .log_probabilities = false};
}

static Expected<void> checkSampling(const ignis_sampling &sampling) {
  auto isShare = [](float value) { return value >= 0 && value <= 1; };
  if (!std::isfinite(sampling.temperature) || !isShare(sampling.top_p) ||
      !isShare(sampling.min_p) || !(sampling.repeat_penalty > 0) ||
      !std::isfinite(sampling.repeat_penalty))
    return makeError(ExitCode::Usage,
                     "expected a finite temperature, top_p and min_p from 0 to "
                     "1, and a repeat_penalty above 0, found {}, {}, {} and {}",
                     sampling.temperature, sampling.top_p, sampling.min_p,
                     sampling.repeat_penalty);
  return {};
}

ignis_status ignis_sequence_create(const ignis_executor *executor,
                                   const ignis_sampling *sampling,
                                   ignis_sequence **sequence,
                                   ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkPresent({"an executor", "a place for the sequence"},
                                    executor, sequence);
        !checked)
      return checked;
    *sequence = nullptr;
    const auto chosen = sampling ? *sampling : ignis_default_sampling();
    if (auto checked = checkSampling(chosen); !checked)
      return checked;
    *sequence = new ignis_sequence(executor->executor, chosen);
    return {};
  });
}

void ignis_sequence_free(ignis_sequence *sequence) { delete sequence; }

ignis_status ignis_sequence_fork(const ignis_sequence *sequence,
                                 ignis_sequence **fork, ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkPresent({"a sequence", "a place for the fork"},
                                    sequence, fork);
        !checked)
      return checked;
    *fork = nullptr;
    auto other = std::make_unique<ignis_sequence>(sequence->executor,
                                                  sequence->sampling);
    other->generation = sequence->generation.fork();
    if (sequence->decoder)
      other->decoder.emplace(*sequence->decoder);
    *fork = other.release();
    return {};
  });
}

ignis_status ignis_sequence_load(const ignis_executor *executor,
                                 const char *path,
                                 const ignis_sampling *sampling,
                                 ignis_sequence **sequence,
                                 ignis_error *error) {
  ignis_sequence *created = nullptr;
  ignis_status status =
      ignis_sequence_create(executor, sampling, &created, error);
  if (status != IGNIS_OK)
    return status;
  std::unique_ptr<ignis_sequence> owned(created);
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkPresent({"a path", "a place for the sequence"},
                                    path, sequence);
        !checked)
      return checked;
    *sequence = nullptr;
    // Without options nobody asked for other random numbers.
    auto loaded = owned->generation.load(path, /*takesSampler=*/!sampling);
    if (!loaded)
      return tl::unexpected(std::move(loaded.error()));
    *sequence = owned.release();
    return {};
  });
}

ignis_status ignis_sequence_save(const ignis_sequence *sequence,
                                 const char *path, ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkPresent({"a sequence", "a path"}, sequence, path);
        !checked)
      return checked;
    return sequence->generation.save(path);
  });
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static Expected<void> checkTokens(const ignis_sequence *sequence,
                                  const int32_t *tokens, size_t count) {
  int32_t none = 0;
  if (auto checked = checkPresent({"a sequence", "tokens"}, sequence,
                                  count ? tokens : &none);
      !checked)
    return checked;
  return ignis::checkTokens({tokens, count},
                            sequence->executor->model->model->vocab());
}

static void forgetStep(ignis_sequence &sequence) {
  sequence.chosen.clear();
  sequence.logProbabilities.clear();
  sequence.text.clear();
}

static Expected<void> setText(ignis_sequence *sequence,
                              std::span<const int32_t> tokens, bool appends) {
  if (auto checked = checkTokens(sequence, tokens.data(), tokens.size());
      !checked)
    return checked;
  Generation &text = sequence->generation;
  auto length = static_cast<int64_t>(tokens.size()) +
                (appends ? text.length() : int64_t{0});
  int64_t context = sequence->executor->executor->context();
  if (length > context)
    return makeError(ExitCode::Usage,
                     "expected a text of at most {} tokens, found {}", context,
                     length);
  forgetStep(*sequence);
  // Half a character of what came before is none of what is to come.
  if (sequence->decoder)
    sequence->decoder->flush();
  if (appends && text.length() > 0)
    text.append(tokens);
  else
    text.restart(tokens);
  return {};
}

ignis_status ignis_sequence_append(ignis_sequence *sequence,
                                   const int32_t *tokens, size_t count,
                                   ignis_error *error) {
  return guard(error, [&] { return setText(sequence, {tokens, count}, true); });
}

ignis_status ignis_sequence_restart(ignis_sequence *sequence,
                                    const int32_t *tokens, size_t count,
                                    ignis_error *error) {
  return guard(error, [&] {
    return setText(sequence, {tokens, count}, false);
  });
}

int64_t ignis_sequence_length(const ignis_sequence *sequence) {
  return sequence ? sequence->generation.length() : 0;
}

int64_t ignis_sequence_position(const ignis_sequence *sequence) {
  return sequence ? sequence->generation.sequence().position() : 0;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

static void take(ignis_sequence &sequence, int32_t token,
                 const Executor::Row &row) {
  sequence.chosen.push_back(token);
  sequence.logits.assign(row.logits.begin(), row.logits.end());
  if (sequence.sampling.log_probabilities)
    sequence.logProbabilities.push_back(
        static_cast<float>(findLogprob(row.logits, token)));
  if (sequence.decoder)
    sequence.text += sequence.decoder->push(token);
}

static Expected<void> checkSequences(ignis_sequence *const *sequences,
                                     size_t count) {
  if (auto checked = checkPresent({"sequences"}, sequences); !checked)
    return checked;
  for (size_t i = 0; i != count; ++i) {
    if (auto checked = checkPresent({"a sequence"}, sequences[i]); !checked)
      return checked;
    if (sequences[i]->executor != sequences[0]->executor)
      return makeError(ExitCode::Usage,
                       "sequence {}: expected one of the first one's executor",
                       i);
    if (sequences[i]->generation.pending().empty())
      return makeError(ExitCode::Usage,
                       "sequence {}: expected tokens to compute, found an "
                       "empty text",
                       i);
    if (sequences[i]->generation.length() >
        sequences[i]->executor->executor->context())
      return makeError(ExitCode::Usage,
                       "sequence {}: the context of {} positions is full", i,
                       sequences[i]->executor->executor->context());
  }
  return {};
}

ignis_status ignis_step(ignis_sequence *const *sequences, size_t count,
                        ignis_error *error) {
  bool busy = false;
  ignis_status status = guard(error, [&]() -> Expected<void> {
    if (count == 0)
      return {};
    if (auto checked = checkSequences(sequences, count); !checked)
      return checked;
    std::vector<Generation *> texts;
    for (size_t i = 0; i != count; ++i) {
      forgetStep(*sequences[i]);
      texts.push_back(&sequences[i]->generation);
    }
    auto put = [&](size_t i, int32_t token,
                   const Executor::Row &row) -> Expected<bool> {
      take(*sequences[i], token, row);
      return true;
    };
    auto outcome = step(*sequences[0]->executor->executor, texts, put);
    if (!outcome)
      return tl::unexpected(std::move(outcome.error()));
    busy = *outcome == Executor::Outcome::NoPages;
    return {};
  });
  return busy ? report(IGNIS_BUSY, "no room for the texts now", error) : status;
}

const int32_t *ignis_sequence_chosen(const ignis_sequence *sequence,
                                     size_t *count) {
  if (count)
    *count = sequence ? sequence->chosen.size() : 0;
  return sequence ? sequence->chosen.data() : nullptr;
}

const float *ignis_sequence_log_probabilities(const ignis_sequence *sequence,
                                              size_t *count) {
  if (count)
    *count = sequence ? sequence->logProbabilities.size() : 0;
  return sequence ? sequence->logProbabilities.data() : nullptr;
}

const float *ignis_sequence_logits(const ignis_sequence *sequence) {
  return sequence && !sequence->logits.empty() ? sequence->logits.data()
                                               : nullptr;
}

const char *ignis_sequence_text(const ignis_sequence *sequence, size_t *size) {
  if (size)
    *size = sequence ? sequence->text.size() : 0;
  return sequence ? sequence->text.c_str() : "";
}
