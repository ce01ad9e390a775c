//===- Runtime.h - The runtime as the engine uses it --------------*- C -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernel choice, weights, cache, RoPE table and thread team. Functions that can
// fail return null or false and write one line without a newline to `error`.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_RUNTIME_H
#define IGNIS_RUNTIME_RUNTIME_H

#include "ignis/Runtime/ABI.h"
#include "ignis/Runtime/Group.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IGNIS_ERROR_SIZE 256

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// The kernels of `name` (scalar, avx2, avxvnni, avx512vnni_256, avx512vnni,
/// neon, neon_dotprod, neon_i8mm), or the best this CPU has if null. Fails on a
/// name that does not exist and on one this CPU lacks.
const ignis_kernels *ignis_rt_find_kernels(const char *name,
                                           char error[IGNIS_ERROR_SIZE]);

const char *ignis_rt_kernels_name(const ignis_kernels *kernels);

/// The i-th name this build knows, best first, or null past the end;
/// *available tells whether this CPU can run it.
const char *ignis_rt_isa_at(int i, bool *available);

/// Whether this CPU has `feature`, by a name in CpuFeatures.def; false for one
/// that is not there.
bool ignis_rt_cpu_has(const char *feature);

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// A handle on a row-major matrix of `rows` x `cols` that stays at `source`
/// (any alignment) until it is destroyed or released by packing.
ignis_weight *ignis_rt_weight_create(ignis_type type, int64_t rows,
                                     int64_t cols, const void *source,
                                     char error[IGNIS_ERROR_SIZE]);
void ignis_rt_weight_destroy(ignis_weight *weight);
/// Has the weight packed for rows begin .. end - 1 alone, which are all that
/// products ask for; begin is a multiple of 16, end too or the number of rows.
void ignis_rt_weight_keep(ignis_weight *weight, int64_t begin, int64_t end);

/// out[0..cols) = the row at `source` in binary32, by the formula of its
/// format, each product and sum rounded. `cols` is a multiple of the format's
/// block.
void ignis_rt_dequantize(ignis_type type, const void *source, int64_t cols,
                         float *out);

/// Has every thread of the team pack up to `bytes` more of `weights`, each once
/// and in the order of their use, each thread its own rows; returns the bytes
/// packed, 0 once all are. Packing changes no result, and a weight stays with
/// the kernels of the team that packed it first. Runs between forward calls.
/// `release` lets the source pages go (madvise) once packed: only for sources
/// mapped read-only from a file.
int64_t ignis_rt_pack(ignis_team *team, ignis_weight *const *weights,
                      size_t count, int64_t bytes, bool release);

/// Lets go of memory that holds code and constants of large shared libraries,
/// for a program that is done with most of them; what is used again is read
/// from their files again.
void ignis_rt_release_libraries(void);

//===----------------------------------------------------------------------===//
// Cache and tables
//===----------------------------------------------------------------------===//

/// `pages` pages of IGNIS_PAGE_POSITIONS positions, f16 or f32. Memory is
/// touched as it is used.
/// Of `kv_heads` heads a rank keeps `kept`, perhaps none, and no other is
/// appended or attended to.
ignis_kv_cache *ignis_rt_kv_create(int64_t layers, int64_t kv_heads,
                                   ignis_range kept, int64_t head_dim,
                                   int64_t pages, ignis_type type,
                                   char error[IGNIS_ERROR_SIZE]);
void ignis_rt_kv_destroy(ignis_kv_cache *cache);
/// Of a page of so many heads: layers * kv_heads * 2 * 64 * head_dim elements.
int64_t ignis_rt_kv_page_bytes(int64_t layers, int64_t kv_heads,
                               int64_t head_dim, ignis_type type);

/// Copies the first `positions` positions of a page to another.
void ignis_rt_kv_copy(ignis_kv_cache *cache, int32_t from, int32_t to,
                      int64_t positions);

