//===- ModelFamily.h - What a family's files say ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_MODELFAMILY_H
#define IGNIS_LIB_MODEL_MODELFAMILY_H

#include "ModelKeys.h"

#include <array>
#include <span>

namespace ignis {

/// A model whose sizes are well known: layers, width, feed-forward, heads,
/// key/value heads, vocabulary, whether the head is tied, and the elements of a
/// head or 0 where heads share the width.
struct ShapePreset {
  std::string_view name;
  std::array<int64_t, 8> sizes;
};

struct ModelFamily {
  std::string_view architecture; ///< see getArchitecture
  std::string_view name;         ///< for people
  /// Reads what only this family's keys say into `config`, in which what every
  /// decoder has stands already.
  bool (*read)(ModelKeys &keys, ModelConfig &config);
  /// Sets what every model of the family has.
  void (*complete)(ModelConfig &config);
  std::span<const ShapePreset> presets;
};

#define IGNIS_FAMILY(name) extern const ModelFamily name##Family;
#include "ignis/Model/Families.def"

const ModelFamily &getFamily(Family family);

/// Reads how queries and keys are turned.
bool readRope(ModelKeys &keys, ModelConfig &config);

} // namespace ignis

#endif // IGNIS_LIB_MODEL_MODELFAMILY_H
