//===- CAPI.cpp - Compiled models in a program of one's own ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/KernelChoice.h"
#include "ignis/Engine/Package.h"
#include "ignis/Engine/Sampler.h"
#include "ignis/Engine/Session.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/CheckText.h"
#include "ignis/ignis.h"

#include <algorithm>
#include <cstring>
#include <exception>

using namespace ignis;

struct ignis_model {
  GGUFFile file;
  SamplerOptions sampling;
  uint64_t seed;
  std::optional<ModelDescription> model;
  std::optional<Tokenizer> tokenizer; ///< a file may have none
  std::unique_ptr<Session> session;   ///< refers to file and model
  std::optional<Sampler> sampler;
  std::span<const float> logits; ///< of the last token; the session's

  ignis_model(GGUFFile file, const ignis_options &options)
      : file(std::move(file)), sampling{options.temperature,
                                        options.top_k,
                                        options.top_p,
                                        options.min_p,
                                        options.repeat_penalty,
                                        options.repeat_last_n},
        seed(options.seed) {}

  Expected<void> start(const ignis_package &package,
                       const ignis_options &options);
  void reset() {
    if (session)
      session->rewind(0);
    sampler.emplace(sampling, seed);
    logits = {};
  }
};

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

static ignis_status report(ignis_status status, std::string_view message,
                           ignis_error *error) {
  if (error) {
    size_t size = message.copy(error->message, sizeof(error->message) - 1);
    error->message[size] = '\0';
  }
  return status;
}

/// Calls `body`, and makes a status of whatever comes of it.
template <typename Body>
static ignis_status guard(ignis_error *error, Body body) noexcept {
  try {
    Expected<void> done = body();
    if (done)
      return report(IGNIS_OK, "", error);
    return report(static_cast<ignis_status>(done.error().code),
                  done.error().message, error);
  } catch (const std::bad_alloc &) {
    return report(IGNIS_FAILED, "out of memory", error);
  } catch (const std::exception &exception) {
    return report(IGNIS_FAILED, exception.what(), error);
  } catch (...) {
    return report(IGNIS_FAILED, "an exception without a reason", error);
  }
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

ignis_options ignis_default_options(void) {
  const SamplerOptions sampling;
  return {.context = 0,
          .batch = 0,
          .threads = 0,
          .seed = 0,
          .temperature = sampling.temperature,
          .top_k = sampling.topK,
          .top_p = sampling.topP,
          .min_p = sampling.minP,
          .repeat_penalty = sampling.repeatPenalty,
          .repeat_last_n = sampling.repeatLastN};
}

const char *ignis_version(void) { return IGNIS_VERSION; }

static Expected<void> checkOptions(const ignis_options &options) {
  auto isShare = [](float value) { return value >= 0 && value <= 1; };
  if (options.context < 0 || options.batch < 0 || options.threads < 0 ||
      options.threads > 1024)
    return makeError(ExitCode::Usage,
                     "expected context and batch of 0 or more and 0 to 1024 "
                     "threads, found {}, {} and {}",
                     options.context, options.batch, options.threads);
  if (!std::isfinite(options.temperature) || !isShare(options.top_p) ||
      !isShare(options.min_p) || !(options.repeat_penalty > 0) ||
      !std::isfinite(options.repeat_penalty))
    return makeError(ExitCode::Usage,
                     "expected a finite temperature, top_p and min_p from 0 to "
                     "1, and a repeat_penalty above 0, found {}, {}, {} and {}",
                     options.temperature, options.top_p, options.min_p,
                     options.repeat_penalty);
  return {};
}

Expected<void> ignis_model::start(const ignis_package &package,
                                  const ignis_options &options) {
  if (auto done = take(ModelDescription::read(file), model); !done)
    return done;
  if (hasTokenizer(file))
    if (auto done = take(loadTokenizer(file, model->config.vocab), tokenizer);
        !done)
      return done;
  Expected<const ignis_kernels *> kernels = findKernels(/*name=*/"");
  if (!kernels)
    return tl::unexpected(std::move(kernels.error()));
  SessionOptions sessionOptions;
  sessionOptions.kernels = *kernels;
  sessionOptions.context = options.context;
  sessionOptions.batch = options.batch > 0 ? options.batch : package.max_tokens;
  sessionOptions.threads = options.threads;
  auto cacheType = static_cast<ignis_type>(package.program->kv_type);
  if (auto checked = checkLimits(package, sessionOptions.batch, cacheType);
      !checked)
    return checked;
  Expected<std::unique_ptr<Session>> created =
      Session::create(file, *model, *package.program, sessionOptions);
  if (!created)
    return tl::unexpected(std::move(created.error()));
  session = std::move(*created);
  reset();
  return {};
}

ignis_status ignis_load(const ignis_package *package, const char *path,
                        const ignis_options *options, ignis_model **model,
                        ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    *model = nullptr;
    const ignis_options chosen = options ? *options : ignis_default_options();
    if (auto checked = checkOptions(chosen); !checked)
      return checked;
    if (auto checked = checkCpu(*package); !checked)
      return checked;
    Expected<GGUFFile> file =
        path ? GGUFFile::open(path) : openOwnModel(*package);
    if (!file)
      return tl::unexpected(std::move(file.error()));
    auto loaded = std::make_unique<ignis_model>(std::move(*file), chosen);
    if (auto started = loaded->start(*package, chosen); !started)
      return started;
    *model = loaded.release();
    return {};
  });
}

