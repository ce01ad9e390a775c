//===- SamplerOptions.cpp - How the next token is chosen ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/SamplerOptions.h"

#include "ignis/Engine/Executor.h"
#include "ignis/Model/GGUF.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

using namespace ignis;

using Options = SamplerOptions;

static constexpr double most = std::numeric_limits<int32_t>::max();
static constexpr double large = 1e6;

static constexpr SamplerNumber numbers[] = {
    {"--temp,--temperature", "temperature", "temp", &Options::temperature,
     -large, large, "0: always the likeliest token"},
    {"--dynatemp-range", "dynatemp_range", "", &Options::dynamicRange, 0, large,
     "The temperature goes so far up and down, by how sure the model is; 0: it "
     "stays"},
    {"--dynatemp-exp", "dynatemp_exponent", "", &Options::dynamicExponent, 0,
     1000, "Bends that way"},
    {"--top-k", "top_k", "top_k", &Options::topK, -1, most,
     "Choose among this many; 0: all"},
    {"--top-p", "top_p", "top_p", &Options::topP, 0, 1,
     "Choose among the likeliest that make up this share"},
    {"--min-p", "min_p", "min_p", &Options::minP, 0, 1,
     "Leave out what is less likely than this share of the best"},
    {"--typical,--typical-p", "typical_p", "", &Options::typicalP, 0, 1,
     "Choose among those of nearly the expected surprise that make up this "
     "share; 1: all"},
    {"--top-n-sigma,--top-nsigma", "top_n_sigma", "", &Options::topNSigma, -1,
     large, "Leave out what is this many standard deviations below the best; "
            "-1: nothing"},
    {"--xtc-probability", "xtc_probability", "xtc_probability",
     &Options::xtcProbability, 0, 1,
     "How often the likeliest tokens are left out; 0: never"},
    {"--xtc-threshold", "xtc_threshold", "xtc_threshold",
     &Options::xtcThreshold, 0, 1,
     "These are all but the last of those with this share or more"},
    {"--repeat-penalty", "repeat_penalty", "penalty_repeat",
     &Options::repeatPenalty, 1e-3, 1e3,
     "For tokens of the recent past; 1: none"},
    {"--repeat-last-n", "repeat_last_n", "penalty_last_n",
     &Options::repeatLastN, -1, most,
     "How many tokens that is; 0: none, -1: all"},
    {"--presence-penalty", "presence_penalty", "", &Options::presencePenalty,
     -1e3, 1e3, "For tokens of the recent past, taken off; 0: none"},
    {"--frequency-penalty", "frequency_penalty", "", &Options::frequencyPenalty,
     -1e3, 1e3, "The same for each time they stand there"},
    {"--dry-multiplier", "dry_multiplier", "", &Options::dryMultiplier, 0,
     large, "For what would repeat a longer piece of the text; 0: none"},
    {"--dry-base", "dry_base", "", &Options::dryBase, 1, 1e3,
     "That grows by this factor for each token of the piece"},
    {"--dry-allowed-length", "dry_allowed_length", "",
     &Options::dryAllowedLength, 0, most, "Beyond pieces of this length"},
    {"--dry-penalty-last-n", "dry_penalty_last_n", "", &Options::dryLastN, -1,
     most, "How many tokens of the text are looked at; 0: none, -1: all"},
    {"--mirostat", "mirostat", "mirostat", &Options::mirostat, 0, 2,
     "2: keep the surprise of the text, in place of what else leaves tokens "
     "out; 0: off"},
    {"--mirostat-ent", "mirostat_tau", "mirostat_tau", &Options::mirostatTau, 0,
     1e3, "That surprise, in bits"},
    {"--mirostat-lr", "mirostat_eta", "mirostat_eta", &Options::mirostatEta, 0,
     1e3, "How quickly it is brought about"},
};

std::span<const SamplerNumber> ignis::samplerNumbers() { return numbers; }

bool SamplerOptions::isGreedy() const {
  return temperature <= 0 && repeatPenalty == 1 && presencePenalty == 0 &&
         frequencyPenalty == 0 && dryMultiplier == 0 && logitBias.empty();
}

std::string SamplerNumber::describeRange() const {
  return fmt::format("a {}number from {} to {}", isWhole() ? "whole " : "",
                     least, most);
}

double SamplerNumber::get(const SamplerOptions &options) const {
  return std::visit(
      [&](auto field) { return static_cast<double>(options.*field); }, member);
}

Expected<void> SamplerNumber::set(SamplerOptions &options, double value) const {
  // A NaN is in no range.
  bool fits = value >= least && value <= most &&
              (!isWhole() || value == std::trunc(value));
  if (!fits)
    return makeError(ExitCode::Usage, "{}: expected {}, found {}", request,
                     describeRange(), value);
  std::visit(
      [&](auto field) {
        options.*field =
            static_cast<std::remove_reference_t<decltype(options.*field)>>(
                value);
      },
      member);
  return {};
}

//===----------------------------------------------------------------------===//
// The order
//===----------------------------------------------------------------------===//

/// The first name of a step is its own; others are what else it is called.
static constexpr std::pair<std::string_view, SamplerStep> stepNames[] = {
    {"penalties", SamplerStep::Penalties},
    {"dry", SamplerStep::DRY},
    {"top_n_sigma", SamplerStep::TopNSigma},
    {"top_k", SamplerStep::TopK},
    {"typ_p", SamplerStep::Typical},
    {"top_p", SamplerStep::TopP},
    {"min_p", SamplerStep::MinP},
    {"xtc", SamplerStep::XTC},
    {"temperature", SamplerStep::Temperature},
    {"typical", SamplerStep::Typical},
    {"typical_p", SamplerStep::Typical},
    {"temp", SamplerStep::Temperature},
};

