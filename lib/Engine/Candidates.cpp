//===- Candidates.cpp - Tokens that may follow ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Candidates.h"

#include "ignis/Runtime/Runtime.h"
#include "ignis/Support/Elementary.h"
#include "ignis/Support/Random.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

using namespace ignis;

static constexpr float never = -std::numeric_limits<float>::infinity();

void Candidates::begin(std::span<const float> given) {
  logits = given;
  isWhole = true;
}

std::span<float> Candidates::edit() {
  if (logits.data() != edited.data()) {
    edited.assign(logits.begin(), logits.end());
    logits = edited;
  }
  return edited;
}

//===----------------------------------------------------------------------===//
// From the vocabulary to a list
//===----------------------------------------------------------------------===//

/// Whether one is above `bar`, without a branch for each.
static bool isAnyAbove(std::span<const float> logits, float bar) {
  bool any = false;
  for (float logit : logits)
    any |= logit > bar;
  return any;
}

/// A heap of the best so far, the worst of them in front. Most of the vocabulary
/// is worse than that, and skipped by pieces. Of equal logits the first stays.
void Candidates::collectBest(size_t count) {
  constexpr size_t piece = 256;
  list.clear();
  for (size_t begin = 0; begin < logits.size(); begin += piece) {
    auto some = logits.subspan(begin, std::min(piece, logits.size() - begin));
    if (list.size() == count && !isAnyAbove(some, list.front().logit))
      continue;
    for (size_t i = 0; i != some.size(); ++i) {
      if (list.size() == count) {
        if (some[i] <= list.front().logit)
          continue;
        std::ranges::pop_heap(list, isBetter);
        list.pop_back();
      }
      list.push_back({static_cast<int32_t>(begin + i), some[i], 0});
      std::ranges::push_heap(list, isBetter);
    }
  }
  std::ranges::sort_heap(list, isBetter);
  // What was banned is no candidate, unless all is.
  while (list.size() > 1 && list.back().logit == never)
    list.pop_back();
  isWhole = false;
}

/// Smaller the better the logit is; 0 and -0 are the same.
static uint32_t rankOf(float logit) {
  constexpr uint32_t sign = uint32_t{1} << 31;
  auto bits = std::bit_cast<uint32_t>(logit + 0.0f);
  return bits & sign ? bits : bits ^ ~sign;
}

/// Sorts numbers that ascend in their lower halves: by the digits of the upper
/// ones, of 11 bits each. A vocabulary of 152,000 with its weights takes 6 ms so,
/// by comparing 20, for which all texts of a call would wait.
static void sortByUpperHalves(std::vector<uint64_t> &numbers) {
  constexpr size_t few = 2048;
  constexpr int bits = 11;
  constexpr uint64_t mask = (1 << bits) - 1;
  if (numbers.size() < few) {
    std::ranges::sort(numbers);
    return;
  }
  std::vector<uint64_t> other(numbers.size());
  for (int shift = 32; shift < 64; shift += bits) {
    std::array<size_t, mask + 1> places = {};
    for (uint64_t number : numbers)
      ++places[number >> shift & mask];
    std::exclusive_scan(places.begin(), places.end(), places.begin(),
                        size_t{0});
    for (uint64_t number : numbers)
      other[places[number >> shift & mask]++] = number;
    numbers.swap(other);
  }
}

void Candidates::collect(double least) {
  std::vector<uint64_t> order;
  for (size_t i = 0; i != logits.size(); ++i)
    if (logits[i] >= least && logits[i] != never)
      order.push_back(uint64_t{rankOf(logits[i])} << 32 | i);
  if (order.empty())
    return collectBest(1);
  sortByUpperHalves(order);
  list.clear();
  for (uint64_t number : order) {
    auto token = static_cast<uint32_t>(number);
    list.push_back({static_cast<int32_t>(token), logits[token], 0});
  }
  isWhole = false;
}

void Candidates::sort() {
  if (isWhole)
    return collect(never);
  std::ranges::sort(list, isBetter);
}

