//===- KVCache.cpp - Keys and values of all layers ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory is laid out by pages: [page][layer][kv head][keys, values]; see
// CacheSlice.
//
//===----------------------------------------------------------------------===//

#include "Attend.h"
#include "Platform.h"
#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

using namespace ignis::runtime;

struct ignis_kv_cache {
  int64_t layers;
  int64_t kvHeads;  ///< of the model
  ignis_range kept; ///< those that are here
  int64_t headDim;
  ignis_type type;
  Memory memory = {};

  int64_t elementBytes() const { return type == IGNIS_TYPE_F16 ? 2 : 4; }
  /// Keys, or values, of a page, layer and kv head.
  int64_t regionBytes() const {
    return pagePositions * headDim * elementBytes();
  }
  int64_t keptHeads() const { return kept.end - kept.begin; }
  int64_t pageBytes() const { return layers * keptHeads() * 2 * regionBytes(); }

  CacheSlice slice(int64_t layer, int64_t kvHead, const int32_t *pages) const {
    uint8_t *keys =
        memory.data() +
        (layer * keptHeads() + kvHead - kept.begin) * 2 * regionBytes();
    return {keys, keys + regionBytes(), pageBytes(), pages, headDim, type};
  }
};

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

ignis_kv_cache *ignis_rt_kv_create(int64_t layers, int64_t kv_heads,
                                   ignis_range kept, int64_t head_dim,
                                   int64_t pages, ignis_type type,
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
  if (kept.begin < 0 || kept.begin > kept.end || kept.end > kv_heads)
    return fail("to keep heads that there are, up to", kept.end);
  if (head_dim != 32 && head_dim != 64 && head_dim != 128)
    return fail("a head dimension of 32, 64 or 128", head_dim);
  if (pages < 1 || pages > 1 << 25)
    return fail("1 to 2^25 pages", pages);
  if (type != IGNIS_TYPE_F16 && type != IGNIS_TYPE_F32)
    return fail("type f16 (1) or f32 (0)", type);

  auto *cache =
      new (std::nothrow) ignis_kv_cache{layers, kv_heads, kept, head_dim, type};
  if (!cache)
    return fail("memory for a handle of bytes", sizeof(ignis_kv_cache));
  int64_t bytes = 0;
  if (__builtin_mul_overflow(cache->pageBytes(), pages, &bytes)) {
    delete cache;
    return fail("a size that fits 64 bits, in pages", pages);
  }
  cache->memory = Memory{size_t(bytes)};
  if (!cache->memory.data()) {
    snprintf(error, IGNIS_ERROR_SIZE,
             "keys and values need %lld bytes, which the machine does not give",
             static_cast<long long>(bytes));
    delete cache;
    return nullptr;
  }
  return cache;
}

void ignis_rt_kv_destroy(ignis_kv_cache *cache) { delete cache; }

int64_t ignis_rt_kv_page_bytes(int64_t layers, int64_t kv_heads,
                               int64_t head_dim, ignis_type type) {
  return ignis_kv_cache{layers, kv_heads, {0, kv_heads}, head_dim, type}.pageBytes();
}

//===----------------------------------------------------------------------===//
// Pages
//===----------------------------------------------------------------------===//

void ignis_rt_kv_copy(ignis_kv_cache *cache, int32_t from, int32_t to,
                      int64_t positions) {
  const int64_t region = cache->regionBytes();
  const int64_t rowBytes = cache->headDim * cache->elementBytes();
  const uint8_t *source = cache->memory.data() + from * cache->pageBytes();
  uint8_t *target = cache->memory.data() + to * cache->pageBytes();
  // Keys stand in groups of 16 positions.
  const auto keyBytes = size_t((positions + 15) / 16 * 16 * rowBytes);
  const auto valueBytes = size_t(positions * rowBytes);
  for (int64_t i = 0; i < cache->layers * cache->keptHeads(); ++i) {
    memcpy(target + 2 * i * region, source + 2 * i * region, keyBytes);
    memcpy(target + (2 * i + 1) * region, source + (2 * i + 1) * region,
           valueBytes);
  }
}

