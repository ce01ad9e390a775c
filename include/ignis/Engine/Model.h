//===- Model.h - A file's weights and the program for them -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_MODEL_H
#define IGNIS_ENGINE_MODEL_H

#include "ignis/Engine/WeightTable.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace ignis {

/// What any number of executors share: the weights, packed once, and the
/// program. Usable from several threads. Refers to what it is made from, which
/// outlives it.
class Model {
public:
  /// With the rows and heads of a rank. Refuses a program that was compiled for
  /// another model, or for one rank alone where there are several.
  static Expected<std::unique_ptr<Model>>
  create(const GGUFFile &file, const ModelDescription &description,
         const ignis_program &program, Rank rank = {});

  const GGUFFile &file() const { return file_; }
  const ModelConfig &config() const { return description.config; }
  const ignis_program &program() const { return program_; }
  Rank rank() const { return rank_; }
  int64_t vocab() const { return program_.model.vocab; }

  /// The entry for any number of rows, or null; the one for a single row, which
  /// is the same where there is no other.
  const ignis_entry *anyCount() const { return anyCount_; }
  const ignis_entry &single() const { return *single_; }
  /// The entry that gives states, or null.
  const ignis_entry *embed() const { return embed_; }
  /// Whether the program gives logits; else only candidates for the likeliest.
  bool givesLogits() const { return single_->candidates == 0; }
  /// Bytes of what the program gives for a row.
  size_t rowBytes() const;
  /// Of a page of the cache: 0 for a rank without heads.
  int64_t pageBytes() const;

  const void *const *weights() const { return table.data(); }
  int64_t matrixBytes() const { return table.matrixBytes(); }
  /// Of these, what a generated token reads: of a table that is no head, one
  /// row alone.
  int64_t stepBytes() const;
  int64_t packedBytes() const { return packed; }
  bool isPacked() const { return allPacked; }
  /// Packs up to `limit` bytes more, once nobody computes.
  void pack(ignis_team *team, int64_t limit);
  /// Held by those who compute.
  std::shared_lock<std::shared_mutex> use() const {
    return std::shared_lock(usage);
  }

  /// Of all tensors' names, shapes, types and bytes, found out when first asked
  /// for: it takes as long as reading the file.
  uint64_t contentHash() const;

private:
  Model(const GGUFFile &file, const ModelDescription &description,
        const ignis_program &program, Rank rank, WeightTable table)
      : file_(file), description(description), program_(program), rank_(rank),
        table(std::move(table)) {}
  Expected<void> chooseEntries();

  const GGUFFile &file_;
  const ModelDescription &description;
  const ignis_program &program_;
  Rank rank_;
  WeightTable table;
  const ignis_entry *anyCount_ = nullptr;
  const ignis_entry *single_ = nullptr;
  const ignis_entry *embed_ = nullptr;
  std::atomic<int64_t> packed = 0;
  std::atomic<bool> allPacked = false;
  mutable std::shared_mutex usage;
  mutable std::once_flag hashed;
  mutable uint64_t hash = 0;
};

} // namespace ignis

#endif // IGNIS_ENGINE_MODEL_H
