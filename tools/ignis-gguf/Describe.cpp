//===- Describe.cpp - What a GGUF file holds ------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describe.h"

#include "ignis/Model/ModelDescription.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>

using namespace ignis;

static constexpr uint64_t mostElementsShown = 4;

namespace {

/// Overloads in one object, for std::visit.
template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

} // namespace

/// Calls `show` with each of the first elements of a numeric or bool array.
template <typename T, typename Show>
static void visitNumbers(const GGUFArray &array, uint64_t count, Show show) {
  for (uint64_t i = 0; i != count; ++i) {
    T element;
    std::memcpy(&element, &array.bytes[i * sizeof(T)], sizeof(T));
    show(element);
  }
}

template <typename Show>
static void visitElements(const GGUFFile &file, const GGUFFile::Entry &entry,
                          const GGUFArray &array, Show show) {
  uint64_t count = std::min(array.count, mostElementsShown);
  switch (array.elementType) {
  case GGUFType::UInt8:
    return visitNumbers<uint8_t>(array, count, show);
  case GGUFType::Int8:
    return visitNumbers<int8_t>(array, count, show);
  case GGUFType::UInt16:
    return visitNumbers<uint16_t>(array, count, show);
  case GGUFType::Int16:
    return visitNumbers<int16_t>(array, count, show);
  case GGUFType::UInt32:
    return visitNumbers<uint32_t>(array, count, show);
  case GGUFType::Int32:
    return visitNumbers<int32_t>(array, count, show);
  case GGUFType::Float32:
    return visitNumbers<float>(array, count, show);
  case GGUFType::UInt64:
    return visitNumbers<uint64_t>(array, count, show);
  case GGUFType::Int64:
    return visitNumbers<int64_t>(array, count, show);
  case GGUFType::Float64:
    return visitNumbers<double>(array, count, show);
  case GGUFType::Bool:
    return visitNumbers<bool>(array, count, show);
  case GGUFType::String: {
    auto strings = *file.strings(entry.key);
    std::for_each_n(strings.begin(), count, show);
    return;
  }
  case GGUFType::Array: // which the reader refuses
    return;
  }
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string describeValue(const GGUFFile &file,
                                 const GGUFFile::Entry &entry) {
  Overloaded describe{
      [](std::string_view text) { return quoteForMessage(text); },
      [](const auto &value) { return fmt::format("{}", value); }};
  // The shortest that reads back as the same float32.
  Overloaded describeAny{
      [&](double value) {
        return entry.type == GGUFType::Float32
                   ? fmt::format("{}", static_cast<float>(value))
                   : fmt::format("{}", value);
      },
      [&](const GGUFArray &array) {
        std::vector<std::string> shown;
        visitElements(file, entry, array, [&](const auto &element) {
          shown.push_back(describe(element));
        });
        return fmt::format("[{}{}]", fmt::join(shown, ", "),
                           array.count > shown.size() ? ", ..." : "");
      },
      describe};
  return std::visit(describeAny, entry.value);
}

static std::string describeType(const GGUFFile::Entry &entry) {
  if (const auto *array = std::get_if<GGUFArray>(&entry.value))
    return fmt::format("{}[{}]", getTypeName(array->elementType), array->count);
  return std::string(getTypeName(entry.type));
}

static std::string describeModel(const GGUFFile &file) {
  Expected<ModelDescription> model = ModelDescription::read(file);
  if (!model)
    return fmt::format("not one that ignis runs: {}\n", model.error().message);
  const ModelConfig &config = model->config;
  return fmt::format(
      "{}, {} layers, width {}, feed-forward {}, {} heads of {}, {} "
      "key/value heads, vocabulary {}, {} head, context {}, RoPE base {}, eps "
      "{:g}\n",
      getName(config.family), config.layers, config.embedding,
      config.feed_forward, config.heads, config.head_dim, config.kv_heads,
      config.vocab, config.tied ? "tied" : "untied", config.context_length,
      config.rope.base, config.eps);
}

static int64_t countElements(const GGUFTensor &tensor) {
  int64_t elements = 1;
  for (int64_t dim : tensor.dims)
    elements *= dim;
  return elements;
}

static std::string summariseTensors(const GGUFFile &file) {
  struct Sum {
    int64_t tensors = 0, elements = 0;
    uint64_t bytes = 0;
  };
  std::map<std::string_view, Sum> sums;
  for (const GGUFTensor &tensor : file.tensors()) {
    Sum &sum = sums[findGGMLType(tensor.type)->name];
    ++sum.tensors;
    sum.elements += countElements(tensor);
    sum.bytes += tensor.byteSize;
  }
  std::string text;
  for (const auto &[type, sum] : sums)
    text += fmt::format("  {:<8} {:>6} tensors {:>14} elements {:>14} bytes\n",
                        type, sum.tensors, sum.elements, sum.bytes);
  return text;
}

static std::string describeTensors(const GGUFFile &file) {
  std::string text;
  for (const GGUFTensor &tensor : file.tensors())
    text += fmt::format(
        "  {:<32} {:<8} {:>14} {:>12} bytes at {}{}\n",
        quoteForMessage(tensor.name), findGGMLType(tensor.type)->name,
        fmt::format("{}", fmt::join(tensor.dims, "x")), tensor.byteSize,
        tensor.fileOffset,
        tensor.part == 0 ? "" : " in " + file.path(tensor.part));
  return text;
}

std::string ignis::describeFile(const GGUFFile &file, bool withTensors) {
  std::string text = fmt::format(
      "file: {}\nformat: GGUF version {}, {} bytes, alignment {}\n",
      file.path(), file.version(), file.fileSize(), file.alignment());
  if (file.partCount() > 1)
    text += fmt::format("parts: {}\n", file.partCount());
  text += "model: " + describeModel(file);
  text += fmt::format("keys: {}\n", file.entries().size());
  for (const GGUFFile::Entry &entry : file.entries())
    text += fmt::format("  {:<42} {:<16} {}\n", entry.key, describeType(entry),
                        describeValue(file, entry));
  text += fmt::format("tensors: {}\n", file.tensors().size());
  text += withTensors ? describeTensors(file) : summariseTensors(file);
  return text;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static nlohmann::ordered_json convertValue(const GGUFFile &file,
                                           const GGUFFile::Entry &entry) {
  Overloaded convert{
      [&](const GGUFArray &array) {
        nlohmann::ordered_json json = nlohmann::ordered_json::array();
        visitElements(file, entry, array,
                      [&](const auto &element) { json.push_back(element); });
        return nlohmann::ordered_json{{"count", array.count},
                                      {"first", std::move(json)}};
      },
      [](const auto &value) { return nlohmann::ordered_json(value); }};
  return std::visit(convert, entry.value);
}

std::string ignis::describeFileAsJSON(const GGUFFile &file) {
  nlohmann::ordered_json json{{"file", file.path()},
                              {"version", file.version()},
                              {"bytes", file.fileSize()},
                              {"alignment", file.alignment()}};
  // Each key stands once, which looking for it among the others would make sure
  // of, at a cost that is quadratic.
  nlohmann::ordered_json::object_t keys;
  for (const GGUFFile::Entry &entry : file.entries())
    keys.push_back({std::string(entry.key), convertValue(file, entry)});
  json["keys"] = std::move(keys);
  json["tensors"] = nlohmann::ordered_json::array();
  for (const GGUFTensor &tensor : file.tensors())
    json["tensors"].push_back({{"name", tensor.name},
                               {"type", findGGMLType(tensor.type)->name},
                               {"shape", tensor.dims},
                               {"offset", tensor.fileOffset},
                               {"bytes", tensor.byteSize},
                               {"part", tensor.part}});
  using Json = nlohmann::ordered_json;
  // A file's own name need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}
