//===- ABI.h - What compiled programs and the runtime agree on ----*- C -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions that compiled code calls, the per-thread record it reads, and
// the descriptor it exports. The compiler never includes runtime internals; a
// change here bumps IGNIS_ABI_VERSION, which every program carries.
//
// Formulas are in python-free-docs/numeric-contract.md; every function below
// gives the same bits on every ISA and for every split of its range.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_ABI_H
#define IGNIS_RUNTIME_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IGNIS_ABI_VERSION 4

/// Element types, numbered as in GGUF: IGNIS_TYPE_F32 and so on.
typedef enum ignis_type {
#define IGNIS_WEIGHT_FORMAT(symbol, number, ...) IGNIS_TYPE_##symbol = number,
#include "ignis/Runtime/WeightFormats.def"
} ignis_type;

/// What turns queries and keys by their positions: see Hyperparameters.def.
typedef struct ignis_rope {
#define IGNIS_ROPE(field, usual, words) double field;
#include "ignis/Runtime/Hyperparameters.def"
} ignis_rope;

/// What a model is, but for its tensors' values: see Hyperparameters.def.
typedef struct ignis_hyperparameters {
#define IGNIS_SIZE(field, words) int64_t field;
#define IGNIS_FLAG(field, words) int64_t field;
#define IGNIS_REAL(field, words) double field;
#include "ignis/Runtime/Hyperparameters.def"
  ignis_rope rope;
} ignis_hyperparameters;

/// A weight matrix: its bytes in the file and, once packed, its packed form.
typedef struct ignis_weight ignis_weight;
/// A pool of pages that hold keys and values of all layers; the layout is the
/// runtime's.
typedef struct ignis_kv_cache ignis_kv_cache;
typedef struct ignis_team ignis_team;
/// One ISA's implementation of all kernels.
typedef struct ignis_kernels ignis_kernels;

/// What one thread of the team sees. Compiled code reads fields by offset.
typedef struct ignis_thread {
  int64_t id;    ///< 0 <= id < count
  int64_t count; ///< threads in the team
  /// Program order (ignis_program::weights). A matrix is an `ignis_weight *`,
  /// a vector the address of its f32 elements.
  const void *const *weights;
  /// [position][2][head_dim / 2] f32: cosines, then sines.
  const float *rope;
  /// This thread's own, 64-byte aligned, ignis_program::scratch_* bytes.
  uint8_t *scratch;
  ignis_team *team;
  /// What the functions below compute with.
  const ignis_kernels *kernels;
  int64_t rank;  ///< 0 <= rank < ranks
  int64_t ranks; ///< in the team's group; 1: it has none
} ignis_thread;

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//
//
// A row is a token at a position of a sequence. A sequence is a table of pages
// of the cache: page i holds positions i * 64 .. i * 64 + 63.

enum { IGNIS_PAGE_POSITIONS = 64 };

/// Rows of one sequence at positions that follow one another.
typedef struct ignis_span {
  int64_t row;      ///< the first
  int64_t count;    ///< 1 or more
  int64_t position; ///< of the first
  /// Of the sequence, up to the last row's. What the rows write is in pages that
  /// no other span's table names.
  const int32_t *pages;
} ignis_span;

/// The rows of a call. Compiled code reads the first four fields by offset.
typedef struct ignis_rows {
  int64_t count;
  const int64_t *positions; ///< of each row
  int64_t output_count;
  const int32_t *outputs; ///< the rows that want logits, ascending
  int64_t span_count;
  const ignis_span *spans; ///< all rows, in order; no sequence twice
} ignis_rows;

//===----------------------------------------------------------------------===//
// Ranks
//===----------------------------------------------------------------------===//
//
// Ranks divide the columns of what is computed, which are rows of a matrix, in
// `units`. Rank r of R has units u * r / R .. u * (r + 1) / R; where columns
// are computed in `parts`, it computes those that cover its units.

typedef struct ignis_range {
  int64_t begin;
  int64_t end;
} ignis_range;

