//===- Metrics.cpp - What Prometheus reads --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Routes.h"

#include "ignis/Engine/RunStats.h"

using namespace ignis;

namespace {
/// A metric with a value for each model.
struct Metric {
  const char *name, *type, *help;
  double (*value)(const Scheduler::Counts &, const Executor &);
};
} // namespace

using Counts = Scheduler::Counts;

static double share(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

static const Metric metrics[] = {
    {"requests_active", "gauge", "Answers at work",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.active);
     }},
    {"requests_waiting", "gauge", "Answers that wait for a place",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.waiting);
     }},
    {"calls_total", "counter", "Calls of the compiled program",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.steps);
     }},
    {"busy_seconds_total", "counter", "Time in these calls",
     [](const Counts &counts, const Executor &) { return counts.busySeconds; }},
    {"longest_pause_seconds", "gauge",
     "Longest call beside answers that were being generated",
     [](const Counts &counts, const Executor &) { return counts.longestStep; }},
    {"prompt_tokens_total", "counter", "Tokens of prompts",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.promptTokens);
     }},
    {"prompt_tokens_cached_total", "counter",
     "Tokens of prompts that were found in the cache",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.reusedTokens);
     }},
    {"generated_tokens_total", "counter", "Tokens of answers",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.generatedTokens);
     }},
    {"drafted_tokens_total", "counter", "Tokens drafted by --lookup",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.draftedTokens);
     }},
    {"accepted_drafts_total", "counter", "Of these, those that were right",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.acceptedDrafts);
     }},
    {"forced_tokens_total", "counter",
     "Tokens of answers that a format left no choice of",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.forcedTokens);
     }},
    {"masks_total", "counter", "Tokens that were drawn under a format",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.masks.masks);
     }},
    {"mask_seconds_total", "counter", "Time to find what a format allows",
     [](const Counts &counts, const Executor &) {
       return counts.masks.seconds;
     }},
    {"longest_mask_seconds", "gauge", "Longest time for one token",
     [](const Counts &counts, const Executor &) {
       return counts.masks.longest;
     }},
    {"weight_bytes_per_second", "gauge",
     "Weights read by all calls, each once, over the time in them: beside the "
     "machine's bandwidth, its share of the limit",
     [](const Counts &counts, const Executor &executor) {
       return share(static_cast<double>(counts.steps) *
                        static_cast<double>(executor.model().stepBytes()),
                    counts.busySeconds);
     }},
    {"cache_pages", "gauge", "Pages of the cache",
     [](const Counts &, const Executor &executor) {
       return static_cast<double>(executor.pageCounts().pages);
     }},
    {"cache_pages_promised", "gauge", "Pages that answers at work may need",
     [](const Counts &counts, const Executor &) {
       return static_cast<double>(counts.promisedPages);
     }},
    {"cache_pages_kept", "gauge",
     "Pages that nobody holds, but that may be found again",
     [](const Counts &, const Executor &executor) {
       return static_cast<double>(executor.pageCounts().kept);
     }},
};

/// As a label's value.
static std::string quote(const std::string &text) {
  std::string quoted;
  for (char c : text)
    if (c == '\n')
      quoted += "\\n";
    else
      (quoted += c == '\\' || c == '"' ? "\\" : "") += c;
  return quoted;
}

std::string ignis::printMetrics(
    const std::vector<std::unique_ptr<ServedModel>> &models,
    const std::optional<Limits> &limits) {
  static constexpr const char *endings[] = {"stopped", "length", "cancelled",
                                            "timeout", "failed"};
  std::string text;
  std::vector<Counts> counts;
  for (const auto &model : models)
    counts.push_back(model->scheduler().counts());
  for (const Metric &metric : metrics) {
    text += fmt::format("# HELP ignis_{0} {1}\n# TYPE ignis_{0} {2}\n",
                        metric.name, metric.help, metric.type);
    for (size_t i = 0; i != models.size(); ++i)
      text += fmt::format("ignis_{}{{model=\"{}\"}} {}\n", metric.name,
                          quote(models[i]->name()),
                          metric.value(counts[i], models[i]->executor()));
  }
  text += "# HELP ignis_requests_total Answers that have ended, by why\n"
          "# TYPE ignis_requests_total counter\n";
  for (size_t i = 0; i != models.size(); ++i)
    for (size_t ending = 0; ending != std::size(endings); ++ending)
      text += fmt::format(
          "ignis_requests_total{{model=\"{}\",ending=\"{}\"}} {}\n",
          quote(models[i]->name()), endings[ending],
          counts[i].endings[ending]);
  if (limits)
    text += fmt::format("# HELP ignis_read_bytes_per_second What the machine "
                        "read at best when the server began\n"
                        "# TYPE ignis_read_bytes_per_second gauge\n"
                        "ignis_read_bytes_per_second {}\n",
                        limits->readBytes);
  text += fmt::format("# HELP ignis_peak_memory_bytes Memory at its peak\n"
                      "# TYPE ignis_peak_memory_bytes gauge\n"
                      "ignis_peak_memory_bytes {}\n",
                      getPeakMemory());
  return text;
}
