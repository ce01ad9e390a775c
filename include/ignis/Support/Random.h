//===- Random.h - The project's random generator ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_RANDOM_H
#define IGNIS_SUPPORT_RANDOM_H

#include <array>
#include <bit>
#include <cstdint>

namespace ignis {

/// xoshiro256** (Blackman and Vigna), its state filled by splitmix64: the same
/// numbers for the same seed on every machine. python-free-docs/sampling.md
/// has it written out.
class Random {
public:
  explicit Random(uint64_t seed) {
    for (uint64_t &word : state) {
      seed += 0x9e3779b97f4a7c15;
      uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }

  /// All that there is to it: setting it goes on from where it was taken.
  using State = std::array<uint64_t, 4>;
  const State &getState() const { return state; }
  void setState(const State &words) { state = words; }

  uint64_t next() {
    uint64_t result = std::rotl(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = std::rotl(state[3], 45);
    return result;
  }

  /// A multiple of 2^-24 in [0, 1).
  float nextFloat() { return static_cast<float>(next() >> 40) * 0x1p-24f; }

  /// A multiple of 2^-53 in [0, 1).
  double nextDouble() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
  State state;
};

} // namespace ignis

#endif // IGNIS_SUPPORT_RANDOM_H