/// The rank's of `parts` parts; all of them if `units` is 0. Products fit 64
/// bits.
static inline ignis_range ignis_rank_parts(int64_t parts, int64_t units,
                                           int64_t rank, int64_t ranks) {
  ignis_range range = {0, parts};
  if (units == 0)
    return range;
  int64_t begin = units * rank / ranks, end = units * (rank + 1) / ranks;
  range.begin = begin * parts / units;
  range.end =
      begin == end ? range.begin : (end * parts + units - 1) / units;
  return range;
}

/// The rows that the rank computes of a matrix of `rows` rows in `parts` parts,
/// each a multiple of 16 and the last one what is left: all of them if `units`
/// is 0, none if it is less, where rows are only looked up.
static inline ignis_range ignis_rank_rows(int64_t rows, int64_t parts,
                                          int64_t units, int64_t rank,
                                          int64_t ranks) {
  ignis_range range = {0, units == 0 ? rows : 0};
  if (units <= 0)
    return range;
  int64_t part = ((rows + parts - 1) / parts + 15) / 16 * 16;
  range = ignis_rank_parts(parts, units, rank, ranks);
  range.begin = range.begin * part < rows ? range.begin * part : rows;
  range.end = range.end * part < rows ? range.end * part : rows;
  return range;
}

//===----------------------------------------------------------------------===//
// Quantised activations
//===----------------------------------------------------------------------===//
//
// A row of K elements (a multiple of 32) is, padded to 64 bytes:
//   K int8   values q
//   K/32 f32 scales d
//   K/32 pairs of i16, the sums of the 16 q of each half of the block
// Rows follow one another; the first is 64-byte aligned.

static inline int64_t ignis_q8_row_bytes(int64_t k) {
  return (k + k / 32 * 8 + 63) / 64 * 64;
}

//===----------------------------------------------------------------------===//
// Called by compiled code
//===----------------------------------------------------------------------===//

/// Returns once every thread of the team has entered.
void ignis_rt_barrier(const ignis_thread *thread);

/// out[t][0..cols) = row tokens[t] of `table`, dequantised, t in [begin, end).
/// `out` is [tokens][cols] f32. Ids are checked by the caller.
void ignis_rt_embed(const ignis_thread *thread, const ignis_weight *table,
                    const int32_t *tokens, int64_t begin, int64_t end,
                    float *out);

/// out[t * stride + i] = dot(x[t], weight[r]) (+ bias[r]) (+ residual[t *
/// stride + i]), in this order, for 0 <= t < tokens and r = row_begin + i <
/// row_end: `out` and `residual` begin with the first row's results. `x` holds
/// quantised rows; the weight is of a format that wants them (see
/// WeightFormats.def). row_begin is a multiple of 16, row_end too or the number
/// of rows. `bias` and `residual` may be null; `residual` may equal `out`.
void ignis_rt_matmul_q8(const ignis_thread *thread, const ignis_weight *weight,
                        const uint8_t *x, int64_t tokens, int64_t row_begin,
                        int64_t row_end, const float *bias,
                        const float *residual, float *out, int64_t stride);

/// The same for an f32, f16 or bf16 weight and x as [tokens][cols] f32.
void ignis_rt_matmul_f32(const ignis_thread *thread, const ignis_weight *weight,
                         const float *x, int64_t tokens, int64_t row_begin,
                         int64_t row_end, const float *bias,
                         const float *residual, float *out, int64_t stride);

/// Stores k and v, each [rows][kv_heads][head_dim] f32, rounded to the cache's
/// type, at the rows' places of `layer`, for head_begin <= kv head < head_end.
/// If k or v is null, only the other is.
void ignis_rt_kv_append(const ignis_thread *thread, ignis_kv_cache *cache,
                        int64_t layer, const float *k, const float *v,
                        const ignis_rows *rows, int64_t head_begin,
                        int64_t head_end);

/// Causal attention of q, [rows][heads][head_dim] f32, each row over its own
/// sequence, into `out` of the same shape, for head_begin <= query head <
/// head_end. Query head h reads kv head h / (heads / kv_heads). The cache holds
/// the rows' own keys and values already. `out` may equal `q`.
void ignis_rt_attend(const ignis_thread *thread, const ignis_kv_cache *cache,
                     int64_t layer, const float *q, int64_t heads,
                     const ignis_rows *rows, int64_t head_begin,
                     int64_t head_end, float *out);