void ignis_free(ignis_model *model) { delete model; }

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

int64_t ignis_vocab(const ignis_model *model) {
  return model->session->vocab();
}
int64_t ignis_context(const ignis_model *model) {
  return model->session->context();
}
int64_t ignis_position(const ignis_model *model) {
  return model->session->position();
}
bool ignis_is_end(const ignis_model *model, int32_t token) {
  return model->tokenizer && model->tokenizer->isEndToken(token);
}

static Expected<void> checkTokenizer(const ignis_model &model) {
  if (model.tokenizer)
    return {};
  return makeError(ExitCode::InvalidModel, "{}: has no tokenizer",
                   model.file.path());
}

/// As much of `from` as there is room for.
template <typename Range, typename T>
static void writeOut(const Range &from, T *to, size_t capacity, size_t *size) {
  std::copy_n(from.begin(), std::min(capacity, from.size()), to);
  *size = from.size();
}

ignis_status ignis_tokenize(const ignis_model *model, const char *text,
                            size_t size, bool special, int32_t *tokens,
                            size_t capacity, size_t *count,
                            ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkTokenizer(*model); !checked)
      return checked;
    writeOut(model->tokenizer->encode({text, size},
                                      special ? SpecialTokens::Recognised
                                              : SpecialTokens::AsText),
             tokens, capacity, count);
    return {};
  });
}

ignis_status ignis_detokenize(const ignis_model *model, const int32_t *tokens,
                              size_t count, char *text, size_t capacity,
                              size_t *size, ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkTokenizer(*model); !checked)
      return checked;
    writeOut(model->tokenizer->decode({tokens, count}), text, capacity, size);
    return {};
  });
}

//===----------------------------------------------------------------------===//
// Generating
//===----------------------------------------------------------------------===//

ignis_status ignis_feed(ignis_model *model, const int32_t *tokens, size_t count,
                        ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (count == 0)
      return {};
    model->logits = {};
    Expected<std::span<const float>> fed =
        model->session->feed({tokens, count});
    if (!fed)
      return tl::unexpected(std::move(fed.error()));
    model->logits = *fed;
    for (int32_t token : std::span(tokens, count))
      model->sampler->accept(token);
    return {};
  });
}

static Expected<void> checkLogits(const ignis_model &model) {
  if (!model.logits.empty())
    return {};
  return makeError(ExitCode::Usage,
                   "there are no logits: expected ignis_feed before");
}

ignis_status ignis_logits(const ignis_model *model, const float **logits,
                          ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkLogits(*model); !checked)
      return checked;
    *logits = model->logits.data();
    return {};
  });
}

ignis_status ignis_sample(ignis_model *model, int32_t *token,
                          ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkLogits(*model); !checked)
      return checked;
    *token = model->sampler->sample(model->logits);
    return {};
  });
}

void ignis_reset(ignis_model *model) {
  guard(nullptr, [&]() -> Expected<void> {
    model->reset();
    return {};
  });
}
