//===- Weight.cpp - Weight matrices, packed and not -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Guard.h"
#include "Half.h"
#include "Kernels.h"
#include "Platform.h"
#include "ignis/Runtime/Runtime.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <utility>
#include <vector>

using namespace ignis::runtime;

namespace {
/// Packed groups that follow one another.
struct Run {
  int64_t begin;
  int64_t end;
  uint8_t *panels;
};
} // namespace

struct ignis_weight {
  ignis_type type;
  int64_t rows;
  int64_t cols;
  const uint8_t *source;
  int64_t rowBytes; ///< in the source
  /// Groups that products ask for: a rank's.
  int64_t firstGroup = 0;
  int64_t endGroup = (rows + groupRows - 1) / groupRows;

  /// Where the packed groups stand, in order; empty as long as there are none.
  std::vector<Run> runs = {};
  const BlockKernels *packing = nullptr; ///< what packed them
  std::shared_ptr<Memory> pool = {}; ///< holds these runs and other weights'
  std::vector<uint8_t> packed = {};  ///< per group: is it in its run?
  int64_t packedGroups = 0;

  int64_t groups() const { return endGroup - firstGroup; }
  int64_t rowsBefore(int64_t group) const {
    return std::min(group * groupRows, rows);
  }
  bool packable() const {
    return ignis::findWeightFormat(type)->activation == ignis::Activation::Q8 &&
           packedGroups < groups();
  }
  bool isPacked(int64_t group) const {
    return packedGroups > 0 && firstGroup <= group && group < endGroup &&
           packed[size_t(group - firstGroup)];
  }
  /// Another set may pack in another order.
  const BlockKernels &kernelsFor(const ignis_thread *thread) const {
    return packing ? *packing : findFormat(setOf(thread->kernels), type);
  }
  /// Of the packed form.
  int64_t groupBytes() const {
    int64_t blocks = cols / blockValues;
    return (blocks + packing->unitBlocks - 1) / packing->unitBlocks *
           packing->unitBytes;
  }
  const Run &runOf(int64_t group) const {
    return *std::partition_point(
        runs.begin(), runs.end(),
        [group](const Run &run) { return run.end <= group; });
  }
  uint8_t *panel(int64_t group) const {
    const Run &run = runOf(group);
    return run.panels + (group - run.begin) * groupBytes();
  }
  const uint8_t *row(int64_t index) const { return source + index * rowBytes; }
};

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

ignis_weight *ignis_rt_weight_create(ignis_type type, int64_t rows,
                                     int64_t cols, const void *source,
                                     char error[IGNIS_ERROR_SIZE]) {
  auto fail = [&](const char *rule, long long found) -> ignis_weight * {
    snprintf(error, IGNIS_ERROR_SIZE, "weight: expects %s, got %lld", rule,
             found);
    return nullptr;
  };
  constexpr int64_t limit = int64_t(1) << 30;
  const ignis::WeightFormat *format = ignis::findWeightFormat(type);
  if (!format)
    return fail("the number of a format in WeightFormats.def", type);
  if (rows < 1 || rows > limit)
    return fail("1 to 2^30 rows", rows);
  if (cols < 1 || cols > limit)
    return fail("1 to 2^30 columns", cols);
  if (cols % format->blockValues != 0)
    return fail(format->blockValues == blockValues
                    ? "a multiple of 32 columns"
                    : "a multiple of 256 columns",
                cols);
  auto *weight = new (std::nothrow)
      ignis_weight{type, rows, cols, static_cast<const uint8_t *>(source),
                   format->rowBytes(cols)};
  if (!weight)
    return fail("memory for a handle of bytes", sizeof(ignis_weight));
  return weight;
}

void ignis_rt_weight_destroy(ignis_weight *weight) { delete weight; }

void ignis_rt_weight_keep(ignis_weight *weight, int64_t begin, int64_t end) {
  weight->firstGroup = begin / groupRows;
  weight->endGroup = (end + groupRows - 1) / groupRows;
}

//===----------------------------------------------------------------------===//
// Use
//===----------------------------------------------------------------------===//

void ignis_rt_embed(const ignis_thread *, const ignis_weight *table,
                    const int32_t *tokens, int64_t begin, int64_t end,
                    float *out) {
  for (int64_t t = begin; t < end; ++t) {
    int64_t row = tokens[t];
    float *to = out + t * table->cols;
    if (table->isPacked(row / groupRows))
      table->packing->readRow(table->panel(row / groupRows), row % groupRows,
                              table->cols, to);
    else
      ignis_rt_dequantize(table->type, table->row(row), table->cols, to);
  }
}

