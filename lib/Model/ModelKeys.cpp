//===- ModelKeys.cpp - The keys of a file's architecture ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelKeys.h"

#include <algorithm>
#include <cmath>
#include <variant>

using namespace ignis;

template <typename T>
bool ModelKeys::take(Expected<T> from, T &value) {
  if (from)
    value = *from;
  else
    error = std::move(from.error());
  return from.has_value();
}

bool ModelKeys::readSize(std::string_view name, int64_t &value, int64_t most) {
  uint64_t found;
  asked.emplace(name);
  if (!take(file.uint(key(name)), found))
    return false;
  if (found < 1 || found > static_cast<uint64_t>(most))
    return refuse(name, fmt::format("1 to {}", most), found);
  value = static_cast<int64_t>(found);
  return true;
}

bool ModelKeys::readPositive(std::string_view name, double &value) {
  asked.emplace(name);
  if (!take(file.real(key(name)), value))
    return false;
  if (!std::isfinite(value) || value <= 0)
    return refuse(name, "a positive number", value);
  return true;
}

bool ModelKeys::readSizeIfAny(std::string_view name, int64_t &value) {
  return !has(name) || readSize(name, value);
}

bool ModelKeys::readPositiveIfAny(std::string_view name, double &value) {
  return !has(name) || readPositive(name, value);
}

bool ModelKeys::readCountIfAny(std::string_view name, int64_t &value) {
  uint64_t found;
  if (!has(name))
    return true;
  if (!take(file.uint(key(name)), found))
    return false;
  if (found > static_cast<uint64_t>(mostOfAnything))
    return refuse(name, fmt::format("0 to {}", mostOfAnything), found);
  value = static_cast<int64_t>(found);
  return true;
}

bool ModelKeys::readShareIfAny(std::string_view name, double &value) {
  if (!has(name))
    return true;
  if (!take(file.real(key(name)), value))
    return false;
  if (!(value >= 0 && value <= 1))
    return refuse(name, "a number from 0 to 1", value);
  return true;
}

bool ModelKeys::readStringIfAny(std::string_view name,
                                std::string_view &value) {
  return !has(name) || take(file.string(key(name)), value);
}

bool ModelKeys::expectSize(std::string_view name, int64_t expected,
                           std::string_view reason) {
  int64_t found = expected;
  if (!readSizeIfAny(name, found))
    return false;
  if (found != expected)
    return refuse(name, fmt::format("{}, {}", expected, reason), found);
  return true;
}

//===----------------------------------------------------------------------===//
// What is not asked for
//===----------------------------------------------------------------------===//

namespace {
/// A key that changes nothing as long as it has this value: of an unnamed kind,
/// whatever it has.
struct NeutralKey {
  std::string_view name;
  std::variant<std::monostate, bool, double> value;
};
} // namespace

/// Keys that writers put into every file, or that other architectures use.
static constexpr NeutralKey neutralKeys[] = {
    {"vocab_size", {}},                   // the embedding table's rows count
    {"pooling_type", {}},                 // of embeddings, not of logits
    {"rope.scaling.finetuned", {}},       // how the weights came to be
    {"attention.layer_norm_epsilon", {}}, // of LayerNorm, which there is not
    {"attention.causal", true},
    {"use_parallel_residual", false},
    {"attention.clamp_kqv", 0.0},
    {"attention.max_alibi_bias", 0.0},
    {"attn_logit_softcapping", 0.0},
    {"final_logit_softcapping", 0.0},
    {"logit_scale", 1.0},
    {"residual_scale", 1.0},
    {"embedding_scale", 1.0},
    {"expert_count", 0.0},
    {"expert_used_count", 0.0},
    {"expert_shared_count", 0.0},
    {"nextn_predict_layers", 0.0},
    {"rope.scaling.yarn_log_multiplier", 0.0},
    {"rope.scaling.yarn_attn_factor", 1.0},
};

/// A number or a bool as the table has it; anything else is `std::monostate`.
static std::variant<std::monostate, bool, double>
simplify(const GGUFValue &value) {
  if (const auto *number = std::get_if<uint64_t>(&value))
    return static_cast<double>(*number);
  if (const auto *number = std::get_if<int64_t>(&value))
    return static_cast<double>(*number);
  if (const auto *number = std::get_if<double>(&value))
    return *number;
  if (const auto *truth = std::get_if<bool>(&value))
    return *truth;
  return {};
}

static std::string describe(const std::variant<std::monostate, bool, double> &v,
                            std::string_view otherwise) {
  if (const auto *number = std::get_if<double>(&v))
    return fmt::format("{}", *number);
  if (const auto *truth = std::get_if<bool>(&v))
    return fmt::format("{}", *truth);
  return std::string(otherwise);
}

bool ModelKeys::refuseRest() {
  std::string prefix = key("");
  for (const GGUFFile::Entry &entry : file.entries()) {
    if (!entry.key.starts_with(prefix))
      continue;
    std::string_view name = entry.key.substr(prefix.size());
    if (asked.contains(name))
      continue;
    auto value = simplify(entry.value);
    std::string found = describe(value, getTypeName(entry.type));
    auto neutral = std::ranges::find(neutralKeys, name, &NeutralKey::name);
    if (neutral == std::ranges::end(neutralKeys))
      return refuse(name,
                    "no such key, which may change the result (a copy without "
                    "it runs)",
                    found);
    if (neutral->value.index() != 0 && neutral->value != value)
      return refuse(name,
                    describe(neutral->value, "") + ", all that is implemented",
                    found);
  }
  return true;
}