/// Copies the first `positions` positions of a page out or in, in an order that
/// does not depend on the layout: [layer][kv head][keys, values][position]
/// [head_dim] elements of the cache's type, in the machine's byte order.
void ignis_rt_kv_read(const ignis_kv_cache *cache, int32_t page,
                      int64_t positions, uint8_t *bytes);
void ignis_rt_kv_write(ignis_kv_cache *cache, int32_t page, int64_t positions,
                       const uint8_t *bytes);

/// Fills `table`, [positions][2][head_dim / 2] f32, for positions begin .. end
/// - 1: cosine and sine of the angle by which `rope` turns pair i at the
/// position (see the numeric contract), computed in double by this library
/// alone and rounded once. `rope` is what #ignis.rope admits.
void ignis_rt_rope_fill(float *table, int64_t begin, int64_t end,
                        int64_t head_dim, const ignis_rope *rope);

/// The contract's exponential, for the sampler.
float ignis_rt_exp(float x);

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

/// Physical cores this process may use: affinity, cgroup quota and the share of
/// other processes respected.
int ignis_rt_default_threads(void);

/// Says that `processes` run on the CPUs of this one, itself included: each has
/// its share of them. Before the first team is made.
void ignis_rt_share_cpus(int processes);

/// A team of `threads` (1 to 1024), the caller's thread being number 0, with
/// `scratch_bytes` of scratch each, that computes with `kernels`.
ignis_team *ignis_rt_team_create(const ignis_kernels *kernels, int threads,
                                 size_t scratch_bytes,
                                 char error[IGNIS_ERROR_SIZE]);
void ignis_rt_team_destroy(ignis_team *team);
/// Whether this process has the team's threads: one that was forked from it has
/// not, and may only destroy the team.
bool ignis_rt_team_is_here(const ignis_team *team);
int ignis_rt_team_size(const ignis_team *team);
const ignis_kernels *ignis_rt_team_kernels(const ignis_team *team);

/// What compiled code finds in ignis_thread::weights and ::rope from now on.
void ignis_rt_team_bind(ignis_team *team, const void *const *weights,
                        const float *rope);

/// Has the team compute as a rank of `group`, which outlives it, from now on.
/// `row_bytes`: ignis_entry::gather_row_bytes, the most of all entries. False
/// if there is no memory.
bool ignis_rt_team_join(ignis_team *team, const ignis_group *group,
                        int64_t row_bytes);
/// Exchanges with other ranks so far, and the bytes that all ranks sent in them.
uint64_t ignis_rt_team_gathers(const ignis_team *team);
uint64_t ignis_rt_team_gathered_bytes(const ignis_team *team);

/// The order in which threads run what lies between two barriers.
typedef enum {
  IGNIS_ORDER_FREE,       ///< all at once
  IGNIS_ORDER_ASCENDING,  ///< one after the other, thread 0 first
  IGNIS_ORDER_DESCENDING, ///< one after the other, thread 0 last
  IGNIS_ORDER_SHUFFLED,   ///< one after the other, drawn anew for each phase
} ignis_order;

/// Has the team run in this order from now on, which a program without races
/// does not notice. `seed` is of IGNIS_ORDER_SHUFFLED.
void ignis_rt_team_set_order(ignis_team *team, ignis_order order,
                             uint64_t seed);

/// Runs `body` on every thread; returns when all are done. Waits for other
/// teams at work if there would be more threads than CPUs; `body` runs no team.
void ignis_rt_team_run(ignis_team *team,
                       void (*body)(const ignis_thread *thread, void *argument),
                       void *argument);

/// Barriers that compiled code passed so far, counted once per team (the join
/// at the end of ignis_rt_team_run not included).
uint64_t ignis_rt_team_barriers(const ignis_team *team);

#ifdef __cplusplus
}
#endif

#endif // IGNIS_RUNTIME_RUNTIME_H
