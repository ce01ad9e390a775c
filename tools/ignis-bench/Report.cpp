//===- Report.cpp - Results as tables and as JSON -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <fstream>

using namespace ignis;
using namespace ignis::bench;

using nlohmann::ordered_json;

/// Tokens per second of each repetition.
static std::vector<double> getSpeeds(const Result &result) {
  std::vector<double> speeds;
  for (double seconds : result.seconds)
    speeds.push_back(static_cast<double>(result.test.tokens()) / seconds);
  return speeds;
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

using Row = std::vector<std::string>;

/// The first row has the titles.
static std::string formatRows(const std::vector<Row> &rows) {
  // A byte that continues a UTF-8 character takes no room.
  auto getWidth = [](const std::string &cell) {
    return static_cast<size_t>(
        std::ranges::count_if(cell, [](char c) { return (c & 0xc0) != 0x80; }));
  };
  std::vector<size_t> widths(rows.front().size());
  for (const Row &row : rows)
    for (size_t i = 0; i != row.size(); ++i)
      widths[i] = std::max(widths[i], getWidth(row[i]));
  // Words begin at the left, numbers end at the right.
  auto isWord = [&](size_t column) {
    const std::string &title = rows.front()[column];
    return title == "model" || title == "backend" || title == "kernel" ||
           title == "format";
  };

  std::string text;
  auto addRow = [&](const Row &row) {
    for (size_t i = 0; i != row.size(); ++i) {
      std::string padding(widths[i] - getWidth(row[i]), ' ');
      text += isWord(i) ? fmt::format("| {}{} ", row[i], padding)
                        : fmt::format("| {}{} ", padding, row[i]);
    }
    text += "|\n";
  };
  addRow(rows.front());
  Row rule;
  for (size_t i = 0; i != widths.size(); ++i)
    rule.push_back(std::string(widths[i] - 1, '-') + (isWord(i) ? '-' : ':'));
  addRow(rule);
  std::for_each(rows.begin() + 1, rows.end(), addRow);
  return text;
}

static std::string formatGiga(double rate) {
  return fmt::format("{:.2f}", rate / 1e9);
}

static std::string formatShare(double share) {
  return fmt::format("{:.1f} %", share * 100);
}

/// A call's time beside that of a call with one row, if it is about rows.
static std::string formatCost(const Result &result,
                              const std::vector<Result> &results) {
  auto isSame = [&](const Result &other) {
    Test one = result.test;
    one.verified = 1;
    return other.isa == result.isa && other.threads == result.threads &&
           other.test.name() == one.name();
  };
  auto one = std::ranges::find_if(results, isSame);
  if (result.test.verified == 0 || one == results.end())
    return "";
  return fmt::format("{:.2f}", median(result.seconds) / median(one->seconds));
}

std::string bench::formatTable(const RunFacts &facts,
                               const std::vector<Result> &results) {
  std::vector<Row> rows = {{"model", "size", "params", "backend", "threads",
                            "test", "t/s", "of one", "GB/s", "of read",
                            "GMAC/s", "of peak"}};
  for (const Result &result : results) {
    std::vector<double> speeds = getSpeeds(result);
    Row row = {
        facts.size.kind,
        fmt::format("{:.2f} MiB",
                    static_cast<double>(facts.size.fileBytes) / (1 << 20)),
        fmt::format("{:.2f} M",
                    static_cast<double>(facts.size.parameters) / 1e6),
        result.isa,
        std::to_string(result.threads),
        result.test.name(),
        fmt::format("{:.2f} ± {:.2f}", mean(speeds), deviation(speeds)),
        formatCost(result, results),
        "",
        "",
        "",
        ""};
    auto fill = [&](size_t at, const Result::Rate &rate) {
      if (rate.limit == 0)
        return;
      row[at] = formatGiga(rate.rate);
      row[at + 1] = formatShare(rate.share);
    };
    fill(8, result.read);
    fill(10, result.multiply);
    rows.push_back(std::move(row));
  }
  return formatRows(rows);
}

std::string bench::formatTable(const std::vector<KernelResult> &results) {
  std::vector<Row> rows = {{"kernel", "backend", "threads", "rows", "cols",
                            "tokens", "time", "rate", "of limit"}};
  for (const KernelResult &result : results)
    rows.push_back(
        {result.kernel, result.isa, std::to_string(result.threads),
         std::to_string(result.rows), std::to_string(result.cols),
         std::to_string(result.tokens),
         fmt::format("{:.3f} ms", result.seconds * 1e3),
         fmt::format("{} G{}/s", formatGiga(result.rate), result.unit),
         formatShare(result.share)});
  return formatRows(rows);
}

std::string
bench::formatFormatTable(const std::vector<KernelResult> &results) {
  constexpr size_t labels = 2;
  std::vector<Row> rows = {{"format", "matrix"}};
  for (size_t i = 0; i + 1 < results.size(); i += 2) {
    const KernelResult &one = results[i], &many = results[i + 1];
    std::string title = fmt::format("{}, {} threads", one.isa, one.threads);
    if (rows[0].size() == labels || rows[0].back() != title)
      rows[0].push_back(title);
    std::string_view kernel = one.kernel;
    Row label = {std::string(kernel.substr(kernel.find(' ') + 1)),
                 fmt::format("{} × {}", one.rows, one.cols)};
    auto row = std::ranges::find(rows, label, [](const Row &row) {
      return Row(row.begin(), row.begin() + labels);
    });
    if (row == rows.end())
      row = rows.insert(row, label);
    row->push_back(fmt::format("{:.2f} · {:.2f}", one.share, many.share));
  }
  return formatRows(rows);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// Empty where the system does not tell.
static std::string getCPUName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name"))
      return line.substr(std::min(line.find(": "), line.size() - 2) + 2);
  return {};
}

static std::string formatTime() {
  std::time_t now = std::time(nullptr);
  char text[sizeof "2000-01-01T00:00:00Z"];
  std::strftime(text, sizeof text, "%FT%TZ", std::gmtime(&now));
  return text;
}

static std::string dump(const ordered_json &json) {
  // A path need not be UTF-8.
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) +
         "\n";
}

