//===- KVCache.cpp - Keys and values of all layers ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is laid out by chunks of positions, so that a short text touches only
// its beginning: [chunk][layer][kv head][keys, values]; see CacheSlice.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Platform.h"
#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <cstdio>
#include <new>

using namespace ignis::runtime;

struct ignis_kv_cache {
  int64_t kvHeads;
  int64_t headDim;
  ignis_type type;
  int64_t chunkPositions;
  int64_t regionBytes; ///< keys, or values, of a chunk
  int64_t chunkBytes;
  Memory memory;

  CacheSlice slice(int64_t layer, int64_t kvHead) const {
    uint8_t *keys =
        memory.data() + (layer * kvHeads + kvHead) * 2 * regionBytes;
    return {keys, keys + regionBytes, chunkBytes, chunkPositions, headDim,
            type};
  }
};

ignis_kv_cache *ignis_rt_kv_create(int64_t layers, int64_t kv_heads,
                                   int64_t head_dim, int64_t context,
                                   ignis_type type,
                                   char error[IGNIS_ERROR_SIZE]) {
  auto fail = [&](const char *rule, long long found) -> ignis_kv_cache * {
    snprintf(error, IGNIS_ERROR_SIZE, "kv cache: expects %s, got %lld", rule,
             found);
    return nullptr;
  };
  if (layers < 1 || layers > 1 << 16)
    return fail("1 to 65536 layers", layers);
  if (kv_heads < 1 || kv_heads > 1 << 16)
    return fail("1 to 65536 kv heads", kv_heads);
  if (head_dim != 32 && head_dim != 64 && head_dim != 128)
    return fail("a head dimension of 32, 64 or 128", head_dim);
  if (context < 1 || context > int64_t(1) << 31)
    return fail("a context of 1 to 2^31 positions", context);
  if (type != IGNIS_TYPE_F16 && type != IGNIS_TYPE_F32)
    return fail("type f16 (1) or f32 (0)", type);

  // Kernels take two groups of 16 keys at a time.
  int64_t positions = std::min(AttentionChunk, (context + 31) / 32 * 32);
  int64_t chunks = (context + AttentionChunk - 1) / AttentionChunk;
  int64_t region = positions * head_dim * (type == IGNIS_TYPE_F16 ? 2 : 4);
  int64_t chunkBytes = 0, bytes = 0;
  if (__builtin_mul_overflow(layers * kv_heads * 2, region, &chunkBytes) ||
      __builtin_mul_overflow(chunkBytes, chunks, &bytes))
    return fail("a size that fits 64 bits, in a context of positions", context);
  Memory memory{size_t(bytes)};
  if (!memory.data()) {
    snprintf(error, IGNIS_ERROR_SIZE,
             "keys and values need %lld bytes, which the machine does not give",
             static_cast<long long>(bytes));
    return nullptr;
  }
  auto *cache = new (std::nothrow)
      ignis_kv_cache{kv_heads,   head_dim,         type, positions, region,
                     chunkBytes, std::move(memory)};
  if (!cache)
    return fail("memory for a handle of bytes", sizeof(ignis_kv_cache));
  return cache;
}

void ignis_rt_kv_destroy(ignis_kv_cache *cache) { delete cache; }

int64_t ignis_rt_kv_bytes(const ignis_kv_cache *cache) {
  return int64_t(cache->memory.size());
}

void ignis_rt_kv_append(const ignis_thread *thread, ignis_kv_cache *cache,
                        int64_t layer, const float *k, const float *v,
                        int64_t tokens, int64_t position, int64_t head_begin,
                        int64_t head_end) {
  for (int64_t head = head_begin; head < head_end; ++head) {
    int64_t offset = head * cache->headDim;
    setOf(thread->kernels).append({cache->slice(layer, head), k ? k + offset : nullptr,
                      v ? v + offset : nullptr, cache->kvHeads * cache->headDim,
                      tokens, position});
  }
}

void ignis_rt_attend(const ignis_thread *thread, const ignis_kv_cache *cache,
                     int64_t layer, const float *q, int64_t heads,
                     int64_t tokens, int64_t position, int64_t head_begin,
                     int64_t head_end, float *out) {
  // Query heads of one kv head go together.
  int64_t group = heads / cache->kvHeads;
  for (int64_t head = head_begin; head < head_end;) {
    int64_t kvHead = head / group;
    int64_t end = std::min(head_end, (kvHead + 1) * group);
    int64_t offset = head * cache->headDim;
    setOf(thread->kernels).attend({cache->slice(layer, kvHead), q + offset, out + offset,
                      heads * cache->headDim, end - head, tokens, position});
    head = end;
  }
}