Expected<std::vector<SamplerStep>>
ignis::parseSamplerOrder(std::string_view text) {
  std::vector<SamplerStep> order;
  while (!text.empty()) {
    size_t end = std::min(text.find(';'), text.size());
    std::string name(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    std::ranges::replace(name, '-', '_');
    const auto *found = std::ranges::find(
        stepNames, name, [](const auto &entry) { return entry.first; });
    if (found == std::end(stepNames))
      return makeError(
          ExitCode::Usage, "samplers: expected names among {}, found '{}'",
          formatSamplerOrder(SamplerOptions().order), name);
    if (std::ranges::find(order, found->second) != order.end())
      return makeError(ExitCode::Usage,
                       "samplers: expected each name once, found {} again",
                       name);
    order.push_back(found->second);
  }
  return order;
}

std::string ignis::formatSamplerOrder(std::span<const SamplerStep> order) {
  std::vector<std::string_view> names;
  for (SamplerStep step : order)
    names.push_back(std::ranges::find(stepNames, step, [](const auto &entry) {
                      return entry.second;
                    })->first);
  return fmt::format("{}", fmt::join(names, ";"));
}

//===----------------------------------------------------------------------===//
// Biases
//===----------------------------------------------------------------------===//

Expected<std::pair<int32_t, float>>
ignis::parseLogitBias(std::string_view text) {
  std::pair<int32_t, float> bias;
  const char *end = text.data() + text.size();
  auto [sign, tokenError] = std::from_chars(text.data(), end, bias.first);
  bool isRead = tokenError == std::errc() && bias.first >= 0 && sign != end &&
                (*sign == '+' || *sign == '-');
  if (isRead) {
    // from_chars reads a minus, but no plus.
    const char *number = *sign == '+' ? sign + 1 : sign;
    auto [last, error] = std::from_chars(number, end, bias.second);
    isRead = error == std::errc() && last == end &&
             (*sign == '-' || *number != '-') &&
             (bias.second == -std::numeric_limits<float>::infinity() ||
              std::fabs(bias.second) <= large);
  }
  if (!isRead)
    return makeError(ExitCode::Usage,
                     "logit_bias: expected a token and a number up to {} "
                     "behind its sign, such as 17+1.5 or 17-inf, found '{}'",
                     large, text);
  return bias;
}

Expected<void> ignis::checkSampling(const SamplerOptions &options,
                                    int64_t vocab) {
  if (options.mirostat == 1)
    return makeError(ExitCode::Usage,
                     "mirostat: expected 0 (off) or 2, found 1: version 2 does "
                     "the same with less");
  if (std::ssize(options.logitBias) > vocab)
    return makeError(ExitCode::Usage,
                     "logit_bias: expected at most one number for each of {} "
                     "tokens, found {}",
                     vocab, options.logitBias.size());
  for (const auto &[token, bias] : options.logitBias)
    if (auto checked = checkTokens({&token, 1}, vocab); !checked)
      return makeError(ExitCode::Usage, "logit_bias: {}",
                       checked.error().message);
  return {};
}

//===----------------------------------------------------------------------===//
// What a file says
//===----------------------------------------------------------------------===//

static constexpr std::string_view prefix = "general.sampling.";

static Expected<double> readFileNumber(const GGUFFile &file,
                                       const GGUFFile::Entry &entry) {
  if (const auto *value = std::get_if<uint64_t>(&entry.value))
    return static_cast<double>(*value);
  if (const auto *value = std::get_if<int64_t>(&entry.value))
    return static_cast<double>(*value);
  return file.real(entry.key);
}

Expected<std::string>
ignis::applyFileSampling(const GGUFFile &file, SamplerOptions &options,
                         const std::set<std::string, std::less<>> &given) {
  std::vector<std::string> taken;
  auto refuse = [&](std::string_view key, const Error &error) {
    return makeError(ExitCode::InvalidModel, "{}: {}{}: {}", file.path(),
                     prefix, key, error.message);
  };
  for (const SamplerNumber &number : numbers) {
    if (number.fileKey.empty() || given.contains(number.request))
      continue;
    const GGUFFile::Entry *entry =
        file.find(std::string(prefix) + std::string(number.fileKey));
    if (!entry)
      continue;
    Expected<double> value = readFileNumber(file, *entry);
    if (!value)
      return tl::unexpected(std::move(value.error()));
    if (auto set = number.set(options, *value); !set)
      return refuse(number.fileKey, set.error());
    taken.push_back(fmt::format("{} {}", number.request,
                                static_cast<float>(number.get(options))));
  }
  constexpr std::string_view orderKey = "sequence";
  const std::string key = std::string(prefix) + std::string(orderKey);
  if (!given.contains("samplers") && file.find(key)) {
    Expected<std::string_view> text = file.string(key);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    Expected<std::vector<SamplerStep>> order = parseSamplerOrder(*text);
    if (!order)
      return refuse(orderKey, order.error());
    options.order = std::move(*order);
    taken.push_back("samplers " + formatSamplerOrder(options.order));
  }
  return fmt::format("{}", fmt::join(taken, ", "));
}