void ignis_rt_matmul_q8(const ignis_thread *thread, const ignis_weight *weight,
                        const uint8_t *x, int64_t tokens, int64_t row_begin,
                        int64_t row_end, const float *bias,
                        const float *residual, float *out, int64_t stride) {
  if (tokens == 0) // there may be nowhere to write to
    return;
  const ProductOutput output = {bias ? bias + row_begin : nullptr, residual,
                                out, stride};
  const int64_t end = (row_end + groupRows - 1) / groupRows;
  const BlockKernels &kernels = weight->kernelsFor(thread);
  // Groups from `group` on that stand in one place.
  auto partFrom = [&](int64_t group) -> BlockRows {
    bool packed = weight->isPacked(group);
    int64_t limit = packed ? std::min(end, weight->runOf(group).end) : end;
    int64_t last = group + 1;
    while (last < limit && weight->isPacked(last) == packed)
      ++last;
    int64_t row = group * groupRows;
    return {weight->row(row), packed ? weight->panel(group) : nullptr,
            std::min(last * groupRows, row_end) - row,
            output.fromRow(row - row_begin)};
  };
  for (int64_t group = row_begin / groupRows; group < end;) {
    BlockProduct product = {{partFrom(group), {}}, weight->cols, x, tokens};
    group += product.parts[0].groups();
    if (group < end) {
      product.parts[1] = partFrom(group);
      group += product.parts[1].groups();
    }
    kernels.multiply(product);
  }
}

