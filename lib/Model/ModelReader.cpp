//===- ModelReader.cpp - A model, as a file describes it ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFamily.h"
#include "ignis/Runtime/WeightFormats.h"
#include "ignis/Support/Hash.h"

#include <algorithm>

using namespace ignis;

namespace {

/// Reads one file; functions return false once `keys.error` is set.
class ModelReader {
public:
  ModelReader(const GGUFFile &file, Family family)
      : file(file), keys(file, getArchitecture(family)) {
    model.config = ModelConfig::of(family);
  }

  Expected<ModelDescription> run() {
    if (readConfig() && readRope(keys, model.config) && checkWindow() &&
        keys.refuseRest() && readTensors() && checkNothingElse()) {
      model.hash = hashTensors(model.tensors);
      return std::move(model);
    }
    return tl::unexpected(std::move(keys.error));
  }

private:
  bool readConfig();
  bool checkWindow();
  bool readTensors();
  bool addTensor(TensorShape shape);
  bool checkNothingElse();
  static uint64_t hashTensors(const std::vector<ModelTensor> &tensors);

  const GGUFFile &file;
  ModelKeys keys;
  ModelDescription model{};
};

} // namespace

//===----------------------------------------------------------------------===//
// Hyper-parameters
//===----------------------------------------------------------------------===//

bool ModelReader::readConfig() {
  ModelConfig &config = model.config;
  constexpr int64_t mostLayers = 1024;
  if (!keys.readSize("block_count", config.layers, mostLayers) ||
      !keys.readSize("context_length", config.context_length) ||
      !keys.readSize("embedding_length", config.embedding) ||
      !keys.readSize("feed_forward_length", config.feed_forward) ||
      !keys.readSize("attention.head_count", config.heads) ||
      !keys.readPositive("attention.layer_norm_rms_epsilon", config.eps))
    return false;
  config.kv_heads = config.heads;
  if (!keys.readSizeIfAny("attention.head_count_kv", config.kv_heads) ||
      !getFamily(config.family).read(keys, config))
    return false;
  if (std::string mistake = config.findMistake(); !mistake.empty())
    return keys.fail("{}", mistake);
  return true;
}

/// A window that ends nowhere within the context hides nothing.
bool ModelReader::checkWindow() {
  constexpr std::string_view name = "attention.sliding_window";
  int64_t window = 0;
  if (!keys.readCountIfAny(name, window))
    return false;
  int64_t context = model.config.context_length;
  if (window != 0 && window < context)
    return keys.refuse(
        name, fmt::format("0 or at least the context length {}", context),
        window);
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

bool ModelReader::readTensors() {
  ModelConfig &config = model.config;
  const GGUFTensor *table = file.findTensor("token_embd.weight");
  if (!table)
    return keys.fail(
        "tensor 'token_embd.weight': expected the embedding table, "
        "found no such tensor");
  config.vocab = table->dims.front();
  if (config.vocab > ModelKeys::mostOfAnything)
    return keys.fail(
        "tensor 'token_embd.weight': expected at most {} rows, found "
        "{}",
        ModelKeys::mostOfAnything, config.vocab);
  config.tied = !file.findTensor("output.weight");

  for (TensorShape &shape : listTensors(config))
    if (!addTensor(std::move(shape)))
      return false;
  return true;
}

bool ModelReader::addTensor(TensorShape shape) {
  std::vector<int64_t> dims{shape.cols};
  if (shape.rows != 0)
    dims.insert(dims.begin(), shape.rows);
  const GGUFTensor *tensor = file.findTensor(shape.name);
  if (!tensor)
    return keys.fail("tensor '{}': expected shape {}, found no such tensor",
                     shape.name, fmt::join(dims, "x"));
  if (tensor->dims != dims)
    return keys.fail("tensor '{}': expected shape {}, found {}", shape.name,
                     fmt::join(dims, "x"), fmt::join(tensor->dims, "x"));

  std::string_view typeName = findGGMLType(tensor->type)->name;
  const WeightFormat *format = findWeightFormat(tensor->type);
  if (shape.rows == 0 && !(format && format->isPlain()))
    return keys.fail("tensor '{}': expected a vector of f32, f16 or bf16, "
                     "found {}",
                     shape.name, typeName);
  if (!format)
    return keys.fail("tensor '{}': expected a matrix of {}, found {} (quantise "
                     "the model anew, from f16 or wider)",
                     shape.name, fmt::join(listFormats(), ", "), typeName);
  model.tensors.push_back(
      {std::move(shape), static_cast<ignis_type>(tensor->type), tensor});
  return true;
}

/// A tensor that the forward pass would ignore means another model.
bool ModelReader::checkNothingElse() {
  if (file.tensors().size() == model.tensors.size())
    return true;
  for (const GGUFTensor &tensor : file.tensors())
    if (!model.find(tensor.name))
      return keys.fail(
          "tensor {}: expected the {} tensors of a {} model with {} "
          "layers, found one more",
          quoteForMessage(tensor.name), model.tensors.size(),
          getName(model.config.family), model.config.layers);
  return true;
}

uint64_t ModelReader::hashTensors(const std::vector<ModelTensor> &tensors) {
  Hash hash;
  auto addNumber = [&](uint64_t number) {
    for (int shift = 0; shift != 64; shift += 8)
      hash.addWord(number >> shift & 0xff);
  };
  for (const ModelTensor &tensor : tensors) {
    hash.add(std::as_bytes(std::span(tensor.name)));
    hash.addWord(0);
    addNumber(static_cast<uint64_t>(tensor.rows));
    addNumber(static_cast<uint64_t>(tensor.cols));
    addNumber(static_cast<uint64_t>(tensor.type));
  }
  return hash.value();
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

static std::string listArchitectures() {
  std::vector<std::string> names;
  for (Family family : listFamilies())
    names.push_back(fmt::format("'{}'", getArchitecture(family)));
  return fmt::format("{}", fmt::join(names, " or "));
}

Expected<ModelDescription> ModelDescription::read(const GGUFFile &file) {
  constexpr std::string_view key = "general.architecture";
  Expected<std::string_view> architecture = file.string(key);
  if (!architecture)
    return tl::unexpected(std::move(architecture.error()));
  for (Family family : listFamilies())
    if (*architecture == getArchitecture(family))
      return ModelReader(file, family).run();
  return makeError(ExitCode::InvalidModel,
                   "{}: key '{}': value at offset {}: expected {}, found {}",
                   file.path(), key, file.find(key)->fileOffset,
                   listArchitectures(), quoteForMessage(*architecture));
}
