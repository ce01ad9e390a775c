//===- Split.h - Models in several files ------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_SPLIT_H
#define IGNIS_MODEL_SPLIT_H

#include "ignis/Support/Error.h"

#include <cstdint>
#include <string>

namespace ignis {

/// What a part holds at most; a tensor that is larger has a part of its own.
struct SplitLimits {
  uint64_t tensors = UINT64_MAX;
  uint64_t bytes = UINT64_MAX; ///< of the tensors, with padding
};

/// Writes a model as NAME-00001-of-0000N.gguf and so on, whose keys are those
/// of llama.cpp: split.no, split.count and split.tensors.count. The first part
/// has all other keys. Returns N. On failure no part that was written stays.
Expected<uint32_t> splitFile(const std::string &inputPath,
                             const std::string &name,
                             const SplitLimits &limits);

/// Writes the parts of a model, by the path of the first, as one file: the one
/// that was split, to the byte, if its alignment is the usual 32.
Expected<void> mergeFile(const std::string &inputPath,
                         const std::string &outputPath);

} // namespace ignis

#endif // IGNIS_MODEL_SPLIT_H
