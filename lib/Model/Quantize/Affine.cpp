//===- Affine.cpp - Q2_K, Q4_K and Q5_K -----------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Formats whose weights are d * scale * level - dmin * min, in blocks of 256.
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"
#include "Encoders.h"
#include "Search.h"

using namespace ignis;
using namespace ignis::quantize;

namespace {

/// A search over one block of `count` sub-blocks, with levels from 0 to `most`
/// and scales and mins from 0 to `mostScale`.
template <int count, int most, int mostScale>
class AffineSearch {
public:
  explicit AffineSearch(const float *weights) : weights(weights) {}

  bool run(SuperBlock &block) {
    Line greatest{};
    for (int j = 0; j != count; ++j) {
      sums[j] = sum(weights + j * size);
      ideal[j] = findLine(weights + j * size, sums[j]);
      greatest.scale = std::max(greatest.scale, ideal[j].scale);
      greatest.min = std::max(greatest.min, ideal[j].min);
    }
    Line step{greatest.scale / mostScale, greatest.min / mostScale};
    if (!std::isfinite(widenF16(narrowScale(step.scale))) ||
        !std::isfinite(widenF16(narrowScale(step.min))))
      return false;

    Trial best;
    keepBetter(best, step);
    // What the levels, scales and mins say of d and dmin, as long as it helps.
    constexpr int mostRounds = 4;
    for (int i = 0; i != mostRounds; ++i)
      if (!keepBetter(best, best.solve()))
        break;
    write(best, block);
    return true;
  }

private:
  static constexpr int size = SuperBlock::elements / count;

  /// x is about scale * level - min.
  struct Line {
    double scale, min;
  };

  /// Sums over the weights themselves.
  struct Sums {
    double x, least, greatest;
  };

  /// Of rounded weights: sums over level, level squared and x * level.
  struct Moments {
    double level, square, product;

    /// By how much the line is nearer to x than nothing is.
    double getGain(Line line, double x) const {
      return line.scale * (2 * product - line.scale * square) -
             line.min * (size * line.min + 2 * x - 2 * line.scale * level);
    }
    /// The best line for these levels, its min not below 0.
    Line solve(double x) const {
      double determinant = size * square - level * level;
      Line line{};
      if (determinant > 0) {
        line.scale = (size * product - level * x) / determinant;
        line.min = (line.scale * level - x) / size;
      }
      if (determinant <= 0 || line.min < 0)
        line = {square == 0 ? 0 : product / square, 0};
      line.scale = std::max(line.scale, 0.0);
      return line;
    }
  };

  /// Values of d and dmin with the best scales and mins for them.
  struct Trial {
    uint16_t d = 0, dmin = 0;
    int scales[count] = {}, mins[count] = {};
    double gain = -1;
    // The normal equations of d and dmin: sums over products of
    // u = scale * level, v = min and x.
    double uu = 0, uv = 0, vv = 0, ux = 0, vx = 0;

    Line solve() const {
      double determinant = uu * vv - uv * uv;
      if (determinant <= 0)
        return {uu == 0 ? 0 : ux / uu, 0};
      return {(ux * vv - vx * uv) / determinant,
              (ux * uv - vx * uu) / determinant};
    }
  };

  static Sums sum(const float *x) {
    LaneSum total;
    for (int i = 0; i != size; i += lanes)
      total.add(load(x + i));
    auto [least, greatest] = std::minmax_element(x, x + size);
    return {total.get(), *least, *greatest};
  }

  static Floats getLevels(const float *x, float inverse, float offset) {
    return roundSmall(clamp(load(x) * inverse + offset, 0, most));
  }

  static Moments round(const float *x, Line line) {
    auto inverse = static_cast<float>(1 / line.scale);
    auto offset = static_cast<float>(line.min / line.scale);
    LaneSum level, square, product;
    for (int i = 0; i != size; i += lanes) {
      Floats levels = getLevels(x + i, inverse, offset);
      level.add(levels);
      square.add(levels * levels);
      product.addProducts(load(x + i), levels);
    }
    return {level.get(), square.get(), product.get()};
  }

  static Line findLine(const float *x, const Sums &sums);
  bool keepBetter(Trial &best, Line wanted) const;
  double fit(int j, Line step, Trial &trial) const;
  void write(const Trial &trial, SuperBlock &block) const;

  const float *weights;
  Sums sums[count];
  Line ideal[count];
};

} // namespace

