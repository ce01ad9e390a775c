//===- Encoders.h - Encoders of the block formats ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_QUANTIZE_ENCODERS_H
#define IGNIS_LIB_MODEL_QUANTIZE_ENCODERS_H

#include <cstddef>

namespace ignis::quantize {

/// Each encodes one block of weights, all finite, and returns false if a scale
/// does not fit f16. The same bytes on every machine.

// By the rules of the formats' reference implementation, to the byte.
bool encodeQ4_0(const float *weights, std::byte *to);
bool encodeQ4_1(const float *weights, std::byte *to);
bool encodeQ5_0(const float *weights, std::byte *to);
bool encodeQ5_1(const float *weights, std::byte *to);
bool encodeQ8_0(const float *weights, std::byte *to);

// By a search for the least squared error.
bool encodeIQ4_NL(const float *weights, std::byte *to);
bool encodeQ2_K(const float *weights, std::byte *to);
bool encodeQ3_K(const float *weights, std::byte *to);
bool encodeQ4_K(const float *weights, std::byte *to);
bool encodeQ5_K(const float *weights, std::byte *to);
bool encodeQ6_K(const float *weights, std::byte *to);
bool encodeIQ4_XS(const float *weights, std::byte *to);

} // namespace ignis::quantize

#endif // IGNIS_LIB_MODEL_QUANTIZE_ENCODERS_H