size_t Candidates::count() {
  if (isWhole)
    sort();
  return list.size();
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

double Candidates::weigh() {
  if (isWhole)
    sort();
  float best = list.front().logit;
  double total = 0;
  for (Candidate &candidate : list) {
    // Equal infinities have no distance.
    float distance = candidate.logit == best ? 0 : candidate.logit - best;
    candidate.weight = ignis_rt_exp(distance);
    total += candidate.weight;
  }
  return total;
}

double Candidates::surprise(const Candidate &candidate, const Candidate &best,
                            double logTotal) {
  return logTotal - static_cast<double>(candidate.logit - best.logit);
}

double Candidates::entropy(double total) const {
  double logTotal = log64(total), sum = 0;
  for (const Candidate &candidate : list)
    if (candidate.weight != 0)
      sum += candidate.weight / total * surprise(candidate, list.front(), logTotal);
  return sum;
}

double Candidates::relativeEntropy() {
  double total = weigh();
  if (list.size() == 1)
    return 0;
  return entropy(total) / log64(static_cast<double>(list.size()));
}

void Candidates::scale(float temperature) {
  if (isWhole)
    sort();
  if (temperature <= 0)
    return keepFirst(1);
  float best = list.front().logit;
  for (Candidate &candidate : list)
    candidate.logit =
        candidate.logit == best ? 0 : (candidate.logit - best) / temperature;
}

//===----------------------------------------------------------------------===//
// What leaves candidates out
//===----------------------------------------------------------------------===//

void Candidates::keepTopK(int64_t count) {
  if (count <= 0)
    return;
  auto most = static_cast<size_t>(count);
  if (isWhole)
    collectBest(std::min(most, logits.size()));
  else
    keepFirst(std::min(most, list.size()));
}

/// The fewest best whose share of all weight reaches `share`.
void Candidates::keepTopP(float share) {
  if (share >= 1)
    return;
  double total = weigh(), sum = 0;
  size_t count = 0;
  do {
    sum += list[count++].weight;
  } while (count != list.size() && sum < share * total);
  keepFirst(count);
}

/// Those whose weight is at least `share` of the best one's, which is 1.
void Candidates::keepMinP(float share) {
  if (share <= 0)
    return;
  weigh();
  auto isTooSmall = [&](const Candidate &candidate) {
    return candidate.weight < share;
  };
  list.erase(std::find_if(list.begin() + 1, list.end(), isTooSmall),
             list.end());
}

/// Those whose surprise is nearest to what is expected, up to a share above
/// `share`.
void Candidates::keepTypical(float share) {
  if (share >= 1)
    return;
  double total = weigh(), logTotal = log64(total), expected = entropy(total);
  const Candidate best = list.front();
  auto distance = [&](const Candidate &candidate) {
    return std::fabs(surprise(candidate, best, logTotal) - expected);
  };
  std::ranges::sort(list, [&](const Candidate &a, const Candidate &b) {
    double distanceA = distance(a), distanceB = distance(b);
    return distanceA != distanceB ? distanceA < distanceB : isBetter(a, b);
  });
  double sum = 0;
  size_t count = 0;
  do {
    sum += list[count++].weight;
  } while (count != list.size() && sum <= share * total);
  keepFirst(count);
  sort();
}

void Candidates::keepTopNSigma(float sigmas) {
  if (sigmas <= 0)
    return;
  // The vocabulary need not be sorted for it.
  auto visit = [&](auto &&use) {
    if (!isWhole)
      for (const Candidate &candidate : list)
        use(candidate.logit);
    else
      for (float logit : logits)
        if (logit != never)
          use(logit);
  };
  double count = 0, sum = 0, squares = 0, best = never;
  visit([&](double logit) {
    ++count;
    sum += logit;
    best = std::max(best, logit);
  });
  if (count == 0)
    return;
  double mean = sum / count;
  visit([&](double logit) { squares += (logit - mean) * (logit - mean); });
  double least = best - sigmas * std::sqrt(squares / count);
  if (isWhole)
    return collect(least);
  auto isTooSmall = [&](const Candidate &candidate) {
    return candidate.logit < least;
  };
  list.erase(std::find_if(list.begin() + 1, list.end(), isTooSmall),
             list.end());
}

void Candidates::dropTop(float threshold) {
  double total = weigh();
  size_t reaching = 0;
  while (reaching != list.size() &&
         list[reaching].weight >= threshold * total)
    ++reaching;
  if (reaching > 1)
    list.erase(list.begin(),
               list.begin() + static_cast<ptrdiff_t>(reaching - 1));
}

void Candidates::keepSurprise(double most) {
  double logTotal = log64(weigh());
  auto isTooMuch = [&](const Candidate &candidate) {
    return surprise(candidate, list.front(), logTotal) * log2E > most;
  };
  list.erase(std::find_if(list.begin() + 1, list.end(), isTooMuch), list.end());
}

//===----------------------------------------------------------------------===//
// The draw
//===----------------------------------------------------------------------===//

Candidates::Drawn Candidates::draw(Random &random) {
  if (count() == 1)
    return {list.front().token, 0};
  double total = weigh(), target = random.nextDouble() * total, sum = 0;
  // The last one if the product was rounded up to the total.
  auto drawn = list.begin();
  for (;; ++drawn) {
    sum += drawn->weight;
    if (target < sum || drawn + 1 == list.end())
      break;
  }
  return {drawn->token, surprise(*drawn, list.front(), log64(total)) * log2E};
}
