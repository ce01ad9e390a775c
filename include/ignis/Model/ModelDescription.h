//===- ModelDescription.h - What a model is, family aside -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_MODELDESCRIPTION_H
#define IGNIS_MODEL_MODELDESCRIPTION_H

#include "ignis/Model/GGUF.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ignis {

/// Models that differ in their hyper-parameters only.
enum class Family {
#define IGNIS_FAMILY(name) name,
#include "ignis/Model/Families.def"
};

/// All of them, in the order of their numbers.
std::span<const Family> listFamilies();
/// What files of a family call it: their `general.architecture`, and what the
/// names of their keys begin with.
std::string_view getArchitecture(Family family);
/// For people.
std::string_view getName(Family family);

/// Hyper-parameters (see Hyperparameters.def), and whose they are.
struct ModelConfig : ignis_hyperparameters {
  Family family;

  /// What every model of the family has; sizes are 0.
  static ModelConfig of(Family family);

  /// What each head has where heads share the width; 0 if they cannot.
  int64_t shareOfWidth() const;
  /// Positions that the model is made for: those it was trained with, or as
  /// many as YaRN stretches its own context to.
  int64_t reach() const;
  /// What is wrong with these sizes together, as "expected ..., found ...";
  /// empty if nothing is.
  std::string findMistake() const;
};

/// A tensor that a model needs. rows = 0 for a vector.
struct TensorShape {
  std::string name; ///< as in the file
  int64_t rows;
  int64_t cols;
};

/// All of them, in the order the forward pass reads them.
std::vector<TensorShape> listTensors(const ModelConfig &config);

/// The same, as a file has it.
struct ModelTensor : TensorShape {
  ignis_type type;
  const GGUFTensor *tensor;
};

/// A file whose configuration and tensors were found and checked. Vectors
/// (norms, biases) are f32, f16 or bf16; matrices of any weight format.
struct ModelDescription {
  ModelConfig config;
  std::vector<ModelTensor> tensors; ///< in the order of listTensors
  /// FNV-1a 64 over each tensor in this order: the name, a zero byte, then
  /// rows, cols and type as 64-bit little-endian numbers.
  uint64_t hash;

  const ModelTensor *find(std::string_view name) const;

  /// Refuses other architectures, metadata that asks for another computation
  /// than is made, missing tensors, wrong shapes and types.
  static Expected<ModelDescription> read(const GGUFFile &file);
};

} // namespace ignis

#endif // IGNIS_MODEL_MODELDESCRIPTION_H