/// The line of one sub-block, were it free.
template <int count, int most, int mostScale>
auto AffineSearch<count, most, mostScale>::findLine(const float *x,
                                                    const Sums &sums) -> Line {
  double least = std::min(sums.least, 0.0);
  double range = sums.greatest - least;
  Line best{0, std::max(-sums.x / size, 0.0)};
  constexpr double smallest = 0x1p-100; // nothing in f16; f32 has the inverse
  if (range < 32 * smallest)
    return best;
  double bestGain = Moments{}.getGain(best, sums.x);
  auto consider = [&](Line from) {
    if (from.scale < smallest)
      return false;
    Moments moments = round(x, from);
    Line line = moments.solve(sums.x);
    double gain = moments.getGain(line, sums.x);
    if (gain <= bestGain)
      return false;
    best = line;
    bestGain = gain;
    return true;
  };
  // Lines that are steeper or flatter than the range, and that begin above or
  // below its least value: outliers may be worth less than the rest.
  constexpr double reach = most < 8 ? 1 : 1.5;
  for (double at = -reach; at <= reach; at += 0.25) {
    double scale = range / (most + at);
    for (double shift : {-0.4, 0.0, 0.4})
      consider({scale, shift * scale - least});
  }
  constexpr int mostRounds = 4;
  for (int i = 0; i != mostRounds; ++i)
    if (!consider(best))
      break;
  return best;
}

/// Takes d and dmin, rounded to f16, if they are better with the best scales
/// and mins for them.
template <int count, int most, int mostScale>
bool AffineSearch<count, most, mostScale>::keepBetter(Trial &best,
                                                      Line wanted) const {
  Trial trial;
  trial.d = narrowScale(wanted.scale);
  trial.dmin = narrowScale(wanted.min);
  Line step{widenF16(trial.d), widenF16(trial.dmin)};
  if (!std::isfinite(step.scale) || !std::isfinite(step.min))
    return false;
  trial.gain = 0;
  for (int j = 0; j != count; ++j)
    trial.gain += fit(j, step, trial);
  if (trial.gain <= best.gain)
    return false;
  best = trial;
  return true;
}

/// Finds scale and min of sub-block j and adds it to the equations; returns
/// its gain.
template <int count, int most, int mostScale>
double AffineSearch<count, most, mostScale>::fit(int j, Line step,
                                                 Trial &trial) const {
  const float *x = weights + j * size;
  Moments bestMoments{};
  double bestGain = 0;
  auto consider = [&](int scale, int min, const Moments &moments) {
    double gain =
        moments.getGain({step.scale * scale, step.min * min}, sums[j].x);
    if (gain <= bestGain)
      return;
    bestGain = gain;
    bestMoments = moments;
    trial.scales[j] = scale;
    trial.mins[j] = min;
  };
  auto getMins = [&](double min, int reach) {
    return step.min == 0 ? Neighbours(0, 0, 0, 0)
                         : Neighbours(min / step.min, reach, 0, mostScale);
  };

  Neighbours flat = getMins(-sums[j].x / size, 0);
  consider(0, flat.first, {});
  if (step.scale != 0) {
    Neighbours scales(ideal[j].scale / step.scale, 1, 1, mostScale);
    for (int scale = scales.first; scale <= scales.last; ++scale) {
      double width = step.scale * scale;
      // The min that suits the levels which suit this scale.
      Moments moments = round(x, {width, ideal[j].min});
      double suited = (width * moments.level - sums[j].x) / size;
      Neighbours mins = getMins(suited, 1);
      for (int min = mins.first; min <= mins.last; ++min)
        consider(scale, min, round(x, {width, step.min * min}));
    }
  }

  double scale = trial.scales[j];
  double min = trial.mins[j];
  trial.uu += scale * scale * bestMoments.square;
  trial.uv += scale * min * bestMoments.level;
  trial.vv += min * min * size;
  trial.ux += scale * bestMoments.product;
  trial.vx += min * sums[j].x;
  return bestGain;
}

template <int count, int most, int mostScale>
void AffineSearch<count, most, mostScale>::write(const Trial &trial,
                                                 SuperBlock &block) const {
  block.d = trial.d;
  block.dmin = trial.dmin;
  for (int j = 0; j != count; ++j) {
    block.scales[j] = static_cast<int8_t>(trial.scales[j]);
    block.mins[j] = static_cast<uint8_t>(trial.mins[j]);
    double width = static_cast<double>(widenF16(trial.d)) * trial.scales[j];
    if (width == 0)
      continue;
    double min = static_cast<double>(widenF16(trial.dmin)) * trial.mins[j];
    auto inverse = static_cast<float>(1 / width);
    auto offset = static_cast<float>(min / width);
    for (int i = j * size; i != (j + 1) * size; i += lanes) {
      Floats levels = getLevels(weights + i, inverse, offset);
      for (int lane = 0; lane != lanes; ++lane)
        block.levels[i + lane] = static_cast<int8_t>(levels[lane]);
    }
  }
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

bool ignis::quantize::encodeQ2_K(const float *weights, std::byte *to) {
  SuperBlock block;
  bool fits = AffineSearch<16, 3, 15>(weights).run(block);
  packQ2_K(block, to);
  return fits;
}

bool ignis::quantize::encodeQ4_K(const float *weights, std::byte *to) {
  SuperBlock block;
  bool fits = AffineSearch<8, 15, 63>(weights).run(block);
  packQ4_K(block, to);
  return fits;
}

bool ignis::quantize::encodeQ5_K(const float *weights, std::byte *to) {
  SuperBlock block;
  bool fits = AffineSearch<8, 31, 63>(weights).run(block);
  packQ5_K(block, to);
  return fits;
}
