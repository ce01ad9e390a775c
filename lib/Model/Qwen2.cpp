//===- Qwen2.cpp - The configuration of a Qwen2 model ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/ModelDescription.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ignis;

std::string ModelConfig::findMistake() const {
  constexpr int64_t blockElements = 32; // of quantised activations
  if (embedding % blockElements != 0)
    return fmt::format("expected an embedding length that is a multiple of {}, "
                       "found {}",
                       blockElements, embedding);
  if (feedForward % blockElements != 0)
    return fmt::format("expected a feed-forward length that is a multiple of "
                       "{}, found {}",
                       blockElements, feedForward);
  if (embedding % heads != 0)
    return fmt::format("expected heads that divide the embedding length {}, "
                       "found {}",
                       embedding, heads);
  if (heads % kvHeads != 0)
    return fmt::format("expected key/value heads that divide the {} heads, "
                       "found {}",
                       heads, kvHeads);
  int64_t elements = embedding / heads;
  if (elements != 32 && elements != 64 && elements != 128)
    return fmt::format("expected heads of 32, 64 or 128 elements, found {} ({} "
                       "in {} heads)",
                       elements, embedding, heads);
  return {};
}

std::vector<TensorShape> ignis::listTensors(const ModelConfig &config) {
  int64_t width = config.embedding;
  int64_t kvWidth = config.kvHeads * (config.embedding / config.heads);
  std::vector<TensorShape> tensors;
  tensors.push_back({"token_embd.weight", config.vocab, width});
  for (int64_t layer = 0; layer != config.layers; ++layer) {
    auto add = [&](std::string_view name, int64_t rows, int64_t cols) {
      tensors.push_back({fmt::format("blk.{}.{}", layer, name), rows, cols});
    };
    add("attn_norm.weight", 0, width);
    add("attn_q.weight", width, width);
    add("attn_q.bias", 0, width);
    add("attn_k.weight", kvWidth, width);
    add("attn_k.bias", 0, kvWidth);
    add("attn_v.weight", kvWidth, width);
    add("attn_v.bias", 0, kvWidth);
    add("attn_output.weight", width, width);
    add("ffn_norm.weight", 0, width);
    add("ffn_gate.weight", config.feedForward, width);
    add("ffn_up.weight", config.feedForward, width);
    add("ffn_down.weight", width, config.feedForward);
  }
  tensors.push_back({"output_norm.weight", 0, width});
  if (!config.tied)
    tensors.push_back({"output.weight", config.vocab, width});
  return tensors;
}

namespace {

constexpr int64_t mostLayers = 1024;
constexpr int64_t mostOfAnything = std::numeric_limits<int32_t>::max();

/// Reads one file; functions return false once `error` is set.
class Qwen2Reader {
public:
  explicit Qwen2Reader(const GGUFFile &file) : file(file) {}

  Expected<ModelDescription> run() {
    if (checkArchitecture() && readConfig() && checkRope() && readTensors() &&
        checkNothingElse()) {
      model.hash = hashTensors(model.tensors);
      return std::move(model);
    }
    return tl::unexpected(std::move(error));
  }

private:
  template <typename... Args>
  bool fail(fmt::format_string<Args...> format, Args &&...args) {
    error = {ExitCode::InvalidModel,
             fmt::format("{}: {}", file.path(),
                         fmt::format(format, std::forward<Args>(args)...))};
    return false;
  }

  template <typename T>
  bool take(Expected<T> from, T &value) {
    if (from)
      value = *from;
    else
      error = std::move(from.error());
    return from.has_value();
  }

  bool readSize(std::string_view key, int64_t &value,
                int64_t most = mostOfAnything);
  bool readPositive(std::string_view key, double &value);
  bool checkArchitecture();
  bool readConfig();
  bool readKVHeads();
  bool checkSizes();
  bool checkRope();
  bool readTensors();
  bool addTensor(TensorShape shape);
  bool checkNothingElse();
  static uint64_t hashTensors(const std::vector<ModelTensor> &tensors);

  const GGUFFile &file;
  ModelDescription model{};
  Error error;
};

} // namespace

//===----------------------------------------------------------------------===//
// Hyper-parameters
//===----------------------------------------------------------------------===//

bool Qwen2Reader::readSize(std::string_view key, int64_t &value, int64_t most) {
  uint64_t found;
  if (!take(file.uint(key), found))
    return false;
  if (found < 1 || found > static_cast<uint64_t>(most))
    return fail("key '{}': value at offset {}: expected 1 to {}, found {}", key,
                file.find(key)->fileOffset, most, found);
  value = static_cast<int64_t>(found);
  return true;
}

bool Qwen2Reader::readPositive(std::string_view key, double &value) {
  if (!take(file.real(key), value))
    return false;
  if (!std::isfinite(value) || value <= 0)
    return fail("key '{}': value at offset {}: expected a positive number, "
                "found {}",
                key, file.find(key)->fileOffset, value);
  return true;
}

bool Qwen2Reader::checkArchitecture() {
  std::string_view architecture;
  if (!take(file.string("general.architecture"), architecture))
    return false;
  if (architecture != "qwen2")
    return fail("key 'general.architecture': value at offset {}: expected "
                "'qwen2', found {}",
                file.find("general.architecture")->fileOffset,
                quoteForMessage(architecture));
  return true;
}

bool Qwen2Reader::readConfig() {
  ModelConfig &config = model.config;
  config.ropeBase = 10000; // the format's default
  return readSize("qwen2.block_count", config.layers, mostLayers) &&
         readSize("qwen2.context_length", config.context) &&
         readSize("qwen2.embedding_length", config.embedding) &&
         readSize("qwen2.feed_forward_length", config.feedForward) &&
         readSize("qwen2.attention.head_count", config.heads) &&
         readPositive("qwen2.attention.layer_norm_rms_epsilon", config.eps) &&
         (!file.find("qwen2.rope.freq_base") ||
          readPositive("qwen2.rope.freq_base", config.ropeBase)) &&
         readKVHeads() && checkSizes();
}

