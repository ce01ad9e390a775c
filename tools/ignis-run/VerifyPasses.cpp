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

/// The bits of every logit: of the tokens in batches, then one by one.
static Expected<std::vector<uint32_t>>
computeLogits(const GGUFFile &file, const Qwen2Model &model,
              const ignis_program &program, const Options &options) {
  Expected<std::unique_ptr<Session>> session =
      Session::create(file, model, program, options.session);
  if (!session)
    return tl::unexpected(std::move(session.error()));

  std::vector<uint32_t> bits;
  auto keep = [&](std::span<const float> row) -> Expected<void> {
    for (float logit : row)
      bits.push_back(std::bit_cast<uint32_t>(logit));
    return {};
  };
  std::span<const int32_t> tokens = options.ids;
  Expected<void> fed = (*session)->feed(tokens, 0, keep);
  (*session)->rewind(0);
  for (size_t i = 0; i != tokens.size() && fed; ++i)
    fed = (*session)->feed(tokens.subspan(i, 1), 0, keep);
  if (!fed)
    return tl::unexpected(std::move(fed.error()));
  return bits;
}

/// Where two sets of logits differ first, for people.
static std::string describeDifference(const std::vector<uint32_t> &expected,
                                      const std::vector<uint32_t> &found,
                                      size_t vocab, size_t prompt) {
  auto at = static_cast<size_t>(std::ranges::mismatch(expected, found).in1 -
                                expected.begin());
  size_t row = at / vocab;
  return fmt::format("{}, position {}: the logit of token {} is {:08x}, "
                     "expected {:08x}",
                     row < prompt ? "in batches" : "one by one", row % prompt,
                     at % vocab, found[at], expected[at]);
}

Expected<void> ignis::verifyPasses(const GGUFFile &file,
                                   const ProgramSource &source,
                                   const CompileOptions &compileOptions,
                                   const Options &options) {
  if (options.ids.empty())
    return makeError(ExitCode::Usage,
                     "--verify-passes runs a prompt, not a conversation");
  std::vector<uint32_t> expected;
  print(stdout, "{:<28}{:>10}  logits\n", "after", "operations");
  auto compare = [&](const PassResult &result) -> Expected<void> {
    Expected<std::vector<uint32_t>> found =
        computeLogits(file, *source.model, *result.program, options);
    if (!found)
      return tl::unexpected(std::move(found.error()));
    bool isFirst = expected.empty();
    bool isSame = isFirst || *found == expected;
    auto vocab = static_cast<size_t>(result.program->vocab);
    print(stdout, "{:<28}{:>10}  {}\n", result.pass, result.operations,
          isFirst  ? fmt::format("{} rows", found->size() / vocab)
          : isSame ? "same bits"
                   : "DIFFERENT");
    if (auto flushed = flushOutput(); !flushed)
      return flushed;
    if (!isSame)
      return makeError(
          ExitCode::Failure, "after {}: {}", result.pass,
          describeDifference(expected, *found, vocab, options.ids.size()));
    expected = std::move(*found);
    return {};
  };
  return visitPasses(source, compileOptions, compare);
}
