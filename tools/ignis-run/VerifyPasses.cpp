//===- VerifyPasses.cpp - The same bits after every pass ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyPasses.h"

#include "Rows.h"
#include "ignis/Support/CommandLine.h"

#include <algorithm>
#include <bit>
#include <optional>

using namespace ignis;

/// What a program that gives `parts` candidates has to give where another gives
/// `logits`: the largest of each part, as ignis.argmax divides a row.
static std::vector<uint64_t> findCandidates(const std::vector<uint32_t> &logits,
                                            int64_t vocab, int64_t parts) {
  int64_t columns = (vocab + 16 * parts - 1) / (16 * parts) * 16;
  std::vector<uint64_t> candidates;
  std::vector<float> row(static_cast<size_t>(vocab));
  std::vector<uint64_t> best(static_cast<size_t>(parts));
  for (auto next = logits.begin(); next != logits.end(); next += vocab) {
    std::transform(next, next + vocab, row.begin(),
                   [](uint32_t bits) { return std::bit_cast<float>(bits); });
    ignis_rt_argmax(row.data(), vocab, nullptr, 1, 0, vocab, columns,
                    best.data(), parts);
    candidates.insert(candidates.end(), best.begin(), best.end());
  }
  return candidates;
}

Expected<void> ignis::verifyPasses(const GGUFFile &file,
                                   const ProgramSource &source,
                                   const CompileOptions &compileOptions,
                                   const Options &options) {
  if (options.ids.empty())
    return makeError(ExitCode::Usage,
                     "--verify-passes runs a prompt, not a conversation");
  std::optional<Rows> expected;
  print(stdout, "{:<28}{:>10}  logits\n", "after", "operations");
  auto compare = [&](const PassResult &result) -> Expected<void> {
    Expected<Rows> found =
        computeRows(file, *source.model, *result.program, options);
    if (!found)
      return tl::unexpected(std::move(found.error()));
    // The graph gives logits, whatever the module after it gives.
    if (expected && expected->candidates.empty() && found->logits.empty())
      expected =
          Rows{{},
               findCandidates(expected->logits, result.program->model.vocab,
                              result.program->entries[0].candidates)};
    bool isSame = !expected || *found == *expected;
    print(stdout, "{:<28}{:>10}  {}\n", result.pass, result.operations,
          !expected ? fmt::format("{} rows", 2 * options.ids.size())
          : isSame  ? "same bits"
                    : "DIFFERENT");
    if (auto flushed = flushOutput(); !flushed)
      return flushed;
    if (!isSame)
      return makeError(
          ExitCode::Failure, "after {}: {}", result.pass,
          describeDifference(*expected, *found, options.ids.size()));
    expected = std::move(*found);
    return {};
  };
  return visitPasses(source, compileOptions, compare);
}
