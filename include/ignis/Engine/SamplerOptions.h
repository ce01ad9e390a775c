//===- SamplerOptions.h - How the next token is chosen ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one table of what a sampler can be told: command lines, requests in JSON
// and the defaults that a model file brings are read by it. What each number
// means is a formula in python-free-docs/sampling.md.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SAMPLEROPTIONS_H
#define IGNIS_ENGINE_SAMPLEROPTIONS_H

#include "ignis/Support/Error.h"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ignis {

class GGUFFile;

/// What changes logits or leaves candidates out, one after the other.
enum class SamplerStep {
  Penalties,
  DRY,
  TopNSigma,
  TopK,
  Typical,
  TopP,
  MinP,
  XTC,
  Temperature
};

struct SamplerOptions {
  float temperature = 0.8f; ///< 0 or less: the likeliest token
  float dynamicRange = 0;   ///< of the temperature, to both sides; 0: none
  float dynamicExponent = 1;
  int64_t topK = 40;    ///< 0 or less: all
  float topP = 0.95f;   ///< 1 or more: all
  float minP = 0.05f;   ///< 0 or less: all
  float typicalP = 1;   ///< 1 or more: all
  float topNSigma = -1; ///< 0 or less: all
  float xtcProbability = 0;
  float xtcThreshold = 0.1f; ///< above 0.5: nothing
  float repeatPenalty = 1;
  int64_t repeatLastN = 64; ///< -1: all tokens so far
  float presencePenalty = 0;
  float frequencyPenalty = 0;
  float dryMultiplier = 0; ///< 0: none
  float dryBase = 1.75f;
  int64_t dryAllowedLength = 2;
  int64_t dryLastN = -1; ///< -1: all tokens so far
  int64_t mirostat = 0;  ///< 2: in place of what else leaves candidates out
  float mirostatTau = 5;
  float mirostatEta = 0.1f;

  /// Added to the logits of tokens; minus infinity: never.
  std::vector<std::pair<int32_t, float>> logitBias = {};
  /// Texts across which DRY sees no repetition.
  std::vector<std::string> dryBreakers = {"\n", ":", "\"", "*"};
  /// A step that is missing is left out.
  std::vector<SamplerStep> order = {
      SamplerStep::Penalties, SamplerStep::DRY,     SamplerStep::TopNSigma,
      SamplerStep::TopK,      SamplerStep::Typical, SamplerStep::TopP,
      SamplerStep::MinP,      SamplerStep::XTC,     SamplerStep::Temperature};

  /// Whether the likeliest token is always the one.
  bool isGreedy() const;
};

/// A number among the options, with what people call it.
struct SamplerNumber {
  std::string_view names;   ///< on a command line: "--temp,--temperature"
  std::string_view request; ///< in a request: "temperature"
  std::string_view fileKey; ///< behind "general.sampling.": "temp", or empty
  std::variant<float SamplerOptions::*, int64_t SamplerOptions::*> member;
  double least, most; ///< allowed
  std::string_view help;

  bool isWhole() const { return member.index() == 1; }
  /// "a number from 0 to 1", for messages.
  std::string describeRange() const;
  double get(const SamplerOptions &options) const;
  /// Refuses what is out of range, and what is no whole number where one is
  /// expected.
  Expected<void> set(SamplerOptions &options, double value) const;
};

std::span<const SamplerNumber> samplerNumbers();

/// Names of steps as in "penalties;dry;top_k;temperature", each at most once;
/// empty: none of them.
Expected<std::vector<SamplerStep>> parseSamplerOrder(std::string_view text);
std::string formatSamplerOrder(std::span<const SamplerStep> order);

/// A token and what is added to its logit, as in "15043+1.5", "15043-1" or
/// "15043-inf".
Expected<std::pair<int32_t, float>> parseLogitBias(std::string_view text);

/// What the table cannot say: that mirostat has no version 1 here, and which
/// tokens a model has (`vocab`) that biases may be for.
Expected<void> checkSampling(const SamplerOptions &options, int64_t vocab);

/// Takes what the file says under general.sampling, but for what is `given`, by
/// the names of requests ("samplers" is the order). Returns what was taken, for
/// people: "temperature 0.6, top_k 20".
Expected<std::string>
applyFileSampling(const GGUFFile &file, SamplerOptions &options,
                  const std::set<std::string, std::less<>> &given);

} // namespace ignis

#endif // IGNIS_ENGINE_SAMPLEROPTIONS_H
