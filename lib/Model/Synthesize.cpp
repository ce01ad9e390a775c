//===- Synthesize.cpp - Models of random weights --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Synthesize.h"
#include "ModelFamily.h"
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

/// "a,b,c" as numbers; none if it is something else.
static std::optional<std::vector<int64_t>> parseNumbers(std::string_view text) {
  std::vector<int64_t> numbers;
  const char *at = text.data();
  const char *end = at + text.size();
  while (true) {
    auto [next, error] = std::from_chars(at, end, numbers.emplace_back());
    if (error != std::errc())
      return std::nullopt;
    if (next == end)
      return numbers;
    if (*next != ',')
      return std::nullopt;
    at = next + 1;
  }
}

/// Of the sizes that a ShapePreset has; the last may be left out.
static std::optional<ModelConfig> makeShape(Family family,
                                            std::span<const int64_t> sizes) {
  if (sizes.size() != 7 && sizes.size() != 8)
    return std::nullopt;
  constexpr int64_t most = 1 << 24;
  if (std::ranges::any_of(sizes.first(6),
                          [](int64_t n) { return n < 1 || n > most; }) ||
      sizes[6] < 0 || sizes[6] > 1 ||
      (sizes.size() == 8 && (sizes[7] < 0 || sizes[7] > most)))
    return std::nullopt;
  ModelConfig config = ModelConfig::of(family);
  config.layers = sizes[0];
  config.embedding = sizes[1];
  config.feed_forward = sizes[2];
  config.heads = sizes[3];
  config.kv_heads = sizes[4];
  config.vocab = sizes[5];
  config.tied = sizes[6];
  bool isOwn = sizes.size() == 8 && sizes[7] != 0;
  config.head_dim = isOwn ? sizes[7] : config.shareOfWidth();
  config.context_length = 32768;
  config.eps = 1e-6;
  config.rope.base = 1e6;
  return config;
}

std::optional<ModelConfig> ignis::parseShape(std::string_view text) {
  for (Family family : listFamilies())
    for (const ShapePreset &preset : getFamily(family).presets)
      if (text == preset.name)
        return makeShape(family, preset.sizes);

  Family family{};
  if (size_t colon = text.find(':'); colon != text.npos) {
    std::string_view architecture = text.substr(0, colon);
    auto found = std::ranges::find(listFamilies(), architecture,
                                   &ignis::getArchitecture);
    if (found == listFamilies().end())
      return std::nullopt;
    family = *found;
    text.remove_prefix(colon + 1);
  }
  std::optional<std::vector<int64_t>> sizes = parseNumbers(text);
  return sizes ? makeShape(family, *sizes) : std::nullopt;
}

std::vector<std::string_view> ignis::listShapes() {
  std::vector<std::string_view> names;
  for (Family family : listFamilies())
    for (const ShapePreset &preset : getFamily(family).presets)
      names.push_back(preset.name);
  return names;
}

ModelConfig ignis::makeRandomShape(uint64_t seed) {
  Random random(seed);
  auto choose = [&](int64_t least, int64_t most) {
    return least + static_cast<int64_t>(
                       random.next() % static_cast<uint64_t>(most - least + 1));
  };
  auto families = static_cast<int64_t>(listFamilies().size());
  auto family = static_cast<size_t>(choose(0, families - 1));
  ModelConfig config = ModelConfig::of(listFamilies()[family]);
  config.layers = choose(1, 3);
  config.head_dim = int64_t{32} << choose(0, 2);
  config.kv_heads = choose(1, 3);
  constexpr int64_t widest = 512;
  int64_t mostGroups = widest / (config.head_dim * config.kv_heads);
  config.heads = config.kv_heads * choose(1, std::min<int64_t>(4, mostGroups));
  config.embedding = config.heads * config.head_dim;
  // Heads that are normalised need not share the width.
  if (config.qk_norm)
    config.embedding = 32 * choose(1, widest / 32);
  config.feed_forward = 32 * choose(1, 12);
  config.vocab = choose(2, 600);
  config.context_length = 256;
  config.eps = choose(0, 1) == 0 ? 1e-6 : 1e-5;
  config.rope.base = choose(0, 1) == 0 ? 1e4 : 1e6;
  config.tied = choose(0, 1) == 1;
  return config;
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

static Expected<void> writeTensor(GGUFWriter &writer, WeightSource &source,
                                  const TensorShape &shape, ignis_type type) {
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

static void addRopeScaling(GGUFWriter &writer, const ModelConfig &config) {
  const ignis_rope &rope = config.rope;
  bool isYaRN = rope.extrapolation != 0;
  if (rope.factor == 1 && !isYaRN)
    return;
  std::string prefix =
      fmt::format("{}.rope.scaling.", getArchitecture(config.family));
  writer.add(prefix + "type", std::string_view(isYaRN ? "yarn" : "linear"));
  writer.add(prefix + "factor", static_cast<float>(rope.factor));
  if (isYaRN)
    writer.add(prefix + "original_context_length",
               static_cast<uint32_t>(rope.original_context));
}

static void addConfig(GGUFWriter &writer, const ModelConfig &config) {
  std::string_view architecture = getArchitecture(config.family);
  auto addSize = [&](std::string_view key, int64_t value) {
    writer.add(fmt::format("{}.{}", architecture, key),
               static_cast<uint32_t>(value));
  };
  auto addReal = [&](std::string_view key, double value) {
    writer.add(fmt::format("{}.{}", architecture, key),
               static_cast<float>(value));
  };
  writer.add("general.architecture", architecture);
  writer.add("general.name", "synthetic");
  addSize("block_count", config.layers);
  addSize("context_length", config.context_length);
  addSize("embedding_length", config.embedding);
  addSize("feed_forward_length", config.feed_forward);
  addSize("attention.head_count", config.heads);
  addSize("attention.head_count_kv", config.kv_heads);
  if (config.head_dim != config.shareOfWidth()) {
    addSize("attention.key_length", config.head_dim);
    addSize("attention.value_length", config.head_dim);
  }
  addReal("rope.freq_base", config.rope.base);
  addRopeScaling(writer, config);
  addReal("attention.layer_norm_rms_epsilon", config.eps);
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
                    .queriesPerKey = config.heads / config.kv_heads,
                    .tied = config.tied != 0};
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
