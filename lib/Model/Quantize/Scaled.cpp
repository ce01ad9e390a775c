//===- Scaled.cpp - IQ4_NL, Q3_K, Q6_K and IQ4_XS -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Formats whose weights are d * scale * level, without a min.
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"
#include "Encoders.h"
#include "Search.h"

using namespace ignis;
using namespace ignis::quantize;

namespace {

template <int first_, int last_>
struct UniformLevels {
  static constexpr int first = first_, last = last_;
  /// How far beyond or within the last level the greatest weight may fall.
  static constexpr float reach = 1, step = 0.125f;

  static Floats round(Floats values) {
    return roundSmall(clamp(values, first, last));
  }
  static int8_t getCode(float level) { return static_cast<int8_t>(level); }
};

/// Those of IQ4_NL and IQ4_XS.
struct TableLevels {
  static constexpr int table[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                  1,    13,   25,  38,  53,  69,  89,  113};
  static constexpr int first = table[0], last = table[15];
  static constexpr float reach = 16, step = 4;

  /// What each half from the first level up is rounded to: the middles between
  /// levels are whole numbers or halves.
  static constexpr auto nearest = [] {
    std::array<float, 2 * (last - first) + 1> levels{};
    int at = 0;
    for (int half = 0; half != static_cast<int>(levels.size()); ++half) {
      int twice = 2 * first + half;
      while (at != 15 && twice >= table[at] + table[at + 1])
        ++at;
      levels[half] = static_cast<float>(table[at]);
    }
    return levels;
  }();

  static Floats round(Floats values) {
    using Ints = int __attribute__((vector_size(16)));
    Ints halves =
        __builtin_convertvector((clamp(values, first, last) - first) * 2, Ints);
    return Floats{nearest[halves[0]], nearest[halves[1]], nearest[halves[2]],
                  nearest[halves[3]]};
  }
  static int8_t getCode(float level) {
    return static_cast<int8_t>(
        std::ranges::find(table, static_cast<int>(level)) - table);
  }
};

/// A search over one block of `count` sub-blocks of `size` weights, with scales
/// from `leastScale` to `mostScale`.
template <typename Levels, int count, int size, int leastScale, int mostScale>
class ScaledSearch {
public:
  explicit ScaledSearch(const float *weights) : weights(weights) {}

  bool run(SuperBlock &block) {
    double extreme = 0;
    for (int j = 0; j != count; ++j) {
      ideal[j] = findScale(weights + j * size);
      if (std::fabs(ideal[j]) > std::fabs(extreme))
        extreme = ideal[j];
    }
    if (!std::isfinite(widenF16(narrowScale(extreme / leastScale))))
      return false;
    Trial best;
    if (extreme == 0)
      return write(best, block);

    for (int scale :
         {leastScale, leastScale + 1, leastScale + 2, mostScale, mostScale - 1})
      if (scale >= leastScale && scale <= mostScale && scale != 0)
        keepBetter(best, extreme / scale);
    // What the levels and scales say of d, as long as it helps.
    constexpr int mostRounds = 4;
    for (int i = 0; i != mostRounds; ++i)
      if (!keepBetter(best, best.product / best.square))
        break;
    return write(best, block);
  }

private:
  /// Of rounded weights: sums over x * level and level squared.
  struct Moments {
    double product, square;
    /// By how much scale * level is nearer to x than nothing is.
    double getGain(double scale) const {
      return scale * (2 * product - scale * square);
    }
  };

  /// A value of d with the best scales for it.
  struct Trial {
    uint16_t d = 0;
    int8_t scales[count] = {};
    double gain = 0;
    /// Over x * scale * level and its square: their quotient is the best d.
    double product = 0, square = 0;
  };

  static Moments round(const float *x, float inverse) {
    LaneSum product, square;
    for (int i = 0; i != size; i += lanes) {
      Floats values = load(x + i);
      Floats levels = Levels::round(values * inverse);
      product.addProducts(values, levels);
      square.add(levels * levels);
    }
    return {product.get(), square.get()};
  }

  static double findScale(const float *x);
  bool keepBetter(Trial &best, double d) const;
  bool write(const Trial &trial, SuperBlock &block) const;

  const float *weights;
  double ideal[count];
};

} // namespace