void ignis_rt_matmul_f32(const ignis_thread *thread, const ignis_weight *weight,
                         const float *x, int64_t tokens, int64_t row_begin,
                         int64_t row_end, const float *bias,
                         const float *residual, float *out, int64_t stride) {
  if (row_begin < row_end && tokens != 0)
    setOf(thread->kernels)
        .multiplyFloat(
            {weight->row(row_begin), weight->type, row_end - row_begin,
             weight->cols, x, tokens,
             {bias ? bias + row_begin : nullptr, residual, out, stride}});
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

/// The first of a thread's own groups, which are those that a product split
/// evenly gives it; those of thread `threads` would begin at the end.
static int64_t firstGroupOf(int64_t id, int64_t threads,
                            const ignis_weight &weight) {
  return weight.firstGroup + weight.groups() * id / threads;
}

/// Calls body(stream, run) for every stream of a team: a thread reads its own
/// groups as streams 2 * id and 2 * id + 1. The first is half of them, rounded
/// to an even number: one group at a time multiplies many tokens at 0.78 of the
/// rate of two.
template <class Body>
static void forEachRun(const ignis_weight &weight, int64_t threads, Body body) {
  for (int64_t id = 0; id < threads; ++id) {
    int64_t begin = firstGroupOf(id, threads, weight);
    int64_t end = firstGroupOf(id + 1, threads, weight);
    int64_t middle = begin + (end - begin + 2) / 4 * 2;
    body(size_t(2 * id), Run{begin, middle, nullptr});
    body(size_t(2 * id + 1), Run{middle, end, nullptr});
  }
}

/// The first place from `end` on where a stream begins: streams that are a
/// multiple of a power of two apart would meet in the same banks of memory.
static size_t skewed(size_t end, size_t stream) {
  constexpr size_t unit = size_t(1) << 16;
  size_t offset = stream * size_t(streamSkew) % unit;
  return end + (offset + unit - end % unit) % unit;
}

/// Gives those that have no place yet one in a common pool, where the runs of a
/// stream follow one another: a thread reads its two streams from end to end,
/// and what it requests beyond a weight's last group is what it needs next.
static bool placePanels(ignis_weight *const *weights, size_t count,
                        const Kernels &kernels, int64_t threads) {
  std::vector<ignis_weight *> placed;
  std::copy_if(weights, weights + count, std::back_inserter(placed),
               [](const ignis_weight *weight) {
                 return weight->packable() && weight->runs.empty();
               });
  if (placed.empty())
    return true;
  for (ignis_weight *weight : placed)
    weight->packing = &findFormat(kernels, weight->type);
  std::vector<size_t> places(size_t(2 * threads)); // sizes at first
  auto bytesOf = [](const ignis_weight *weight, const Run &run) {
    return size_t((run.end - run.begin) * weight->groupBytes());
  };
  for (const ignis_weight *weight : placed)
    forEachRun(*weight, threads, [&](size_t stream, const Run &run) {
      places[stream] += bytesOf(weight, run);
    });
  size_t end = 0;
  for (size_t stream = 0; stream < places.size(); ++stream) {
    size_t size = std::exchange(places[stream], skewed(end, stream));
    end = places[stream] + size;
  }
  auto pool = std::make_shared<Memory>(end);
  if (!pool->data()) {
    for (ignis_weight *weight : placed)
      weight->packing = nullptr;
    return false;
  }
  // What needs memory first: a weight is placed whole or not at all.
  for (ignis_weight *weight : placed) {
    weight->packed.assign(size_t(weight->groups()), 0);
    weight->runs.reserve(places.size());
  }
  for (ignis_weight *weight : placed) {
    forEachRun(*weight, threads, [&](size_t stream, Run run) {
      run.panels = pool->data() + places[stream];
      places[stream] += bytesOf(weight, run);
      weight->runs.push_back(run);
    });
    weight->pool = pool;
  }
  return true;
}

namespace {
/// What one step packs of a weight: up to `share` groups per thread.
struct PackTask {
  ignis_weight *weight;
  int64_t share;
};

struct PackStep {
  std::vector<PackTask> tasks;
  bool release;
};
} // namespace

/// Packs the first `share` unpacked groups among the thread's own.
static void packOwnGroups(const PackTask &task, bool release, int64_t id,
                          int64_t threads) {
  // A fault may map pages before its own as well, so all that was packed is
  // let go again, in steps that keep the calls few.
  constexpr int64_t releaseStep = int64_t(1) << 20;
  ignis_weight &weight = *task.weight;
  int64_t begin = firstGroupOf(id, threads, weight);
  int64_t end = firstGroupOf(id + 1, threads, weight);
  int64_t left = task.share, unreleased = 0;
  int64_t group = begin;
  auto releaseSoFar = [&] {
    int64_t rows = weight.rowsBefore(group) - begin * groupRows;
    releaseFilePages(weight.row(begin * groupRows),
                     size_t(rows * weight.rowBytes));
    unreleased = 0;
  };
  for (; group < end && left > 0; ++group) {
    if (weight.packed[size_t(group - weight.firstGroup)])
      continue;
    if (release && unreleased >= releaseStep)
      releaseSoFar();
    int64_t row = group * groupRows;
    int64_t rows = std::min(groupRows, weight.rows - row);
    weight.packing->pack(weight.row(row), weight.rowBytes, rows,
                         weight.cols / blockValues, weight.panel(group));
    weight.packed[size_t(group - weight.firstGroup)] = 1;
    unreleased += rows * weight.rowBytes;
    --left;
  }
  if (release && unreleased > 0)
    releaseSoFar();
}

int64_t ignis_rt_pack(ignis_team *team, ignis_weight *const *weights,
                      size_t count, int64_t bytes, bool release) {
  int64_t threads = ignis_rt_team_size(team);
  const Kernels &kernels = setOf(ignis_rt_team_kernels(team));
  PackStep step = {{}, release};
  bool hasRoom = guarded(false, nullptr, [&] {
    step.tasks.reserve(count);
    return placePanels(weights, count, kernels, threads);
  });
  if (!hasRoom)
    return 0; // running from the source stays possible
  int64_t planned = 0;
  for (size_t i = 0; i < count && planned < bytes; ++i) {
    ignis_weight *weight = weights[i];
    if (!weight->packable())
      continue;
    int64_t each = weight->groupBytes();
    int64_t wanted = std::min((bytes - planned + each - 1) / each,
                              weight->groups() - weight->packedGroups);
    step.tasks.push_back({weight, (wanted + threads - 1) / threads});
    planned += wanted * each;
  }
  auto body = [](const ignis_thread *thread, void *argument) {
    auto &step = *static_cast<PackStep *>(argument);
    for (const PackTask &task : step.tasks)
      packOwnGroups(task, step.release, thread->id, thread->count);
  };
  ignis_rt_team_run(team, body, &step);

  int64_t done = 0;
  for (const PackTask &task : step.tasks) {
    ignis_weight &weight = *task.weight;
    int64_t packedGroups =
        std::count(weight.packed.begin(), weight.packed.end(), 1);
    done += (packedGroups - weight.packedGroups) * weight.groupBytes();
    weight.packedGroups = packedGroups;
    // Pages that two steps share go with the last.
    if (release && !weight.packable()) {
      int64_t first = weight.firstGroup * groupRows;
      int64_t rows = weight.rowsBefore(weight.endGroup) - first;
      releaseFilePages(weight.row(first), size_t(rows * weight.rowBytes));
    }
  }
  return done;
}