bool Qwen2Reader::readKVHeads() {
  constexpr std::string_view key = "qwen2.attention.head_count_kv";
  model.config.kvHeads = model.config.heads;
  return !file.find(key) || readSize(key, model.config.kvHeads);
}

bool Qwen2Reader::checkSizes() {
  ModelConfig &config = model.config;
  if (std::string mistake = config.findMistake(); !mistake.empty())
    return fail("{}", mistake);
  config.headDim = config.embedding / config.heads;
  for (std::string_view key :
       {"qwen2.attention.key_length", "qwen2.attention.value_length",
        "qwen2.rope.dimension_count"}) {
    int64_t length = config.headDim;
    if (file.find(key) && !readSize(key, length))
      return false;
    if (length != config.headDim)
      return fail("key '{}': value at offset {}: expected {}, embedding by "
                  "heads, found {}",
                  key, file.find(key)->fileOffset, config.headDim, length);
  }
  return true;
}

/// Stretched contexts (linear, YaRN) would need other tables.
bool Qwen2Reader::checkRope() {
  constexpr std::string_view typeKey = "qwen2.rope.scaling.type";
  if (file.find(typeKey)) {
    std::string_view type;
    if (!take(file.string(typeKey), type))
      return false;
    if (type != "none")
      return fail("key '{}': value at offset {}: expected 'none', found {}",
                  typeKey, file.find(typeKey)->fileOffset,
                  quoteForMessage(type));
  }
  for (std::string_view key :
       {"qwen2.rope.scaling.factor", "qwen2.rope.scale_linear"}) {
    double factor = 1;
    if (file.find(key) && !readPositive(key, factor))
      return false;
    if (factor != 1)
      return fail("key '{}': value at offset {}: expected 1, no scaling, "
                  "found {}",
                  key, file.find(key)->fileOffset, factor);
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

static std::vector<std::string_view> listFormats() {
  std::vector<std::string_view> names;
  for (const WeightFormat &format : weightFormats)
    names.push_back(format.name);
  return names;
}

bool Qwen2Reader::readTensors() {
  ModelConfig &config = model.config;
  const GGUFTensor *table = file.findTensor("token_embd.weight");
  if (!table)
    return fail("tensor 'token_embd.weight': expected the embedding table, "
                "found no such tensor");
  config.vocab = table->dims.front();
  if (config.vocab > mostOfAnything)
    return fail("tensor 'token_embd.weight': expected at most {} rows, found "
                "{}",
                mostOfAnything, config.vocab);
  config.tied = !file.findTensor("output.weight");

  for (TensorShape &shape : listTensors(config))
    if (!addTensor(std::move(shape)))
      return false;
  return true;
}

bool Qwen2Reader::addTensor(TensorShape shape) {
  std::vector<int64_t> dims{shape.cols};
  if (shape.rows != 0)
    dims.insert(dims.begin(), shape.rows);
  const GGUFTensor *tensor = file.findTensor(shape.name);
  if (!tensor)
    return fail("tensor '{}': expected shape {}, found no such tensor",
                shape.name, fmt::join(dims, "x"));
  if (tensor->dims != dims)
    return fail("tensor '{}': expected shape {}, found {}", shape.name,
                fmt::join(dims, "x"), fmt::join(tensor->dims, "x"));

  std::string_view typeName = findGGMLType(tensor->type)->name;
  const WeightFormat *format = findWeightFormat(tensor->type);
  if (shape.rows == 0 && !(format && format->isPlain()))
    return fail("tensor '{}': expected a vector of f32, f16 or bf16, found {}",
                shape.name, typeName);
  if (!format)
    return fail("tensor '{}': expected a matrix of {}, found {} (quantise the "
                "model anew, from f16 or wider)",
                shape.name, fmt::join(listFormats(), ", "), typeName);
  model.tensors.push_back(
      {std::move(shape), static_cast<ignis_type>(tensor->type), tensor});
  return true;
}

/// A tensor that the forward pass would ignore means another model.
bool Qwen2Reader::checkNothingElse() {
  if (file.tensors().size() == model.tensors.size())
    return true;
  for (const GGUFTensor &tensor : file.tensors())
    if (!model.find(tensor.name))
      return fail("tensor {}: expected the {} tensors of a Qwen2 model with {} "
                  "layers, found one more",
                  quoteForMessage(tensor.name), model.tensors.size(),
                  model.config.layers);
  return true;
}

const ModelTensor *ModelDescription::find(std::string_view name) const {
  auto it = std::ranges::find(tensors, name, &ModelTensor::name);
  return it == tensors.end() ? nullptr : &*it;
}

uint64_t Qwen2Reader::hashTensors(const std::vector<ModelTensor> &tensors) {
  uint64_t hash = 0xcbf29ce484222325;
  auto addByte = [&](uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3; };
  auto addNumber = [&](uint64_t number) {
    for (int shift = 0; shift != 64; shift += 8)
      addByte(static_cast<uint8_t>(number >> shift));
  };
  for (const ModelTensor &tensor : tensors) {
    for (char c : tensor.name)
      addByte(static_cast<uint8_t>(c));
    addByte(0);
    addNumber(static_cast<uint64_t>(tensor.rows));
    addNumber(static_cast<uint64_t>(tensor.cols));
    addNumber(static_cast<uint64_t>(tensor.type));
  }
  return hash;
}

Expected<ModelDescription> ModelDescription::read(const GGUFFile &file) {
  return Qwen2Reader(file).run();
}