/// Calls visit(element of the page, its place in the plain order) for each
/// element, or run of elements, of `bytes` bytes.
template <class Visit>
static void forEachElement(const ignis_kv_cache &cache, int32_t page,
                           int64_t positions, Visit visit) {
  const int64_t size = cache.elementBytes(), dims = cache.headDim;
  uint8_t *region = cache.memory.data() + page * cache.pageBytes();
  int64_t place = 0;
  for (int64_t i = 0; i < cache.layers * cache.keptHeads(); ++i) {
    for (int64_t j = 0; j < positions; ++j)
      for (int64_t d = 0; d < dims; ++d, place += size)
        visit(region + (j / 16 * 16 * dims + d * 16 + j % 16) * size, place,
              size);
    region += cache.regionBytes();
    visit(region, place, positions * dims * size);
    place += positions * dims * size;
    region += cache.regionBytes();
  }
}

void ignis_rt_kv_read(const ignis_kv_cache *cache, int32_t page,
                      int64_t positions, uint8_t *bytes) {
  forEachElement(*cache, page, positions,
                 [&](const uint8_t *at, int64_t place, int64_t size) {
                   memcpy(bytes + place, at, size_t(size));
                 });
}

void ignis_rt_kv_write(ignis_kv_cache *cache, int32_t page, int64_t positions,
                       const uint8_t *bytes) {
  forEachElement(*cache, page, positions,
                 [&](uint8_t *at, int64_t place, int64_t size) {
                   memcpy(at, bytes + place, size_t(size));
                 });
}

//===----------------------------------------------------------------------===//
// Use
//===----------------------------------------------------------------------===//

void ignis_rt_kv_append(const ignis_thread *thread, ignis_kv_cache *cache,
                        int64_t layer, const float *k, const float *v,
                        const ignis_rows *rows, int64_t head_begin,
                        int64_t head_end) {
  const int64_t stride = cache->kvHeads * cache->headDim;
  for (int64_t head = head_begin; head < head_end; ++head)
    for (int64_t i = 0; i < rows->span_count; ++i) {
      const ignis_span &span = rows->spans[i];
      int64_t offset = span.row * stride + head * cache->headDim;
      setOf(thread->kernels)
          .append({cache->slice(layer, head, span.pages),
                   k ? k + offset : nullptr, v ? v + offset : nullptr, stride,
                   span.count, span.position});
    }
}

void ignis_rt_attend(const ignis_thread *thread, const ignis_kv_cache *cache,
                     int64_t layer, const float *q, int64_t heads,
                     const ignis_rows *rows, int64_t head_begin,
                     int64_t head_end, float *out) {
  // Query heads of one kv head go together, and the sequences one after the
  // other: what they share of the cache is near.
  const int64_t group = heads / cache->kvHeads;
  const int64_t stride = heads * cache->headDim;
  for (int64_t head = head_begin; head < head_end;) {
    int64_t kvHead = head / group;
    int64_t end = std::min(head_end, (kvHead + 1) * group);
    for (int64_t i = 0; i < rows->span_count; ++i) {
      const ignis_span &span = rows->spans[i];
      int64_t offset = span.row * stride + head * cache->headDim;
      attend(*thread,
             {cache->slice(layer, kvHead, span.pages), q + offset, out + offset,
              stride, end - head, span.count, span.position});
    }
    head = end;
  }
}

void ignis_rt_select(const ignis_rows *rows, const uint8_t *x,
                     int64_t row_bytes, uint8_t *out) {
  for (int64_t i = 0; i < rows->output_count; ++i)
    memcpy(out + i * row_bytes, x + rows->outputs[i] * row_bytes,
           size_t(row_bytes));
}
