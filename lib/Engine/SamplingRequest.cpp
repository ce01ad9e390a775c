//===- SamplingRequest.cpp - Sampling as a request in JSON has it ---------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/SamplingRequest.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

using namespace ignis;
using nlohmann::json;

static constexpr std::string_view biasField = "logit_bias";
static constexpr std::string_view orderField = "samplers";
static constexpr std::string_view breakersField = "dry_sequence_breakers";

bool ignis::isSamplingField(std::string_view name) {
  return name == biasField || name == orderField || name == breakersField ||
         std::ranges::any_of(samplerNumbers(), [&](const SamplerNumber &number) {
           return number.request == name;
         });
}

static tl::unexpected<Error> refuse(std::string_view field,
                                    std::string_view expected,
                                    const json &found) {
  std::string text = found.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60)
    text = text.substr(0, 57) + "...";
  return makeError(ExitCode::Usage, "{}: expected {}, found {}", field,
                   expected, text);
}

static Expected<std::pair<int32_t, float>> readBias(const json &token,
                                                    const json &value) {
  constexpr auto most = std::numeric_limits<int32_t>::max();
  int64_t id = -1;
  if (token.is_number_integer()) {
    id = token.is_number_unsigned() && token.get<uint64_t>() > most
             ? -1
             : token.get<int64_t>();
  } else if (token.is_string()) {
    const auto &text = token.get_ref<const std::string &>();
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), id);
    // One token has one name, or two biases could be given for it.
    if (error != std::errc() || end != text.data() + text.size() ||
        text != fmt::to_string(id))
      id = -1;
  }
  if (id < 0 || id > most)
    return refuse(biasField, "ids of tokens", token);
  bool isNever = value.is_boolean() && !value.get<bool>();
  // The ranges of the command line.
  bool isBias = value.is_number() && std::fabs(value.get<double>()) <= 1e6;
  if (!isNever && !isBias)
    return refuse(biasField, "a number up to 1000000, or false", value);
  return std::pair(static_cast<int32_t>(id),
                   isNever ? -std::numeric_limits<float>::infinity()
                           : value.get<float>());
}

static Expected<void> readBiases(const json &value, SamplerOptions &into) {
  if (!value.is_object() && !value.is_array())
    return refuse(biasField, "an object or a list", value);
  into.logitBias.clear();
  for (const auto &[key, element] : value.items()) {
    bool isPair = value.is_array() && element.is_array() && element.size() == 2;
    if (value.is_array() && !isPair)
      return refuse(biasField, "pairs of a token and a number", element);
    Expected<std::pair<int32_t, float>> bias =
        isPair ? readBias(element[0], element[1]) : readBias(key, element);
    if (!bias)
      return tl::unexpected(std::move(bias.error()));
    into.logitBias.push_back(*bias);
  }
  return {};
}

static Expected<std::vector<std::string>> readTexts(std::string_view field,
                                                    const json &value) {
  std::vector<std::string> texts;
  for (const json &text : value.is_array() ? value : json::array({value})) {
    if (!text.is_string() || text.get_ref<const std::string &>().empty())
      return refuse(field, "texts", text);
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

static Expected<void> readOrder(const json &value, SamplerOptions &into) {
  Expected<std::vector<std::string>> names = readTexts(orderField, value);
  if (!names)
    return tl::unexpected(std::move(names.error()));
  auto order = parseSamplerOrder(fmt::format("{}", fmt::join(*names, ";")));
  if (!order)
    return tl::unexpected(std::move(order.error()));
  into.order = std::move(*order);
  return {};
}

Expected<void> ignis::readSampling(const json &object, SamplerOptions &into) {
  auto find = [&](std::string_view field) -> const json * {
    auto found = object.find(field);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  };
  for (const SamplerNumber &number : samplerNumbers()) {
    const json *value = find(number.request);
    if (!value)
      continue;
    if (!value->is_number())
      return refuse(number.request, number.describeRange(), *value);
    if (auto set = number.set(into, value->get<double>()); !set)
      return set;
  }
  if (const json *value = find(biasField))
    if (auto read = readBiases(*value, into); !read)
      return read;
  if (const json *value = find(orderField))
    if (auto read = readOrder(*value, into); !read)
      return read;
  if (const json *value = find(breakersField)) {
    Expected<std::vector<std::string>> texts = readTexts(breakersField, *value);
    if (!texts)
      return tl::unexpected(std::move(texts.error()));
    into.dryBreakers = std::move(*texts);
  }
  return {};
}

nlohmann::ordered_json ignis::writeSampling(const SamplerOptions &options) {
  using nlohmann::ordered_json;
  ordered_json object;
  for (const SamplerNumber &number : samplerNumbers())
    if (number.isWhole())
      object[number.request] = static_cast<int64_t>(number.get(options));
    else
      object[number.request] = number.get(options);
  ordered_json biases = ordered_json::array();
  for (auto [token, bias] : options.logitBias)
    biases.push_back(std::isinf(bias) ? ordered_json{token, false}
                                      : ordered_json{token, bias});
  object[biasField] = std::move(biases);
  ordered_json order = ordered_json::array();
  for (SamplerStep step : options.order)
    order.push_back(formatSamplerOrder({&step, 1}));
  object[orderField] = std::move(order);
  object[breakersField] = options.dryBreakers;
  return object;
}
