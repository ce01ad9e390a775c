//===- GuardedProgram.cpp - A program with pages that bite ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GuardedProgram.h"

#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

using namespace ignis;
using namespace ignis::test;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

GuardedMemory::GuardedMemory(size_t size, uint8_t value) {
  auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  size_t inner = (size + page - 1) / page * page;
  mappingSize = inner + 2 * page;
  mapping = static_cast<uint8_t *>(mmap(nullptr, mappingSize, PROT_NONE,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (inner != 0)
    mprotect(mapping + page, inner, PROT_READ | PROT_WRITE);
  begin = mapping + page + inner - size;
  std::memset(mapping + page, value, inner);
}

GuardedMemory::GuardedMemory(GuardedMemory &&other) noexcept
    : mapping(std::exchange(other.mapping, nullptr)),
      mappingSize(other.mappingSize), begin(other.begin) {}

GuardedMemory::~GuardedMemory() {
  if (mapping)
    munmap(mapping, mappingSize);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

GuardedProgram::GuardedProgram(const Model &model) : model(model) {
  const ignis_program &program = model.program();
  for (int64_t i = 0; i != program.weight_count; ++i) {
    const ignis_program_weight &weight = program.weights[i];
    auto type = static_cast<ignis_type>(weight.type);
    std::span<const std::byte> bytes;
    for (const GGUFTensor &tensor : model.file().tensors())
      if (tensor.name == weight.name)
        bytes = tensor.bytes();
    if (weight.rows == 0) {
      auto &memory = tensors.emplace_back(
          static_cast<size_t>(weight.cols) * sizeof(float), 0);
      ignis_rt_dequantize(type, bytes.data(), weight.cols, memory.as<float>());
      weights.push_back(memory.as<float>());
      continue;
    }
    auto &memory = tensors.emplace_back(bytes.size(), 0);
    std::memcpy(memory.as<uint8_t>(), bytes.data(), bytes.size());
    char reason[IGNIS_ERROR_SIZE];
    matrices.emplace_back(ignis_rt_weight_create(type, weight.rows, weight.cols,
                                                 memory.as<uint8_t>(), reason),
                          ignis_rt_weight_destroy);
    weights.push_back(matrices.back().get());
  }
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

namespace {
struct CallRows {
  std::vector<int32_t> tokens;
  int64_t position; ///< of the first
  std::vector<int32_t> outputs;
};

/// What one call reads and writes, for as long as it runs.
struct Call {
  ignis_forward_fn run;
  const int32_t *tokens;
  const ignis_rows *rows;
  ignis_kv_cache *cache;
  float *output;
  uint8_t *arena;
  const void *const *weights;
  const float *rope;
  const std::vector<GuardedMemory> *scratch;
};
} // namespace

/// Rows of one sequence, in calls that the program has an entry for.
static std::vector<CallRows> listCalls(const Model &model) {
  auto vocab = static_cast<int32_t>(model.vocab());
  std::vector<CallRows> calls = {{{1, 2, vocab - 1, 0, 5, 6, 7}, 0, {6}},
                                 {{3}, 7, {0}},
                                 {{4, 4, 4, 9, 0}, 8, {0, 3}},
                                 {{2, 1}, 13, {}},
                                 {{6}, 15, {}},
                                 {{8}, 16, {0}}};
  if (model.anyCount())
    return calls;
  std::vector<CallRows> rows;
  for (const CallRows &call : calls)
    for (size_t t = 0; t != call.tokens.size(); ++t) {
      bool isWanted =
          std::ranges::count(call.outputs, static_cast<int32_t>(t)) != 0;
      rows.push_back(
          {{call.tokens[t]},
           call.position + static_cast<int64_t>(t),
           isWanted ? std::vector<int32_t>{0} : std::vector<int32_t>{}});
    }
  return rows;
}

static void runThread(const ignis_thread *thread, void *argument) {
  const Call &call = *static_cast<const Call *>(argument);
  ignis_thread own = *thread;
  own.weights = call.weights;
  own.rope = call.rope;
  own.scratch = (*call.scratch)[static_cast<size_t>(thread->id)].as<uint8_t>();
  call.run(&own, call.tokens, call.rows, call.cache, call.output, call.arena);
}

std::vector<uint8_t> GuardedProgram::run(int threads, uint8_t value) const {
  const ignis_program &program = model.program();
  const ignis_hyperparameters &shape = program.model;
  const int64_t context = 2 * IGNIS_PAGE_POSITIONS;
  char reason[IGNIS_ERROR_SIZE];
  std::unique_ptr<ignis_team, decltype(&ignis_rt_team_destroy)> team(
      ignis_rt_team_create(ignis_rt_find_kernels(nullptr, reason), threads, 64,
                           reason),
      ignis_rt_team_destroy);
  std::unique_ptr<ignis_kv_cache, decltype(&ignis_rt_kv_destroy)> cache(
      ignis_rt_kv_create(shape.layers, shape.kv_heads, {0, shape.kv_heads},
                         shape.head_dim, 2,
                         static_cast<ignis_type>(program.kv_type), reason),
      ignis_rt_kv_destroy);
  GuardedMemory page(static_cast<size_t>(model.pageBytes()), value);
  for (int32_t i : {0, 1})
    ignis_rt_kv_write(cache.get(), i, IGNIS_PAGE_POSITIONS, page.as<uint8_t>());
  GuardedMemory rope(
      static_cast<size_t>(context * shape.head_dim) * sizeof(float), 0);
  ignis_rt_rope_fill(rope.as<float>(), 0, context, shape.head_dim, &shape.rope);
  GuardedMemory table = GuardedMemory::of(weights);
  GuardedMemory pages = GuardedMemory::of(std::vector<int32_t>{0, 1});

  std::vector<uint8_t> results;
  for (const CallRows &part : listCalls(model)) {
    auto count = static_cast<int64_t>(part.tokens.size());
    // As the executor does: that entry gives a row whether it is wanted or not.
    bool isSingle =
        count == 1 && (part.outputs.size() == 1 || !model.anyCount());
    const ignis_entry *entry = isSingle ? &model.single() : model.anyCount();
    std::vector<int64_t> positions(part.tokens.size());
    for (int64_t t = 0; t != count; ++t)
      positions[static_cast<size_t>(t)] = part.position + t;
    GuardedMemory tokens = GuardedMemory::of(part.tokens),
                  places = GuardedMemory::of(positions),
                  outputs = GuardedMemory::of(part.outputs),
                  spans = GuardedMemory::of(std::vector<ignis_span>{
                      {0, count, part.position, pages.as<int32_t>()}});
    GuardedMemory rows = GuardedMemory::of(std::vector<ignis_rows>{
        {count, places.as<int64_t>(), static_cast<int64_t>(part.outputs.size()),
         outputs.as<int32_t>(), 1, spans.as<ignis_span>()}});

    int64_t arenaBytes = 0;
    for (int64_t i = 0; i != entry->arena_piece_count; ++i)
      arenaBytes = std::max(arenaBytes, entry->arena_pieces[i].a * count +
                                            entry->arena_pieces[i].b);
    auto round = [](int64_t bytes) {
      return static_cast<size_t>((bytes + 63) / 64 * 64);
    };
    GuardedMemory arena(round(arenaBytes), value);
    size_t outputBytes =
        (isSingle ? 1 : part.outputs.size()) * model.rowBytes();
    GuardedMemory output(outputBytes, value);
    std::vector<GuardedMemory> scratch;
    for (int i = 0; i != threads; ++i)
      scratch.emplace_back(round(entry->scratch_bytes_per_token * count),
                           value);

    Call call{entry->run,
              tokens.as<int32_t>(),
              rows.as<ignis_rows>(),
              cache.get(),
              output.as<float>(),
              arena.as<uint8_t>(),
              table.as<const void *>(),
              rope.as<float>(),
              &scratch};
    ignis_rt_team_run(team.get(), runThread, &call);
    results.insert(results.end(), output.as<uint8_t>(),
                   output.as<uint8_t>() +
                       part.outputs.size() * model.rowBytes());
  }
  return results;
}
