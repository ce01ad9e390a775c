//===- Candidates.h - Tokens that may follow --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_CANDIDATES_H
#define IGNIS_ENGINE_CANDIDATES_H

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace ignis {

class Random;

/// The tokens among which one is drawn, each with a logit: the whole vocabulary
/// in its order until a step has to know which is the best, then a list, best
/// first, equal ones by token. Each step is a formula in
/// python-free-docs/sampling.md; what leaves tokens out leaves at least one.
class Candidates {
public:
  /// `logits`, one for each token, outlive the choice. None is a NaN.
  void begin(std::span<const float> logits);

  /// For the whole vocabulary only: its logits, to be changed.
  std::span<float> edit();

  /// Changes the logits of tokens, which come with an amount each, by token,
  /// ascending: `change(logit, amount)` is the new one.
  template <typename T, typename Change>
  void change(std::span<const std::pair<int32_t, T>> amounts,
              const Change &change);

  void keepTopK(int64_t count);
  void keepTopP(float share);
  void keepMinP(float share);
  void keepTypical(float share);
  void keepTopNSigma(float sigmas);
  /// XTC: leaves out what reaches `threshold`, but for the last of it.
  void dropTop(float threshold);
  /// Mirostat: leaves out what surprises more, in bits.
  void keepSurprise(double most);

  /// Divides distances to the best by a temperature.
  void scale(float temperature);
  /// Of the distribution, as a share of the greatest of so many tokens.
  double relativeEntropy();

  struct Drawn {
    int32_t token;
    double surprise; ///< bits
  };
  /// Draws in proportion to exp(logit); no number for a single token.
  Drawn draw(Random &random);

  /// How many there are now.
  size_t count();

private:
  struct Candidate {
    int32_t token;
    float logit;
    double weight; ///< exp of the logit's distance to the best one
  };

  static bool isBetter(const Candidate &a, const Candidate &b) {
    return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
  }
  void collectBest(size_t count);
  /// Those from `least` on.
  void collect(double least);
  void sort();
  /// Sets the weights, and returns their sum.
  double weigh();
  /// In nats, where all weights make up exp(logTotal).
  static double surprise(const Candidate &candidate, const Candidate &best,
                         double logTotal);
  double entropy(double total) const;
  void keepFirst(size_t count) { list.resize(count); }

  std::span<const float> logits; ///< of the whole vocabulary
  std::vector<float> edited;
  bool isWhole = true;
  std::vector<Candidate> list;
};

template <typename T, typename Change>
void Candidates::change(std::span<const std::pair<int32_t, T>> amounts,
                        const Change &change) {
  if (amounts.empty())
    return;
  if (isWhole) {
    std::span<float> all = edit();
    for (const auto &[token, amount] : amounts) {
      float &logit = all[static_cast<size_t>(token)];
      logit = change(logit, amount);
    }
    return;
  }
  for (Candidate &candidate : list) {
    // The first that is not below.
    size_t low = 0, high = amounts.size();
    while (low != high) {
      size_t middle = (low + high) / 2;
      if (amounts[middle].first < candidate.token)
        low = middle + 1;
      else
        high = middle;
    }
    if (low != amounts.size() && amounts[low].first == candidate.token)
      candidate.logit = change(candidate.logit, amounts[low].second);
  }
  sort();
}

} // namespace ignis

#endif // IGNIS_ENGINE_CANDIDATES_H
