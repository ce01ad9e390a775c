//===- Oracle.h - The numeric contract, written as plainly as possible *- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every kernel is compared with, bit for bit. Nothing here is shared with
// the runtime: python-free-docs/numeric-contract.md is the only source.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_RUNTIME_ORACLE_H
#define IGNIS_TEST_UNIT_RUNTIME_ORACLE_H

#include "ignis/Runtime/WeightFormats.h"

#include <cstdint>
#include <vector>

namespace oracle {

float floatOfHalf(uint16_t half);
uint16_t halfOfFloat(float value);
float exponential(float x);

/// A quantised activation row in the runtime's format, K values.
void quantizeRow(const float *x, int64_t k, uint8_t *row);

/// Weight i of a row of the file, in a format in blocks.
float weightAt(const ignis::WeightFormat &format, const uint8_t *row,
               int64_t i);

/// Dot product of such a row and a quantised row.
float dotBlocks(const ignis::WeightFormat &format, const uint8_t *weights,
                const uint8_t *row, int64_t k);

/// Dot product of f32 values.
float dotFloat(const float *weights, const float *x, int64_t k);

/// Attention of one query over keys and values [count][headDim], which are
/// rounded to the cache's type already.
std::vector<float> attend(const float *query, const float *keys,
                          const float *values, int64_t count, int64_t headDim);

} // namespace oracle

#endif // IGNIS_TEST_UNIT_RUNTIME_ORACLE_H
