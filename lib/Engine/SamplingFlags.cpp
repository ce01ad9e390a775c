//===- SamplingFlags.cpp - Sampling on a command line ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionGroups.h"

using namespace ignis;

/// One of the table, whose default may be the file's.
static void addNumber(CommandLine &app, const SamplerNumber &number,
                      Options &options) {
  auto set = [&number, &options](const double &value) {
    // The check below has refused what this would refuse.
    (void)number.set(options.sampling, value);
    options.givenSampling.emplace(number.request);
  };
  auto *option = app.add_option_function<double>(std::string(number.names), set,
                                                 std::string(number.help));
  if (number.isWhole())
    option->check(inRange(static_cast<int64_t>(number.least),
                          static_cast<int64_t>(number.most)));
  else
    option->check(inRange(number.least, number.most));
  option->default_str(
      fmt::format("{}", static_cast<float>(number.get(options.sampling))));
}

/// Throws what a refusal says, as CLI11 wants it.
template <typename T>
static T takeOrThrow(const char *name, Expected<T> value) {
  if (!value)
    throw CLI::ValidationError(name, value.error().message);
  return std::move(*value);
}

static void addLists(CommandLine &app, Options &options) {
  SamplerOptions &sampling = options.sampling;
  app.add_option_function<std::string>(
         "--samplers",
         [&](const std::string &text) {
           sampling.order =
               takeOrThrow("--samplers", parseSamplerOrder(text));
           options.givenSampling.emplace("samplers");
         },
         "What is done to the probabilities, in this order; what is not named "
         "is left out")
      ->type_name("NAMES")
      ->default_str(formatSamplerOrder(sampling.order));
  app.add_option_function<std::vector<std::string>>(
         "--logit-bias",
         [&](const std::vector<std::string> &texts) {
           sampling.logitBias.clear();
           for (const std::string &text : texts)
             sampling.logitBias.push_back(
                 takeOrThrow("--logit-bias", parseLogitBias(text)));
         },
         "A token and what is added to its logit, such as 17+1.5 or 17-inf; "
         "may be repeated")
      ->type_name("TOKEN+N")
      ->take_all()
      ->allow_extra_args(false);
  app.addShortName("-l", "--logit-bias");
  app.add_option_function<std::vector<std::string>>(
         "--dry-sequence-breaker",
         [&](const std::vector<std::string> &texts) {
           sampling.dryBreakers.clear();
           for (const std::string &text : texts) {
             if (text == "none")
               continue;
             if (text.empty())
               throw CLI::ValidationError("--dry-sequence-breaker",
                                          "expected a text, found nothing");
             sampling.dryBreakers.push_back(resolveEscapes(text));
           }
         },
         "Across this text nothing counts as repeated, in place of newline, :, "
         "\" and *; may be repeated; none: everything counts")
      ->take_all()
      ->allow_extra_args(false);
}

void ignis::addSamplingOptions(CommandLine &app, Options &options) {
  auto setSeed = [&options](const int64_t &seed) {
    if (seed >= 0)
      options.seed = static_cast<uint64_t>(seed);
  };
  app.add_option_function<int64_t>("-s,--seed", setSeed,
                                   "Of the random generator; -1: a random one")
      ->check(atLeast(int64_t{-1}));
  for (const SamplerNumber &number : samplerNumbers())
    addNumber(app, number, options);
  addLists(app, options);
  app.add_flag("--ignore-eos", options.ignoreEnd,
               "Never choose a token that ends the text");
  constexpr int64_t mostLogprobs = 1000;
  app.add_option("--logprobs", options.logprobs,
                 "Write a line of JSON for each token in place of its text: "
                 "its log probability, and those of so many likeliest tokens")
      ->check(inRange(int64_t{0}, mostLogprobs));
}
