//===- VerifySchedule.cpp - The same bits in any order --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler's own verifier believes what operations say they access. This
// one believes nothing: a thread that depends on another one's work of the same
// phase finds it not done yet, or undone already.
//
//===----------------------------------------------------------------------===//

#include "VerifySchedule.h"

#include "Rows.h"
#include "ignis/Support/CommandLine.h"

#include <algorithm>

using namespace ignis;

namespace {
struct Order {
  std::string name;
  ignis_order order;
  uint64_t seed = 0;
};
} // namespace

Expected<void> ignis::verifySchedule(const GGUFFile &file,
                                     const ModelDescription &model,
                                     const ignis_program &program,
                                     const Options &options) {
  if (options.ids.empty())
    return makeError(
        ExitCode::Usage,
        "--verify-schedule-by-execution runs a prompt, not a conversation");
  Options run = options;
  if (run.executor.threads == 0)
    run.executor.threads = std::max(ignis_rt_default_threads(), 2);
  if (run.executor.threads == 1)
    return makeError(ExitCode::Usage,
                     "--verify-schedule-by-execution: one thread has no other "
                     "to wait for, -t 2 is the least");

  std::vector<Order> orders = {{"ascending", IGNIS_ORDER_ASCENDING},
                               {"descending", IGNIS_ORDER_DESCENDING}};
  for (uint64_t seed : {1, 2, 3})
    orders.push_back(
        {fmt::format("drawn, seed {}", seed), IGNIS_ORDER_SHUFFLED, seed});

  Expected<Rows> expected = computeRows(file, model, program, run);
  if (!expected)
    return tl::unexpected(std::move(expected.error()));
  print(stdout, "{:<28}{}\n", "order of the threads", "logits");
  print(stdout, "{:<28}{} rows\n", "all at once", 2 * run.ids.size());
  for (const Order &order : orders) {
    run.executor.order = order.order;
    run.executor.orderSeed = order.seed;
    Expected<Rows> found = computeRows(file, model, program, run);
    bool isSame = found && *found == *expected;
    print(stdout, "{:<28}{}\n", order.name, isSame ? "same bits" : "DIFFERENT");
    if (auto flushed = flushOutput(); !flushed)
      return flushed;
    if (!isSame)
      return makeError(
          ExitCode::Failure, "threads in {} order: {}", order.name,
          found ? describeDifference(*expected, *found, run.ids.size())
                : found.error().message);
  }
  return {};
}
