//===- VerifyPasses.cpp - The same bits after every pass ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyPasses.h"

#include "ignis/Support/CommandLine.h"

#include <algorithm>
#include <bit>

using namespace ignis;

namespace {
/// What a program gives: for the tokens in batches, then one by one.
struct Rows {
  std::vector<uint32_t> logits;     ///< their bits
  std::vector<uint64_t> candidates; ///< where there are no logits

  bool operator==(const Rows &) const = default;
};
} // namespace

static Expected<Rows> computeRows(const GGUFFile &file,
                                  const ModelDescription &description,
                                  const ignis_program &program,
                                  const Options &options) {
  Expected<std::unique_ptr<Model>> model =
      Model::create(file, description, program);
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
    Expected<std::unique_ptr<Executor>> executor =
        Executor::create(**model, options.executor);
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

/// Where two sets of numbers, called `name` in a row, differ first, for people.
template <typename T>
static std::string
describeDifference(std::string_view name, const std::vector<T> &expected,
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

static std::string describeDifference(const Rows &expected, const Rows &found,
                                      size_t prompt) {
  return found.candidates.empty()
             ? describeDifference("the logit of token", expected.logits,
                                  found.logits, prompt)
             : describeDifference("the candidate of part", expected.candidates,
                                  found.candidates, prompt);
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
