//===- WeightTable.cpp - A program's weights, found in a file -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/WeightTable.h"

#include <unordered_map>

using namespace ignis;

static std::string describe(int64_t rows, int64_t cols, int64_t type) {
  const GGMLType *ggmlType = findGGMLType(static_cast<uint32_t>(type));
  std::string_view typeName = ggmlType ? ggmlType->name : "unknown";
  return rows == 0 ? fmt::format("{} {}", cols, typeName)
                   : fmt::format("{}x{} {}", rows, cols, typeName);
}

static Expected<void> checkWeight(const ignis_program_weight &weight,
                                  const GGUFFile &file,
                                  const ModelDescription &model) {
  const ModelTensor *tensor = model.find(weight.name);
  std::string expected = describe(weight.rows, weight.cols, weight.type);
  std::string found = tensor
                          ? describe(tensor->rows, tensor->cols, tensor->type)
                          : "no such tensor";
  if (expected == found)
    return {};
  return makeError(ExitCode::InvalidModel,
                   "{}: tensor '{}': the program was compiled for {}, found {}",
                   file.path(), weight.name, expected, found);
}

static Expected<void>
checkHyperparameters(const ignis_hyperparameters &compiled,
                     const ignis_hyperparameters &found, const GGUFFile &file) {
  auto check = [&](std::string_view words, auto compiled,
                   auto found) -> Expected<void> {
    if (compiled == found)
      return {};
    return makeError(ExitCode::InvalidModel,
                     "{}: {}: the program was compiled for {}, found {}",
                     file.path(), words, compiled, found);
  };
#define IGNIS_SIZE(field, words)                                               \
  if (auto same = check(words, compiled.field, found.field); !same)            \
    return same;
#define IGNIS_FLAG(field, words) IGNIS_SIZE(field, words)
#define IGNIS_REAL(field, words) IGNIS_SIZE(field, words)
#define IGNIS_ROPE(field, usual, words) IGNIS_SIZE(rope.field, words)
#include "ignis/Runtime/Hyperparameters.def"
  return {};
}

Expected<void> ignis::checkProgram(const ignis_program &program,
                                   const GGUFFile &file,
                                   const ModelDescription &model) {
  if (program.abi_version != IGNIS_ABI_VERSION)
    return makeError(ExitCode::Failure,
                     "the program was compiled for version {} of the runtime's "
                     "interface, this is version {}",
                     program.abi_version, IGNIS_ABI_VERSION);

  if (auto checked = checkHyperparameters(program.model, model.config, file);
      !checked)
    return checked;
  for (int64_t i = 0; i != program.weight_count; ++i)
    if (auto checked = checkWeight(program.weights[i], file, model); !checked)
      return checked;
  if (static_cast<uint64_t>(program.model_hash) != model.hash)
    return makeError(ExitCode::InvalidModel,
                     "{}: hash of tensor names, shapes and types: the program "
                     "was compiled for {:016x}, found {:016x}",
                     file.path(), static_cast<uint64_t>(program.model_hash),
                     model.hash);
  return {};
}

Expected<WeightTable> WeightTable::create(const ignis_program &program,
                                          const ModelDescription &model, Rank rank) {
  WeightTable table;
  std::unordered_map<std::string_view, ignis_weight *> byName;
  for (int64_t i = 0; i != program.weight_count; ++i) {
    const ModelTensor &tensor = *model.find(program.weights[i].name);
    if (tensor.rows == 0) {
      table.pointers.push_back(table.copyVector(tensor));
      continue;
    }
    ignis_weight *&weight = byName[tensor.name];
    if (!weight) {
      char reason[IGNIS_ERROR_SIZE];
      weight = ignis_rt_weight_create(tensor.type, tensor.rows, tensor.cols,
                                      tensor.tensor->data, reason);
      if (!weight)
        return makeError(ExitCode::Failure, "tensor '{}': {}", tensor.name,
                         reason);
      table.owners.emplace_back(weight);
      table.matrices.push_back(weight);
      ignis_range rows = rank.rowsOf(program.weights[i]);
      ignis_rt_weight_keep(weight, rows.begin, rows.end);
      table.bytes += static_cast<int64_t>(tensor.tensor->byteSize) /
                     tensor.rows * (rows.end - rows.begin);
    }
    table.pointers.push_back(weight);
  }
  return table;
}

/// Reading a vector in the file would map the pages around it again, whole huge
/// pages where the system caches files in those: a sixth of a packed model.
const float *WeightTable::copyVector(const ModelTensor &tensor) {
  auto &copy = vectors.emplace_back(tensor.cols);
  ignis_rt_dequantize(tensor.type, tensor.tensor->data, tensor.cols,
                      copy.data());
  return copy.data();
}

int64_t WeightTable::pack(ignis_team *team, int64_t limit, bool release) {
  return ignis_rt_pack(team, matrices.data(), matrices.size(), limit, release);
}
