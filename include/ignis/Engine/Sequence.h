//===- Sequence.h - A text and its pages of the cache ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SEQUENCE_H
#define IGNIS_ENGINE_SEQUENCE_H

#include "ignis/Engine/Sampler.h"
#include "ignis/Support/Error.h"

#include <cstdint>
#include <span>
#include <vector>

namespace ignis {

class Executor;

/// What is saved of a text beside the tokens that were computed.
struct SavedText {
  std::vector<int32_t> pending; ///< tokens behind those
  Sampler::State sampler;
  std::string note; ///< whatever the one who saves wants back
};

/// The tokens that were computed so far, and where their keys and values are.
/// An executor appends to it. Different sequences may be used by different
/// threads, each by one at a time; all of them end before their executor.
class Sequence {
public:
  /// Without a token.
  explicit Sequence(Executor &executor) : executor(&executor) {}
  Sequence(Sequence &&other) noexcept;
  Sequence &operator=(Sequence &&other) noexcept;
  ~Sequence();

  /// What it may be computed by.
  Executor &home() const { return *executor; }
  std::span<const int32_t> tokens() const { return tokens_; }
  int64_t position() const { return static_cast<int64_t>(tokens_.size()); }

  /// Another with the same tokens. They share their pages until one of them
  /// writes.
  Sequence fork() const;

  /// Forgets the tokens from `position` on.
  void truncate(int64_t position);
  /// Forgets the tokens from `position` on as if they had not been computed:
  /// they were a draft, and are not kept for others.
  void takeBack(int64_t position);

  /// Gives a sequence without tokens the pages of `tokens` as far as they are
  /// known, though not the last token, so that there is one to compute. Returns
  /// how many tokens that are.
  int64_t reuse(std::span<const int32_t> tokens);

  /// The keys and values of the page with `position`, up to the sequence's end,
  /// as ignis_rt_kv_read orders them.
  std::vector<uint8_t> readPage(int64_t position) const;

  /// Writes tokens, keys and values to a file, for this model alone, and
  /// `beside`; all of it or nothing.
  Expected<void> save(const std::string &path, const SavedText &beside) const;
  /// Refuses what another model or type of cache wrote, and what is damaged.
  static Expected<Sequence> load(Executor &executor, const std::string &path,
                                 SavedText &beside);

private:
  friend class Executor;

  /// Under the lock of the executor's pool.
  void cut(int64_t position);

  Executor *executor;
  std::vector<int32_t> tokens_;
  std::vector<int32_t> pages; ///< as many as the tokens need
};

} // namespace ignis

#endif // IGNIS_ENGINE_SEQUENCE_H