static ordered_json toJSON(const RunFacts &facts, const Result &result) {
  std::vector<double> speeds = getSpeeds(result);
  std::vector<int64_t> nanoseconds;
  for (double seconds : result.seconds)
    nanoseconds.push_back(static_cast<int64_t>(seconds * 1e9));
  std::vector<double> exact(nanoseconds.begin(), nanoseconds.end());
  ordered_json json = {
      {"build_version", IGNIS_VERSION},
      {"cpu_info", getCPUName()},
      {"backends", result.isa},
      {"model_filename", facts.path},
      {"model_type", facts.size.kind},
      {"model_size", facts.size.fileBytes},
      {"model_n_params", facts.size.parameters},
      {"n_batch", facts.batch},
      {"n_threads", result.threads},
      {"n_prompt", result.test.prompt},
      {"n_gen", result.test.generated},
      {"n_depth", result.test.depth},
      {"n_texts", result.test.texts},
      {"n_verified", result.test.verified},
      {"n_shared", result.test.shared},
      {"test", result.test.name()},
      {"test_time", formatTime()},
      {"avg_ns", static_cast<int64_t>(mean(exact))},
      {"stddev_ns", static_cast<int64_t>(deviation(exact))},
      {"avg_ts", mean(speeds)},
      {"stddev_ts", deviation(speeds)},
      {"median_ts", median(speeds)},
      {"samples_ns", nanoseconds},
      {"samples_ts", speeds},
  };
  if (result.multiply.limit > 0) {
    json["macs_per_second"] = result.multiply.rate;
    json["peak_macs_per_second"] = result.multiply.limit;
    json["share_of_peak"] = result.multiply.share;
  }
  if (result.read.limit > 0) {
    json["bytes_per_token"] = facts.size.readBytes;
    json["bytes_per_second"] = result.read.rate;
    json["read_bytes_per_second"] = result.read.limit;
    json["share_of_read"] = result.read.share;
  }
  return json;
}

std::string bench::formatJSON(const RunFacts &facts,
                              const std::vector<Result> &results) {
  ordered_json all = ordered_json::array();
  for (const Result &result : results)
    all.push_back(toJSON(facts, result));
  return dump(all);
}

std::string bench::formatJSON(const std::vector<KernelResult> &results) {
  ordered_json all = ordered_json::array();
  for (const KernelResult &result : results)
    all.push_back({{"cpu_info", getCPUName()},
                   {"backends", result.isa},
                   {"n_threads", result.threads},
                   {"kernel", result.kernel},
                   {"rows", result.rows},
                   {"cols", result.cols},
                   {"tokens", result.tokens},
                   {"seconds", result.seconds},
                   {"rate", result.rate},
                   {"unit", fmt::format("{}/s", result.unit)},
                   {"share", result.share}});
  return dump(all);
}
