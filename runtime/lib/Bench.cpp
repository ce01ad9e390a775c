//===- Bench.cpp - The machine's limits, and kernels beside them ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/Bench.h"

#include "Kernels.h"
#include "Platform.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

using namespace ignis;
using namespace ignis::runtime;

namespace {

/// Runs a callable on every thread of a team; returns the seconds it took.
template <class Body>
double timeOnTeam(ignis_team *team, Body body) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin = Clock::now();
  ignis_rt_team_run(
      team,
      [](const ignis_thread *thread, void *argument) {
        (*static_cast<Body *>(argument))(thread);
      },
      &body);
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  auto middle = values.begin() + ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

ignis_cpus ignis_rt_cpus(void) {
  const CpuSet &cpus = CpuSet::ofProcess();
  return {cpus.logicalCpus(), cpus.physicalCores(), cpuQuota()};
}

struct ignis_meter {
  ignis_team *team;
  Memory memory;

  static constexpr int64_t bytes = int64_t(512) << 20;
  /// One of a thread's two streams, which follow each other.
  int64_t streamBytes() const {
    return bytes / ignis_rt_team_size(team) / 2 / 4096 * 4096 - streamSkew;
  }
};

ignis_meter *ignis_rt_meter_create(ignis_team *team,
                                   char error[IGNIS_ERROR_SIZE]) {
  auto *meter =
      new (std::nothrow) ignis_meter{team, Memory(ignis_meter::bytes)};
  if (!meter || !meter->memory.data()) {
    snprintf(error, IGNIS_ERROR_SIZE, "no memory for a buffer of %lld bytes",
             static_cast<long long>(ignis_meter::bytes));
    delete meter;
    return nullptr;
  }
  timeOnTeam(team, [&](const ignis_thread *thread) {
    int64_t bytes = 2 * meter->streamBytes();
    memset(meter->memory.data() + thread->id * bytes, 1, size_t(bytes));
  });
  return meter;
}

void ignis_rt_meter_destroy(ignis_meter *meter) { delete meter; }

double ignis_rt_meter_read(ignis_meter *meter) {
  int64_t bytes = meter->streamBytes();
  double seconds = timeOnTeam(meter->team, [&](const ignis_thread *thread) {
    const uint8_t *first = meter->memory.data() + thread->id * 2 * bytes;
    setOf(thread->kernels).readStreams(first, first + bytes, bytes);
  });
  return double(2 * bytes * ignis_rt_team_size(meter->team)) / seconds;
}

/// Products per second of a loop that every thread runs for some milliseconds.
static double multiply(ignis_meter *meter,
                       int64_t (*Kernels::*loop)(int64_t rounds)) {
  constexpr int64_t rounds = 1 << 19;
  std::vector<int64_t> done(size_t(ignis_rt_team_size(meter->team)));
  double seconds = timeOnTeam(meter->team, [&](const ignis_thread *thread) {
    done[size_t(thread->id)] = (setOf(thread->kernels).*loop)(rounds);
  });
  int64_t total = 0;
  for (int64_t count : done)
    total += count;
  return double(total) / seconds;
}

double ignis_rt_meter_multiply(ignis_meter *meter) {
  return multiply(meter, &Kernels::multiplyBytes);
}

double ignis_rt_meter_multiply_float(ignis_meter *meter) {
  return multiply(meter, &Kernels::multiplyFloats);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

namespace {

/// Destroys the handles of the C interface.
struct Freed {
  void operator()(ignis_weight *weight) const {
    ignis_rt_weight_destroy(weight);
  }
  void operator()(ignis_kv_cache *cache) const { ignis_rt_kv_destroy(cache); }
  void operator()(ignis_meter *meter) const { delete meter; }
};

/// What all measurements share.
struct Bench {
  ignis_team *team;
  int rounds;
  void (*report)(const ignis_kernel_result *, void *);
  void *argument;
  char *error;
  std::unique_ptr<ignis_meter, Freed> meter = {};

  /// Times `body` and the limit in turn.
  template <class Body>
  void measure(ignis_kernel_result result, double work,
               double (*limit)(ignis_meter *), Body body) {
    std::vector<double> seconds, rates, shares;
    body(); // warms caches up
    for (int i = 0; i < rounds; ++i) {
      double most = limit(meter.get());
      seconds.push_back(body());
      rates.push_back(work / seconds.back());
      shares.push_back(rates.back() / most);
    }
    result.seconds = median(seconds);
    result.rate = median(rates);
    result.share = median(shares);
    report(&result, argument);
  }
};

/// Ordinary numbers: denormal products would take a hundred times as long.
uint8_t byteAt(size_t i) { return uint8_t(i * 2654435761u >> 24); }

void fillWeights(const WeightFormat &format, uint8_t *bytes, size_t size) {
  constexpr uint16_t half = 0x2000;       // 2^-7
  constexpr uint16_t upper = 0x3c00;      // of 2^-7 in binary32
  constexpr uint16_t single[2] = {0, upper};
  if (format.isPlain()) {
    const auto step = size_t(format.blockBytes);
    const void *value = format.type == IGNIS_TYPE_F32   ? (const void *)single
                        : format.type == IGNIS_TYPE_F16 ? &half
                                                        : &upper;
    for (size_t i = 0; i < size; i += step)
      memcpy(bytes + i, value, step);
    return;
  }
  for (size_t i = 0; i < size; ++i)
    bytes[i] = byteAt(i);
  const auto step = size_t(format.blockBytes);
  for (size_t i = 0; i + step <= size; i += step)
    for (int64_t j = 0; j < format.scales; ++j)
      memcpy(bytes + i + size_t(format.scalesAt + 2 * j), &half, sizeof half);
}

/// Rows of activations as a format wants them.
struct Activations {
  Activations(const WeightFormat &format, int64_t tokens, int64_t cols)
      : quantised(format.activation == Activation::Q8),
        rows(size_t(tokens) *
             (quantised ? size_t(ignis_q8_row_bytes(cols))
                        : size_t(cols) * sizeof(float))) {
    constexpr float scale = 0x1p-7f;
    if (!rows.data())
      return;
    if (!quantised) {
      auto *x = reinterpret_cast<float *>(rows.data());
      std::fill_n(x, tokens * cols, scale);
      return;
    }
    uint8_t *row = rows.data();
    for (int64_t t = 0; t < tokens; ++t, row += ignis_q8_row_bytes(cols)) {
      for (int64_t i = 0; i < cols; ++i)
        row[i] = byteAt(size_t(t * cols + i)) >> 1;
      for (int64_t b = 0; b < cols / blockValues; ++b)
        memcpy(row + cols + 4 * b, &scale, sizeof scale);
    }
  }

  void multiply(const ignis_thread *thread, const ignis_weight *weight,
                int64_t tokens, int64_t begin, int64_t end, float *out,
                int64_t stride) const {
    if (quantised)
      ignis_rt_matmul_q8(thread, weight, rows.data(), tokens, begin, end,
                         nullptr, nullptr, out, stride);
    else
      ignis_rt_matmul_f32(thread, weight,
                          reinterpret_cast<const float *>(rows.data()), tokens,
                          begin, end, nullptr, nullptr, out, stride);
  }

  bool quantised;
  Memory rows;
};

/// A product's result, but for the figures.
ignis_kernel_result resultOf(const WeightFormat &format, bool packed,
                             int64_t rows, int64_t cols, int64_t tokens,
                             const char *unit) {
  ignis_kernel_result result = {"", rows, cols, tokens, 0, 0, unit, 0};
  snprintf(result.kernel, sizeof result.kernel, "matmul %s%s", format.name,
           packed || format.isPlain() ? "" : " unpacked");
  return result;
}

/// A thread's rows of a matrix.
struct RowRange {
  RowRange(int64_t rows, const ignis_thread *thread) {
    int64_t groups = (rows + groupRows - 1) / groupRows;
    begin = groups * thread->id / thread->count * groupRows;
    end = std::min(groups * (thread->id + 1) / thread->count * groupRows, rows);
  }
  int64_t begin;
  int64_t end;
};

/// One token and as many copies of the matrix as fill `total` bytes.
bool benchDecode(Bench &bench, const WeightFormat &format, int64_t rows,
                 int64_t cols, bool packed,
                 int64_t total = ignis_meter::bytes) {
  int64_t bytes = rows * format.rowBytes(cols);
  int64_t copies = std::max<int64_t>(total / bytes, 1);
  Memory source{size_t(packed ? bytes : bytes * copies)};
  if (!source.data())
    return false;
  fillWeights(format, source.data(), source.size());
  std::vector<std::unique_ptr<ignis_weight, Freed>> owned;
  std::vector<ignis_weight *> weights;
  for (int64_t i = 0; i < copies; ++i) {
    const uint8_t *at = source.data() + (packed ? 0 : i * bytes);
    owned.emplace_back(
        ignis_rt_weight_create(format.type, rows, cols, at, bench.error));
    weights.push_back(owned.back().get());
    if (!weights.back())
      return false;
  }
  if (packed)
    while (ignis_rt_pack(bench.team, weights.data(), weights.size(),
                         ignis_meter::bytes, false) > 0)
      ;
  Activations x(format, 1, cols);
  Memory out{size_t(rows) * sizeof(float)};
  if (!x.rows.data() || !out.data())
    return false;
  auto *results = reinterpret_cast<float *>(out.data());
  bench.measure(resultOf(format, packed, rows, cols, 1, "B"),
                double(bytes * copies), ignis_rt_meter_read, [&] {
                  return timeOnTeam(
                      bench.team, [&](const ignis_thread *thread) {
                        RowRange range(rows, thread);
                        for (ignis_weight *weight : weights) {
                          x.multiply(thread, weight, 1, range.begin, range.end,
                                     results + range.begin, rows);
                          ignis_rt_barrier(thread);
                        }
                      });
                });
  return true;
}

/// Many tokens.
bool benchPrefill(Bench &bench, const WeightFormat &format, int64_t rows,
                  int64_t cols, int64_t tokens, bool packed) {
  Memory source{size_t(rows * format.rowBytes(cols))};
  Activations x(format, tokens, cols);
  Memory out{size_t(tokens * rows) * sizeof(float)};
  if (!source.data() || !x.rows.data() || !out.data())
    return false;
  fillWeights(format, source.data(), source.size());
  std::unique_ptr<ignis_weight, Freed> weight(ignis_rt_weight_create(
      format.type, rows, cols, source.data(), bench.error));
  if (!weight)
    return false;
  ignis_weight *handle = weight.get();
  if (packed)
    while (ignis_rt_pack(bench.team, &handle, 1, ignis_meter::bytes, false) > 0)
      ;
  auto *results = reinterpret_cast<float *>(out.data());
  bench.measure(
      resultOf(format, packed, rows, cols, tokens, "MAC"),
      double(rows * cols) * double(tokens),
      x.quantised ? ignis_rt_meter_multiply : ignis_rt_meter_multiply_float,
      [&] {
        return timeOnTeam(bench.team, [&](const ignis_thread *thread) {
          RowRange range(rows, thread);
          x.multiply(thread, handle, tokens, range.begin, range.end,
                     results + range.begin, rows);
        });
      });
  return true;
}

/// `tokens` queries of the 0.5B model's heads at the end of `context`
/// positions.
bool benchAttention(Bench &bench, int64_t tokens, int64_t context) {
  constexpr int64_t heads = 14, kvHeads = 2, headDim = 64;
  std::vector<int32_t> pages;
  for (int64_t i = 0; i < context; i += pagePositions)
    pages.push_back(int32_t(pages.size()));
  std::unique_ptr<ignis_kv_cache, Freed> cache(ignis_rt_kv_create(
      1, kvHeads, {0, kvHeads}, headDim, int64_t(pages.size()), IGNIS_TYPE_F16,
      bench.error));
  if (!cache)
    return false;
  const ignis_span all = {0, context, 0, pages.data()};
  const ignis_span last = {0, tokens, context - tokens, pages.data()};
  const ignis_rows appended = {context, nullptr, 0, nullptr, 1, &all};
  const ignis_rows attending = {tokens, nullptr, 0, nullptr, 1, &last};
  std::vector<float> kv(size_t(context * kvHeads * headDim));
  std::vector<float> q(size_t(tokens * heads * headDim)), out(q.size());
  for (size_t i = 0; i < kv.size(); ++i)
    kv[i] = float(byteAt(i)) * 0x1p-8f;
  for (size_t i = 0; i < q.size(); ++i)
    q[i] = float(byteAt(i)) * 0x1p-8f;
  timeOnTeam(bench.team, [&](const ignis_thread *thread) {
    ignis_rt_kv_append(thread, cache.get(), 0, kv.data(), kv.data(), &appended,
                       kvHeads * thread->id / thread->count,
                       kvHeads * (thread->id + 1) / thread->count);
  });
  int64_t repeats = std::max<int64_t>(64 / tokens, 1);
  double pairs = double(tokens) * (double(context) - double(tokens - 1) / 2);
  ignis_kernel_result result = {"attend", context, headDim, tokens,
                                0,        0,       "MAC",   0};
  bench.measure(
      result, pairs * heads * headDim * 2 * double(repeats),
      ignis_rt_meter_multiply_float, [&] {
        return timeOnTeam(bench.team, [&](const ignis_thread *thread) {
          for (int64_t i = 0; i < repeats; ++i)
            ignis_rt_attend(thread, cache.get(), 0, q.data(), heads, &attending,
                            heads * thread->id / thread->count,
                            heads * (thread->id + 1) / thread->count,
                            out.data());
        });
      });
  return true;
}

/// A benchmark that reports to the caller, or an error.
bool start(Bench &bench) {
  snprintf(bench.error, IGNIS_ERROR_SIZE, "no memory for the benchmark");
  bench.meter.reset(ignis_rt_meter_create(bench.team, bench.error));
  return bench.meter != nullptr;
}

} // namespace

bool ignis_rt_bench_kernels(ignis_team *team, int rounds,
                            void (*report)(const ignis_kernel_result *result,
                                           void *argument),
                            void *argument, char error[IGNIS_ERROR_SIZE]) {
  Bench bench = {team, rounds, report, argument, error};
  if (!start(bench))
    return false;
  // Shapes of the 0.5B model: q and o, k and v with q, gate and up, down.
  const int64_t shapes[][2] = {
      {896, 896}, {1152, 896}, {4864, 896}, {896, 4864}};
  const WeightFormat &q8 = *findWeightFormat(IGNIS_TYPE_Q8_0);
  for (auto [rows, cols] : shapes)
    for (bool packed : {true, false})
      if (!benchDecode(bench, q8, rows, cols, packed) ||
          !benchPrefill(bench, q8, rows, cols, 512, packed))
        return false;
  const int64_t lengths[][2] = {{1, 512}, {1, 4096}, {512, 512}, {512, 4096}};
  for (auto [tokens, context] : lengths)
    if (!benchAttention(bench, tokens, context))
      return false;
  return true;
}

bool ignis_rt_bench_formats(ignis_team *team, int rounds,
                            void (*report)(const ignis_kernel_result *result,
                                           void *argument),
                            void *argument, char error[IGNIS_ERROR_SIZE]) {
  Bench bench = {team, rounds, report, argument, error};
  if (!start(bench))
    return false;
  // Down of the 0.5B model, whose other matrices have rows of 896, no multiple
  // of 256; gate of the 1.5B model, and a part of it.
  const struct {
    int64_t rows, part, cols;
  } shapes[] = {{896, 896, 4864}, {8960, 1024, 1536}};
  for (const WeightFormat &format : weightFormats)
    for (auto [rows, part, cols] : shapes) {
      bool packed = format.activation == Activation::Q8;
      if (!benchDecode(bench, format, rows, cols, packed,
                       ignis_meter::bytes / 2) ||
          !benchPrefill(bench, format, part, cols, 512, packed))
        return false;
    }
  return true;
}
