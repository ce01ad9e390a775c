//===- Synthesize.cpp - Models of random weights --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Synthesize.h"
#include "WeightSource.h"
#include "ignis/Model/GGUFWriter.h"
#include "ignis/Runtime/WeightFormats.h"
#include "ignis/Support/Random.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// "a,b,c" as numbers, all of which must be there.
template <size_t count>
static bool parseNumbers(std::string_view text,
                         std::array<int64_t, count> &numbers) {
  const char *at = text.data();
  const char *end = at + text.size();
  for (size_t i = 0; i != count; ++i) {
    if (i != 0 && (at == end || *at++ != ','))
      return false;
    auto [next, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc())
      return false;
    at = next;
  }
  return at == end;
}

std::optional<ModelConfig> ignis::parseShape(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> presets[] = {
      {"0.5b", "24,896,4864,14,2,151936,1"},
      {"1.5b", "28,1536,8960,12,2,151936,1"},
      {"3b", "36,2048,11008,16,2,151936,1"},
      {"7b", "28,3584,18944,28,4,152064,0"},
  };
  for (const auto &[name, sizes] : presets)
    if (text == name)
      text = sizes;

  std::array<int64_t, 7> numbers;
  if (!parseNumbers(text, numbers))
    return std::nullopt;
  auto [layers, width, feedForward, heads, kvHeads, vocab, tied] = numbers;
  constexpr int64_t most = 1 << 24;
  if (std::ranges::any_of(numbers.begin(), numbers.end() - 1,
                          [](int64_t n) { return n < 1 || n > most; }) ||
      tied < 0 || tied > 1)
    return std::nullopt;
  return ModelConfig{.layers = layers,
                     .embedding = width,
                     .feedForward = feedForward,
                     .heads = heads,
                     .kvHeads = kvHeads,
                     .headDim = width / heads,
                     .vocab = vocab,
                     .context = 32768,
                     .eps = 1e-6,
                     .ropeBase = 1e6,
                     .tied = tied == 1};
}

ModelConfig ignis::makeRandomShape(uint64_t seed) {
  Random random(seed);
  auto choose = [&](int64_t least, int64_t most) {
    return least + static_cast<int64_t>(
                       random.next() % static_cast<uint64_t>(most - least + 1));
  };
  ModelConfig config{};
  config.layers = choose(1, 3);
  config.headDim = int64_t{32} << choose(0, 2);
  config.kvHeads = choose(1, 3);
  constexpr int64_t widest = 512;
  int64_t mostGroups = widest / (config.headDim * config.kvHeads);
  config.heads = config.kvHeads * choose(1, std::min<int64_t>(4, mostGroups));
  config.embedding = config.heads * config.headDim;
  config.feedForward = 32 * choose(1, 12);
  config.vocab = choose(2, 600);
  config.context = 256;
  config.eps = choose(0, 1) == 0 ? 1e-6 : 1e-5;
  config.ropeBase = choose(0, 1) == 0 ? 1e4 : 1e6;
  config.tied = choose(0, 1) == 1;
  return config;
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

static Expected<void> writeTensor(GGUFWriter &writer, WeightSource &source,
                                  const TensorShape &shape,
                                  ignis_type type) {
  bool isMatrix = shape.rows != 0;
  bool isNorm = shape.name.ends_with("norm.weight");
  float center = isNorm ? 1 : 0;
  // A product with a matrix keeps the variance: that of an even spread is a
  // third of its square.
  float spread =
      isMatrix ? std::sqrt(3 / static_cast<float>(shape.cols)) : 0.1f;

  std::vector<std::byte> row(
      static_cast<size_t>(findWeightFormat(type)->rowBytes(shape.cols)));
  for (int64_t i = 0; i != std::max<int64_t>(shape.rows, 1); ++i) {
    source.fill(type, center, spread, row);
    if (Expected<void> written = writer.write(row); !written)
      return written;
  }
  return {};
}

static void addConfig(GGUFWriter &writer, const ModelConfig &config) {
  auto add = [&](std::string_view key, int64_t value) {
    writer.add(fmt::format("qwen2.{}", key), static_cast<uint32_t>(value));
  };
  writer.add("general.architecture", "qwen2");
  writer.add("general.name", "synthetic");
  add("block_count", config.layers);
  add("context_length", config.context);
  add("embedding_length", config.embedding);
  add("feed_forward_length", config.feedForward);
  add("attention.head_count", config.heads);
  add("attention.head_count_kv", config.kvHeads);
  writer.add("qwen2.rope.freq_base", static_cast<float>(config.ropeBase));
  writer.add("qwen2.attention.layer_norm_rms_epsilon",
             static_cast<float>(config.eps));
}

Expected<void> ignis::synthesize(const ModelConfig &config,
                                 const Recipe &recipe, uint64_t seed,
                                 const GGUFFile *tokenizer,
                                 const std::string &path, bool headerOnly) {
  Expected<GGUFWriter> writer = GGUFWriter::create(path);
  if (!writer)
    return tl::unexpected(std::move(writer.error()));
  addConfig(*writer, config);
  if (tokenizer)
    for (const GGUFFile::Entry &entry : tokenizer->entries())
      if (entry.key.starts_with("tokenizer."))
        writer->copy(entry);

  std::vector<TensorShape> shapes = listTensors(config);
  RecipeModel model{.layers = config.layers,
                    .queriesPerKey = config.heads / config.kvHeads,
                    .tied = config.tied};
  std::vector<ignis_type> types;
  for (const TensorShape &shape : shapes) {
    std::vector<int64_t> dims{shape.cols};
    if (shape.rows != 0)
      dims.insert(dims.begin(), shape.rows);
    types.push_back(
        recipe.choose(model, shape.name, dims).value_or(IGNIS_TYPE_F32));
    writer->addTensor(shape.name, types.back(), dims);
  }

  WeightSource source(seed);
  Expected<void> written = writer->begin();
  size_t count = headerOnly ? 0 : shapes.size();
  for (size_t i = 0; i != count && written; ++i)
    written = writeTensor(*writer, source, shapes[i], types[i]);
  return written ? writer->finish() : written;
}