/// Copies the rows that want logits, `row_bytes` each, from `x` to `out`, one
/// after the other.
void ignis_rt_select(const ignis_rows *rows, const uint8_t *x,
                     int64_t row_bytes, uint8_t *out);

/// Divides columns begin .. end - 1 of `count` rows, `stride` f32 apart, into
/// parts of `part` columns, counted from column 0 and the last perhaps shorter;
/// `begin` is a part's first, and `x` is where the first row has it. `rows`
/// tells which rows, or is null for the first. The best of part p of the i-th goes to out[i * parts + p], as
/// (order << 32) + 2^32 - 1 - column, where `order` numbers the finite values
/// in their order, -0 as 0, and is 2^32 - 1 for one that is not finite.
void ignis_rt_argmax(const float *x, int64_t stride, const int32_t *rows,
                     int64_t count, int64_t begin, int64_t end, int64_t part, uint64_t *out,
                     int64_t parts);

/// A barrier that exchanges results. Of `columns` columns of `rows` rows of
/// `buffer`, in units of `width`, rank r has those of its units; afterwards every
/// rank has all of them, or rank 0 alone if `first_only` is 1. Columns have
/// `element_bytes` (4 or 8), or are quantised with 1, and go with their scales
/// and sums.
void ignis_rt_all_gather(const ignis_thread *thread, uint8_t *buffer,
                         int64_t rows, int64_t columns, int64_t width,
                         int64_t element_bytes, int64_t first_only);

//===----------------------------------------------------------------------===//
// Exported by compiled code
//===----------------------------------------------------------------------===//

/// A tensor of the file that the program reads. A vector has rows = 0.
typedef struct ignis_program_weight {
  const char *name;
  int64_t rows;
  int64_t cols;
  int64_t type; ///< ignis_type
  /// How ranks divide the rows: see ignis_rank_rows.
  int64_t parts;
  int64_t units;
} ignis_program_weight;

/// Arena bytes for T tokens: the maximum over the pieces of a * T + b.
typedef struct ignis_linear {
  int64_t a;
  int64_t b;
} ignis_linear;

/// Runs the rows, a token each, on every thread of the team and writes the
/// logits of those that want them, [output_count][vocab] f32, or, to the same
/// place, the candidates for the likeliest token,
/// [output_count][ignis_entry::candidates] uint64_t as ignis_rt_argmax gives
/// them. An entry for one token takes its row for wanted. `arena` is 64-byte
/// aligned and shared by the team.
typedef void (*ignis_forward_fn)(const ignis_thread *thread,
                                 const int32_t *tokens, const ignis_rows *rows,
                                 ignis_kv_cache *cache, float *logits,
                                 uint8_t *arena);

/// One entry point. `tokens` is 0 if it takes any count, else the only one.
typedef struct ignis_entry {
  const char *name;
  ignis_forward_fn run;
  int64_t tokens;
  int64_t barriers; ///< per call
  int64_t arena_piece_count;
  const ignis_linear *arena_pieces;
  /// Scratch per thread and token.
  int64_t scratch_bytes_per_token;
  /// Per row, or 0 if the entry gives logits.
  int64_t candidates;
  /// Exchanges among ranks per call, not counted among the barriers, and the bytes
  /// that ranks together send in them for a token and for a row that wants logits.
  int64_t gathers;
  int64_t gather_bytes_per_token;
  int64_t gather_bytes_per_output;
  int64_t gather_row_bytes; ///< the most in one exchange for a row
} ignis_entry;

/// What a compiled object is.
typedef struct ignis_program {
  int64_t abi_version;
  int64_t model_hash; ///< of tensor names, shapes and types
  int64_t kv_type;    ///< ignis_type of the cache, f16 or f32
  ignis_hyperparameters model;
  int64_t weight_count;
  const ignis_program_weight *weights;
  int64_t entry_count;
  const ignis_entry *entries;
  /// Units by which ranks divide query heads, each keeping the key/value heads of
  /// its own; 0: they keep all.
  int64_t head_units;
} ignis_program;

/// The one symbol that a compiled object exports.
extern const ignis_program ignis_compiled_program;

#ifdef __cplusplus
}
#endif

#endif // IGNIS_RUNTIME_ABI_H
