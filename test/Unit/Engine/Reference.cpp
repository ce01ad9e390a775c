//===- Reference.cpp - The forward pass in float64 ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ignis-reference MODEL IDS writes the logits of every position to stdout, as
// ignis-run --dump-logits does: exact arithmetic, as far as float64 is exact,
// on the exactly dequantised weights, written from the formulas of the paper
// and shared with nothing but the reader of the file.
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/ModelDescription.h"
#include "ignis/Runtime/Runtime.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace ignis;

namespace {

using Vector = std::vector<double>;

double ofHalf(uint16_t bits) {
  int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  double magnitude = exponent ? std::ldexp(1024 + mantissa, exponent - 25)
                              : std::ldexp(mantissa, -24);
  return bits >> 15 ? -magnitude : magnitude;
}

template <typename T>
T readAt(const std::byte *p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

double elementAt(const ModelTensor &tensor, size_t i) {
  const std::byte *data = tensor.tensor->data;
  switch (tensor.type) {
  case IGNIS_TYPE_F32:
    return readAt<float>(data + 4 * i);
  case IGNIS_TYPE_F16:
    return ofHalf(readAt<uint16_t>(data + 2 * i));
  case IGNIS_TYPE_BF16:
    return std::bit_cast<float>(uint32_t{readAt<uint16_t>(data + 2 * i)} << 16);
  default: // one of 32 or 256 values that a block holds
    constexpr size_t most = 256;
    const WeightFormat &format = *findWeightFormat(tensor.type);
    auto values = static_cast<size_t>(format.blockValues);
    float block[most];
    ignis_rt_dequantize(
        tensor.type, data + i / values * static_cast<size_t>(format.blockBytes),
        format.blockValues, block);
    return block[i % values];
  }
}

/// The positions of a text so far, one at a time.
class Reference {
public:
  explicit Reference(const ModelDescription &model)
      : model(model), config(model.config), layers(size_t(config.layers)) {}

  Vector forward(int32_t token) {
    auto width = static_cast<size_t>(config.embedding);
    const ModelTensor &table = at("token_embd.weight");
    Vector x(width);
    for (size_t i = 0; i != width; ++i)
      x[i] = elementAt(table, static_cast<size_t>(token) * width + i);
    for (size_t layer = 0; layer != layers.size(); ++layer) {
      auto name = [&](const char *part) {
        return "blk." + std::to_string(layer) + "." + part;
      };
      add(x,
          attend(layers[layer], normalize(x, name("attn_norm.weight")), name));
      Vector h = normalize(x, name("ffn_norm.weight"));
      Vector gate = multiply(name("ffn_gate.weight"), h);
      Vector up = multiply(name("ffn_up.weight"), h);
      for (size_t i = 0; i != gate.size(); ++i)
        gate[i] *= up[i] / (1 + std::exp(-gate[i]));
      add(x, multiply(name("ffn_down.weight"), gate));
    }
    ++position;
    return multiply(config.tied ? "token_embd.weight" : "output.weight",
                    normalize(x, "output_norm.weight"));
  }

private:
  struct Layer {
    std::vector<Vector> keys, values; ///< by position
  };

  const ModelTensor &at(const std::string &name) const {
    return *model.find(name);
  }

  static void add(Vector &x, const Vector &y) {
    for (size_t i = 0; i != x.size(); ++i)
      x[i] += y[i];
  }

  Vector multiply(const std::string &name, const Vector &x) const {
    const ModelTensor &weight = at(name);
    Vector y(static_cast<size_t>(weight.rows));
    for (size_t row = 0; row != y.size(); ++row)
      for (size_t i = 0; i != x.size(); ++i)
        y[row] += elementAt(weight, row * x.size() + i) * x[i];
    return y;
  }

  Vector normalize(const Vector &x, const std::string &name) const {
    double squares = 0;
    for (double value : x)
      squares += value * value;
    double root = 1 / std::sqrt(squares / double(x.size()) + config.eps);
    Vector y(x.size());
    for (size_t i = 0; i != x.size(); ++i)
      y[i] = x[i] * root * elementAt(at(name), i);
    return y;
  }

  /// The share of pair i's frequency that a stretched context leaves alone:
  /// YaRN's ramp between the pairs that turn beta_fast and beta_slow times.
  double getSpared(double i) const {
    const ignis_rope &rope = config.rope;
    if (rope.extrapolation == 0)
      return 0;
    auto pairOf = [&](double turns) {
      return double(config.head_dim) / 2 *
             std::log(rope.original_context / (2 * M_PI * turns)) /
             std::log(rope.base);
    };
    double low = std::max(0.0, std::floor(pairOf(rope.beta_fast)));
    double high = std::min(double(config.head_dim - 1),
                           std::ceil(pairOf(rope.beta_slow)));
    double ramp = (i - low) / std::max(0.001, high - low);
    return rope.extrapolation * (1 - std::min(1.0, std::max(0.0, ramp)));
  }

  /// Turns every head by its position.
  void rotate(Vector &x) const {
    const ignis_rope &rope = config.rope;
    double magnitude = rope.attention;
    if (rope.extrapolation != 0)
      magnitude *= 1 + 0.1 * std::log(std::max(1.0, rope.factor));
    auto dims = static_cast<size_t>(config.head_dim), half = dims / 2;
    for (size_t head = 0; head != x.size(); head += dims)
      for (size_t i = 0; i != half; ++i) {
        double spared = getSpared(double(i));
        double angle = double(position) *
                       std::pow(rope.base, -2.0 * double(i) / double(dims)) *
                       (spared + (1 - spared) / rope.factor);
        double c = std::cos(angle) * magnitude, s = std::sin(angle) * magnitude;
        double a = x[head + i], b = x[head + half + i];
        x[head + i] = a * c - b * s;
        x[head + half + i] = b * c + a * s;
      }
  }

  /// Normalises every head.
  void normalizeHeads(Vector &x, const std::string &name) const {
    auto dims = static_cast<ptrdiff_t>(config.head_dim);
    for (auto head = x.begin(); head != x.end(); head += dims)
      std::ranges::copy(normalize(Vector(head, head + dims), name), head);
  }

  template <typename Name>
  Vector attend(Layer &layer, const Vector &h, Name name) const {
    Vector qkv[3];
    const char *weights[] = {"attn_q.weight", "attn_k.weight", "attn_v.weight"};
    const char *biases[] = {"attn_q.bias", "attn_k.bias", "attn_v.bias"};
    for (int i = 0; i != 3; ++i) {
      qkv[i] = multiply(name(weights[i]), h);
      if (config.qkv_bias)
        for (size_t j = 0; j != qkv[i].size(); ++j)
          qkv[i][j] += elementAt(at(name(biases[i])), j);
    }
    if (config.qk_norm) {
      normalizeHeads(qkv[0], name("attn_q_norm.weight"));
      normalizeHeads(qkv[1], name("attn_k_norm.weight"));
    }
    rotate(qkv[0]);
    rotate(qkv[1]);
    layer.keys.push_back(qkv[1]);
    layer.values.push_back(qkv[2]);

    auto dims = static_cast<size_t>(config.head_dim);
    auto group = static_cast<size_t>(config.heads / config.kv_heads);
    Vector mixed(qkv[0].size());
    for (size_t q = 0; q != mixed.size(); q += dims) {
      size_t kv = q / dims / group * dims;
      Vector scores(layer.keys.size());
      double most = -INFINITY, sum = 0;
      for (size_t j = 0; j != scores.size(); ++j) {
        for (size_t i = 0; i != dims; ++i)
          scores[j] += qkv[0][q + i] * layer.keys[j][kv + i];
        scores[j] /= std::sqrt(double(dims));
        most = std::max(most, scores[j]);
      }
      for (double &score : scores)
        sum += score = std::exp(score - most);
      for (size_t j = 0; j != scores.size(); ++j)
        for (size_t i = 0; i != dims; ++i)
          mixed[q + i] += scores[j] / sum * layer.values[j][kv + i];
    }
    return multiply(name("attn_output.weight"), mixed);
  }

  const ModelDescription &model;
  const ModelConfig &config;
  std::vector<Layer> layers;
  int64_t position = 0;
};

} // namespace

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  Expected<GGUFFile> file = GGUFFile::open(argv[1]);
  Expected<ModelDescription> model =
      file ? ModelDescription::read(*file)
           : tl::unexpected(std::move(file.error()));
  if (!model) {
    std::fprintf(stderr, "ignis-reference: %s\n",
                 model.error().message.c_str());
    return 1;
  }
  Reference reference(*model);
  for (char *next = argv[2]; *next;) {
    auto token = static_cast<int32_t>(std::strtol(next, &next, 10));
    Vector logits = reference.forward(token);
    std::vector<float> row(logits.begin(), logits.end());
    std::fwrite(row.data(), sizeof(float), row.size(), stdout);
    next += *next == ',';
  }
  return 0;
}
