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
#include <string>
#include <vector>

namespace ignis {

/// Hyper-parameters, all from the file, checked: positive, dividing, finite.
struct ModelConfig {
  int64_t layers;
  int64_t embedding;   ///< heads * headDim, a multiple of 32
  int64_t feedForward; ///< a multiple of 32
  int64_t heads;
  int64_t kvHeads; ///< divides heads
  int64_t headDim; ///< 32, 64 or 128
  int64_t vocab;   ///< rows of the embedding table
  int64_t context; ///< positions the model was trained for
  double eps;
  double ropeBase;
  bool tied; ///< the head is the embedding table

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

/// A Qwen2 file whose configuration and tensors were found and checked. Vectors
/// (norms, biases) are f32, f16 or bf16; matrices of any weight format.
struct ModelDescription {
  ModelConfig config;
  std::vector<ModelTensor> tensors; ///< in the order of listTensors
  /// FNV-1a 64 over each tensor in this order: the name, a zero byte, then
  /// rows, cols and type as 64-bit little-endian numbers.
  uint64_t hash;

  const ModelTensor *find(std::string_view name) const;

  /// Refuses other architectures, missing tensors, wrong shapes and types.
  static Expected<ModelDescription> read(const GGUFFile &file);
};

} // namespace ignis

#endif // IGNIS_MODEL_MODELDESCRIPTION_H
