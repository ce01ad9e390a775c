//===- every-kernel.c - Generated kernels against the contract ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the program of every-kernel.mlir with 1 to 5 threads, one after the
// other, and compares each result, to the last bit, with the formulas of
// python-free-docs/numeric-contract.md written down as they stand there.
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/ABI.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Rows = 5, Columns = 96, HeadDim = 32, Positions = 12 };
enum { Size = Rows * Columns };

static float a[Size], b[Size], w[Columns], v[HeadDim];
static float table[Positions * HeadDim];
static const int64_t positions[Rows] = {7, 3, 11, 0, 7};

//===----------------------------------------------------------------------===//
// The contract
//===----------------------------------------------------------------------===//

static float sum(float lane[16]) {
  for (int width = 8; width >= 1; width /= 2)
    for (int l = 0; l < width; ++l)
      lane[l] += lane[l + width];
  return lane[0];
}

static float contractExp(float x) {
  if (x < -87)
    return 0;
  if (x > 88)
    x = 88;
  float n = rintf(x * 0x1.715476p+0f);
  float r = fmaf(n, -0x1.63p-1f, x);
  r = fmaf(n, 0x1.bd0106p-13f, r);
  float p = 0x1.a0d2cep-13f;
  p = fmaf(p, r, 0x1.6e879cp-10f);
  p = fmaf(p, r, 0x1.111210p-7f);
  p = fmaf(p, r, 0x1.555382p-5f);
  p = fmaf(p, r, 0x1.555554p-3f);
  p = fmaf(p, r, 0x1.000000p-1f);
  float y = fmaf(p, r * r, r) + 1;
  return ldexpf(y, (int)n);
}

static float silu(float g) { return g / (1 + contractExp(-g)); }

static float rstd(const float *x, int columns) {
  float lane[16] = {0};
  for (int i = 0; i < columns; ++i)
    lane[i % 16] = fmaf(x[i], x[i], lane[i % 16]);
  float mean = sum(lane) / (float)columns;
  return 1 / sqrtf(mean + 1.0e-6f);
}

static void quantize(const float *x, uint8_t *row) {
  for (int block = 0; block < Columns / 32; ++block, x += 32) {
    float amax = 0, d = 0, inverse = 0;
    for (int i = 0; i < 32; ++i)
      amax = fmaxf(amax, fabsf(x[i]));
    if (!(amax < 0x1p-100f)) {
      d = amax / 127;
      inverse = 127 / amax;
    }
    int16_t sums[2] = {0, 0};
    for (int i = 0; i < 32; ++i) {
      int8_t q = (int8_t)rintf(x[i] * inverse);
      row[block * 32 + i] = (uint8_t)q;
      sums[i / 16] += q;
    }
    memcpy(row + Columns + block * 4, &d, 4);
    memcpy(row + Columns + Columns / 32 * 4 + block * 4, sums, 4);
  }
}

//===----------------------------------------------------------------------===//
// Expected results, in the order they have in the arena
//===----------------------------------------------------------------------===//

