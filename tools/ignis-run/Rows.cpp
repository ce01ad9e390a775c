//===- Rows.cpp - Every row that a program gives --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rows.h"

#include "ignis/Engine/SimulatedRanks.h"
#include "ignis/Support/CommandLine.h"

#include <algorithm>
#include <bit>

using namespace ignis;

Expected<Rows> ignis::computeRows(const GGUFFile &file,
                                  const ModelDescription &description,
                                  const ignis_program &program,
                                  const Options &options) {
  Rank rank{0, std::max<int64_t>(1, options.simulatedRanks)};
  Expected<std::unique_ptr<Model>> model =
      Model::create(file, description, program, rank);
  if (!model)
    return tl::unexpected(std::move(model.error()));

  Rows rows;
  auto keep = [&](const Executor::Row &row) -> Expected<void> {
    for (float logit : row.logits)
      rows.logits.push_back(std::bit_cast<uint32_t>(logit));
    rows.candidates.insert(rows.candidates.end(), row.candidates.begin(),
                           row.candidates.end());
    return {};
  };
  // An executor of its own for each: keys and values are not found again.
  std::span<const int32_t> tokens = options.ids;
  for (size_t atOnce : {tokens.size(), size_t{1}}) {
    ExecutorOptions own = options.executor;
    std::unique_ptr<SimulatedRanks> ranks;
    if (options.simulatedRanks > 0) {
      auto simulated = SimulatedRanks::create(
          file, description, program, options.executor, options.simulatedRanks);
      if (!simulated)
        return tl::unexpected(std::move(simulated.error()));
      ranks = std::move(*simulated);
      own.group = ranks->group();
    }
    Expected<std::unique_ptr<Executor>> executor =
        Executor::create(**model, own);
    if (!executor)
      return tl::unexpected(std::move(executor.error()));
    Sequence sequence(**executor);
    for (size_t at = 0; at != tokens.size(); at += atOnce)
      if (auto fed =
              (*executor)->feed(sequence, tokens.subspan(at, atOnce), 0, keep);
          !fed)
        return tl::unexpected(std::move(fed.error()));
  }
  return rows;
}

/// Where two sets of numbers, called `name` in a row, differ first, for people.
template <typename T>
static std::string describeFirst(std::string_view name,
                                 const std::vector<T> &expected,
                                 const std::vector<T> &found, size_t prompt) {
  auto at = static_cast<size_t>(std::ranges::mismatch(expected, found).in1 -
                                expected.begin());
  size_t columns = found.size() / (2 * prompt);
  size_t row = at / columns;
  return fmt::format("{}, position {}: {} {} is {:0{}x}, expected {:0{}x}",
                     row < prompt ? "in batches" : "one by one", row % prompt,
                     name, at % columns, found[at], 2 * sizeof(T), expected[at],
                     2 * sizeof(T));
}

std::string ignis::describeDifference(const Rows &expected, const Rows &found,
                                      size_t prompt) {
  return found.candidates.empty()
             ? describeFirst("the logit of token", expected.logits,
                             found.logits, prompt)
             : describeFirst("the candidate of part", expected.candidates,
                             found.candidates, prompt);
}
