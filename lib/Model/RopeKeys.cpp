//===- RopeKeys.cpp - How a file's queries and keys are turned ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The keys and their defaults are llama.cpp's, which wrote the format; what
// they mean is in numeric-contract.md.
//
//===----------------------------------------------------------------------===//

#include "ModelFamily.h"

using namespace ignis;

// Within these, angles are right at any position that a context may have.
static constexpr double leastBase = 1, leastFactor = 0x1p-10,
                        mostFactor = 0x1p20;

/// The factor, by its name or by the one it had before there were types.
static bool readFactor(ModelKeys &keys, double &factor) {
  for (std::string_view name : {"rope.scale_linear", "rope.scaling.factor"}) {
    if (!keys.readPositiveIfAny(name, factor))
      return false;
    if (factor < leastFactor || factor > mostFactor)
      return keys.refuse(name, fmt::format("{} to {}", leastFactor, mostFactor),
                         factor);
  }
  return true;
}

/// What YaRN has beside the factor; files may have it without being YaRN's.
static bool readYaRN(ModelKeys &keys, const ModelConfig &config,
                     ignis_rope &rope) {
  int64_t original = config.context_length;
  rope.extrapolation = 1;
  if (!keys.readSizeIfAny("rope.scaling.original_context_length", original) ||
      !keys.readShareIfAny("rope.scaling.yarn_ext_factor",
                           rope.extrapolation) ||
      !keys.readPositiveIfAny("rope.scaling.yarn_beta_fast", rope.beta_fast) ||
      !keys.readPositiveIfAny("rope.scaling.yarn_beta_slow", rope.beta_slow))
    return false;
  rope.original_context = static_cast<double>(original);
  return true;
}

bool ignis::readRope(ModelKeys &keys, ModelConfig &config) {
  ignis_rope &rope = config.rope;
  rope.base = 10000; // the format's default
  std::string_view type = "linear";
  constexpr std::string_view typeName = "rope.scaling.type";
  constexpr std::string_view baseName = "rope.freq_base";
  if (!keys.expectSize("rope.dimension_count", config.head_dim,
                       "the elements of a head") ||
      !keys.readPositiveIfAny(baseName, rope.base) ||
      !keys.readStringIfAny(typeName, type) || !readFactor(keys, rope.factor) ||
      !keys.readPositiveIfAny("rope.scaling.attn_factor", rope.attention))
    return false;
  if (rope.base < leastBase)
    return keys.refuse(baseName, fmt::format("{} or more", leastBase),
                       rope.base);
  if (type == "none" && rope.factor != 1)
    return keys.refuse(typeName, "'linear' or 'yarn' beside a factor",
                       "'none'");
  if (type != "none" && type != "linear" && type != "yarn")
    return keys.refuse(typeName, "'none', 'linear' or 'yarn'",
                       quoteForMessage(type));
  ignis_rope yarn = rope;
  if (!readYaRN(keys, config, yarn))
    return false;
  if (type == "yarn")
    rope = yarn;
  return true;
}