static void expect(float *out) {
  float(*y)[Size] = (float(*)[Size])out;
  uint8_t *q = (uint8_t *)y[8];
  int64_t rowBytes = ignis_q8_row_bytes(Columns);
  for (int i = 0; i < Size; ++i) {
    y[0][i] = a[i] + b[i];
    y[1][i] = a[i] * b[i];
    y[2][i] = a[i] * w[i % Columns];
    y[3][i] = silu(a[i]);
    y[4][i] = silu(a[i]) * b[i];
  }
  for (int row = 0; row < Rows; ++row) {
    const float *x = a + row * Columns;
    float root = rstd(x, Columns);
    float ownRoot = rstd(y[0] + row * Columns, Columns);
    float norm[Columns];
    for (int i = 0; i < Columns; ++i) {
      y[5][row * Columns + i] = x[i] * root;
      y[6][row * Columns + i] = x[i] * root * w[i];
      norm[i] = y[0][row * Columns + i] * ownRoot * w[i];
    }
    const float *cosines = table + positions[row] * HeadDim;
    const float *sines = cosines + HeadDim / 2;
    for (int head = 0; head < Columns; head += HeadDim)
      for (int i = 0; i < HeadDim / 2; ++i) {
        int at = head + i, pair = at + HeadDim / 2;
        float c = cosines[i], s = sines[i];
        y[7][row * Columns + at] = fmaf(x[at], c, -(x[pair] * s));
        y[7][row * Columns + pair] = fmaf(x[pair], c, x[at] * s);
      }
    float *ofHeads = (float *)(q + 3 * Rows * rowBytes) + row * Columns;
    for (int head = 0; head < Columns; head += HeadDim) {
      float headRoot = rstd(x + head, HeadDim);
      for (int i = 0; i < HeadDim; ++i) {
        ofHeads[head + i] = x[head + i] * v[i];
        ofHeads[Size + head + i] = x[head + i] * headRoot;
        ofHeads[2 * Size + head + i] = x[head + i] * headRoot * v[i];
      }
    }
    quantize(ofHeads + 2 * Size,
             q + 3 * Rows * rowBytes + 3 * sizeof(a) + row * rowBytes);
    quantize(x, q + row * rowBytes);
    quantize(norm, q + (Rows + row) * rowBytes);
    quantize(y[4] + row * Columns, q + (2 * Rows + row) * rowBytes);
  }
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static float nextRandom(void) {
  static uint32_t state = 1;
  state = state * 1664525u + 1013904223u;
  return (float)(int32_t)state * 0x1p-31f;
}

static void fill(void) {
  for (int i = 0; i < Size; ++i) {
    // All magnitudes that exp sees, and blocks that are zero or nearly so.
    a[i] = nextRandom() * (i % 7 == 0 ? 100.0f : 4.0f);
    if (i < 32)
      a[i] = 0;
    else if (i < 64)
      a[i] *= 0x1p-110f;
    b[i] = nextRandom();
  }
  for (int i = 0; i < Columns; ++i)
    w[i] = nextRandom();
  for (int i = 0; i < HeadDim; ++i)
    v[i] = nextRandom();
  for (size_t i = 0; i < sizeof(table) / sizeof(*table); ++i)
    table[i] = nextRandom();
}

int main(void) {
  const ignis_entry *entry = ignis_compiled_program.entries;
  const int64_t bytes = entry->arena_pieces[0].a * Rows;
  uint8_t *arena = aligned_alloc(64, bytes);
  uint8_t *expected = aligned_alloc(64, bytes);
  uint8_t *scratch = aligned_alloc(64, entry->scratch_bytes_per_token * Rows);
  const void *weights[] = {w, v};
  int32_t tokens[Rows] = {0};
  const ignis_rows rows = {Rows, positions, 0, NULL, 0, NULL};
  fill();
  memset(expected, 0, bytes);
  memcpy(expected, a, sizeof(a));
  memcpy(expected + sizeof(a), b, sizeof(b));
  expect((float *)(expected + 2 * sizeof(a)));

  for (int64_t count = 1; count <= 5; ++count) {
    memset(arena, 0, bytes);
    memcpy(arena, expected, 2 * sizeof(a));
    for (int64_t id = 0; id < count; ++id) {
      ignis_thread thread = {id, count, weights, table, scratch, NULL, NULL};
      entry->run(&thread, tokens, &rows, NULL, NULL, arena);
    }
    for (int64_t i = 0; i < bytes; ++i)
      if (arena[i] != expected[i]) {
        printf("%d threads: byte %d differs\n", (int)count, (int)i);
        return 1;
      }
  }
  printf("%s of %s: %d tensors, %d bytes of scratch, hash %d: same bits\n",
         entry->name, ignis_compiled_program.weights[0].name,
         (int)ignis_compiled_program.weight_count,
         (int)entry->scratch_bytes_per_token,
         (int)ignis_compiled_program.model_hash);
  return 0;
}