/// The scale of one sub-block, were it free.
template <typename Levels, int count, int size, int leastScale, int mostScale>
double ScaledSearch<Levels, count, size, leastScale, mostScale>::findScale(
    const float *x) {
  float extreme = 0;
  for (int i = 0; i != size; ++i)
    if (std::fabs(x[i]) > std::fabs(extreme))
      extreme = x[i];
  double best = 0, bestGain = 0;
  auto consider = [&](double inverse) {
    Moments moments = round(x, static_cast<float>(inverse));
    if (moments.square == 0)
      return false;
    double scale = moments.product / moments.square;
    double gain = moments.getGain(scale);
    if (gain <= bestGain)
      return false;
    best = scale;
    bestGain = gain;
    return true;
  };
  if (std::fabs(extreme) < 0x1p-100f) // nothing in f16, and no inverse
    return 0;
  for (int end : {Levels::first, Levels::last})
    for (float at = -Levels::reach; at <= Levels::reach; at += Levels::step)
      consider((end + at) / extreme);
  constexpr int mostRounds = 3;
  for (int i = 0; i != mostRounds; ++i)
    if (!consider(1 / best))
      break;
  return best;
}

/// Takes `d`, rounded to f16, if it is better with the best scales for it.
template <typename Levels, int count, int size, int leastScale, int mostScale>
bool ScaledSearch<Levels, count, size, leastScale, mostScale>::keepBetter(
    Trial &best, double wanted) const {
  Trial trial;
  trial.d = narrowScale(wanted);
  double d = widenF16(trial.d);
  if (!std::isfinite(d))
    return false;
  for (int j = 0; j != count; ++j) {
    Neighbours scales(ideal[j] / d, 1, leastScale, mostScale);
    double bestGain = 0;
    Moments bestMoments{};
    for (int scale = scales.first; scale <= scales.last; ++scale) {
      if (scale == 0)
        continue;
      double step = d * scale;
      Moments moments = round(weights + j * size, static_cast<float>(1 / step));
      double gain = moments.getGain(step);
      if (gain <= bestGain)
        continue;
      bestGain = gain;
      bestMoments = moments;
      trial.scales[j] = static_cast<int8_t>(scale);
    }
    trial.gain += bestGain;
    trial.product += trial.scales[j] * bestMoments.product;
    trial.square += trial.scales[j] * trial.scales[j] * bestMoments.square;
  }
  if (trial.gain <= best.gain)
    return false;
  best = trial;
  return true;
}

template <typename Levels, int count, int size, int leastScale, int mostScale>
bool ScaledSearch<Levels, count, size, leastScale, mostScale>::write(
    const Trial &trial, SuperBlock &block) const {
  block.d = trial.d;
  double d = widenF16(trial.d);
  for (int j = 0; j != count; ++j) {
    block.scales[j] = trial.scales[j];
    double step = d * trial.scales[j];
    auto inverse = static_cast<float>(step == 0 ? 0 : 1 / step);
    for (int i = j * size; i != (j + 1) * size; i += lanes) {
      Floats levels = Levels::round(load(weights + i) * inverse);
      for (int lane = 0; lane != lanes; ++lane)
        block.levels[i + lane] = Levels::getCode(levels[lane]);
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

bool ignis::quantize::encodeIQ4_NL(const float *weights, std::byte *to) {
  SuperBlock found;
  bool fits =
      ScaledSearch<TableLevels, 1, Block::elements, 1, 1>(weights).run(found);
  Block block{.d = found.d};
  std::copy_n(found.levels.begin(), Block::elements, block.levels.begin());
  packIQ4_NL(block, to);
  return fits;
}

bool ignis::quantize::encodeQ3_K(const float *weights, std::byte *to) {
  SuperBlock block;
  bool fits =
      ScaledSearch<UniformLevels<-4, 3>, 16, 16, -32, 31>(weights).run(block);
  packQ3_K(block, to);
  return fits;
}

bool ignis::quantize::encodeQ6_K(const float *weights, std::byte *to) {
  SuperBlock block;
  bool fits =
      ScaledSearch<UniformLevels<-32, 31>, 16, 16, -128, 127>(weights).run(
          block);
  packQ6_K(block, to);
  return fits;
}

bool ignis::quantize::encodeIQ4_XS(const float *weights, std::byte *to) {
  SuperBlock block;
  bool fits = ScaledSearch<TableLevels, 8, 32, -32, 31>(weights).run(block);
  packIQ4_XS(block, to);
  return fits;
}
