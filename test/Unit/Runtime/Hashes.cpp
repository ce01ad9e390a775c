//===- Hashes.cpp - One line per kernel family that every CPU prints alike ===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ignis-runtime-hashes runs each family of kernels on fixed inputs with every
// ISA that the CPU has, and prints a hash of the results' bits. It fails if two
// ISAs differ. The lines are the same on every machine: test/Runtime compares
// x86-64 with AArch64 by them.
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/Runtime.h"
#include "ignis/Runtime/WeightFormats.h"

#include "Random.h"
#include "Turn.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace {

/// The kernels that are hashed.
const ignis_kernels *current = nullptr;

/// The record of a thread without a team.
const ignis_thread *self() {
  static ignis_thread thread = {0,       1,       nullptr, nullptr,
                                nullptr, nullptr, nullptr, 0, 1};
  thread.kernels = current;
  return &thread;
}

/// Inputs of ordinary size.
std::vector<float> floats(Random &random, int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float &value : values)
    value = random.uniform();
  return values;
}

/// FNV-1a over the bits.
uint64_t hashOf(const std::vector<float> &values) {
  uint64_t hash = 0xcbf29ce484222325;
  for (float value : values) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 4; ++i, bits >>= 8)
      hash = (hash ^ (bits & 0xff)) * 0x100000001b3;
  }
  return hash;
}

std::vector<float> exponentials() {
  std::vector<float> result;
  for (float x = -90; x < 90; x += 0.01f)
    result.push_back(ignis_rt_exp(x));
  return result;
}

std::vector<float> rope(double base, int64_t headDim, double factor = 1) {
  std::vector<float> table(static_cast<size_t>(200 * headDim));
  ignis_rope rope = turnBy(base);
  if (factor != 1) {
    rope.factor = factor;
    rope.extrapolation = 1;
    rope.original_context = 32768;
  }
  ignis_rt_rope_fill(table.data(), 0, 200, headDim, &rope);
  return table;
}

/// Rows of random bytes with finite scales.
std::vector<uint8_t> weightBytes(Random &random, ignis_type type,
                                 int64_t count) {
  std::vector<uint8_t> bytes;
  auto append = [&](uint32_t value, size_t size) {
    for (size_t i = 0; i < size; ++i)
      bytes.push_back(uint8_t(value >> (8 * i)));
  };
  for (int64_t i = 0; i < count; ++i) {
    auto word = uint32_t(random.bits() >> 32);
    if (type == IGNIS_TYPE_F32)
      append((word & 0x83ffffff) | 0x3c000000, 4);
    else if (type == IGNIS_TYPE_Q8_0 && i % 32 != 0)
      append(word, 1);
    else if (type == IGNIS_TYPE_Q8_0)
      append((word & 0x8fff) | 0x2000 | word << 16, 3);
    else
      append((word & 0x83ff) | (type == IGNIS_TYPE_F16 ? 0x2c00 : 0x3c00), 2);
  }
  return bytes;
}

/// The same for any other format in blocks.
std::vector<uint8_t>
blockBytes(Random &random, const ignis::WeightFormat &format, int64_t count) {
  std::vector<uint8_t> bytes(static_cast<size_t>(format.rowBytes(count)));
  for (uint8_t &byte : bytes)
    byte = uint8_t(random.bits() >> 56);
  for (int64_t b = 0; b < count / format.blockValues; ++b)
    for (int64_t i = 0; i < format.scales; ++i) {
      // The upper byte of a binary16 below 2^-4.
      uint8_t &upper =
          bytes[size_t(b * format.blockBytes + format.scalesAt + 2 * i + 1)];
      upper = uint8_t((upper & 0x8f) | 0x20);
    }
  return bytes;
}

/// Quantised rows whose parts are drawn directly.
std::vector<uint8_t> quantizedRows(Random &random, int64_t tokens,
                                   int64_t cols) {
  int64_t rowBytes = ignis_q8_row_bytes(cols);
  std::vector<uint8_t> rows(static_cast<size_t>(tokens * rowBytes));
  for (int64_t t = 0; t < tokens; ++t)
    for (int64_t b = 0; b < cols / 32; ++b) {
      uint8_t *row = rows.data() + t * rowBytes;
      int16_t sums[2] = {};
      for (int64_t i = 0; i < 32; ++i) {
        auto q = int8_t(random.between(-127, 127));
        memcpy(row + 32 * b + i, &q, 1);
        sums[i / 16] += q;
      }
      float d = random.uniform();
      memcpy(row + cols + 4 * b, &d, 4);
      memcpy(row + cols + cols / 8 + 4 * b, sums, 4);
    }
  return rows;
}

std::vector<float> product(ignis_type type) {
  const ignis::WeightFormat &format = *ignis::findWeightFormat(type);
  bool isOther = !format.isPlain() && type != IGNIS_TYPE_Q8_0;
  const int64_t rows = 75, cols = isOther ? 512 : 416, tokens = 17;
  Random random(uint64_t(type) + 1);
  char error[IGNIS_ERROR_SIZE];
  std::vector<uint8_t> source = isOther
                                    ? blockBytes(random, format, rows * cols)
                                    : weightBytes(random, type, rows * cols);
  ignis_weight *weight =
      ignis_rt_weight_create(type, rows, cols, source.data(), error);
  std::vector<float> out(size_t(rows * (tokens + 1)));
  std::vector<float> bias = floats(random, rows);
  if (!format.isPlain()) {
    std::vector<uint8_t> x = quantizedRows(random, tokens, cols);
    ignis_rt_matmul_q8(self(), weight, x.data(), tokens, 0, rows, bias.data(),
                       nullptr, out.data(), rows);
    // Once more, packed, on top of itself.
    ignis_team *team = ignis_rt_team_create(current, 2, 0, error);
    ignis_rt_pack(team, &weight, 1, 1 << 20, false);
    ignis_rt_matmul_q8(self(), weight, x.data(), 1, 0, rows, nullptr,
                       out.data(), out.data(), rows);
    ignis_rt_team_destroy(team);
  } else {
    std::vector<float> x = floats(random, tokens * cols);
    ignis_rt_matmul_f32(self(), weight, x.data(), tokens, 0, rows, bias.data(),
                        nullptr, out.data(), rows);
  }
  std::vector<float> row(static_cast<size_t>(cols));
  const int32_t token = 70;
  ignis_rt_embed(self(), weight, &token, 0, 1, row.data());
  out.insert(out.end(), row.begin(), row.end());
  ignis_rt_weight_destroy(weight);
  return out;
}

std::vector<float> attention(ignis_type type, int64_t headDim) {
  const int64_t heads = 6, kvHeads = 2, context = 530, tokens = 9;
  Random random(static_cast<uint64_t>(headDim));
  char error[IGNIS_ERROR_SIZE];
  std::vector<float> k = floats(random, context * kvHeads * headDim);
  std::vector<float> v = floats(random, context * kvHeads * headDim);
  std::vector<float> q = floats(random, tokens * heads * headDim);
  const int32_t pages[] = {8, 1, 7, 2, 6, 3, 5, 4, 0};
  ignis_kv_cache *cache =
      ignis_rt_kv_create(1, kvHeads, {0, kvHeads}, headDim, 9, type, error);
  const ignis_span all = {0, context, 0, pages};
  const ignis_span last = {0, tokens, context - tokens, pages};
  const ignis_rows append = {context, nullptr, 0, nullptr, 1, &all};
  const ignis_rows attend = {tokens, nullptr, 0, nullptr, 1, &last};
  ignis_rt_kv_append(self(), cache, 0, k.data(), v.data(), &append, 0, kvHeads);
  ignis_rt_attend(self(), cache, 0, q.data(), heads, &attend, 0, heads,
                  q.data());
  ignis_rt_kv_destroy(cache);
  return q;
}

std::map<std::string, uint64_t> hashes() {
  std::map<std::string, uint64_t> found;
  for (const ignis::WeightFormat &format : ignis::weightFormats)
    found[std::string("product ") + format.name] = hashOf(product(format.type));
  found.insert({
      {"exp", hashOf(exponentials())},
      {"rope 10000 64", hashOf(rope(10000, 64))},
      {"rope 1000000 128", hashOf(rope(1000000, 128))},
      {"yarn 1000000 64", hashOf(rope(1000000, 64, 4))},
      {"attention f16 32", hashOf(attention(IGNIS_TYPE_F16, 32))},
      {"attention f16 64", hashOf(attention(IGNIS_TYPE_F16, 64))},
      {"attention f32 128", hashOf(attention(IGNIS_TYPE_F32, 128))},
  });
  return found;
}

} // namespace

int main() {
  std::map<std::string, uint64_t> first;
  bool available, differ = false;
  for (int i = 0; const char *isa = ignis_rt_isa_at(i, &available); ++i) {
    char error[IGNIS_ERROR_SIZE];
    if (!available)
      continue;
    current = ignis_rt_find_kernels(isa, error);
    fprintf(stderr, "%s\n", isa);
    std::map<std::string, uint64_t> found = hashes();
    if (first.empty())
      first = found;
    for (const auto &[family, hash] : found)
      if (hash != first[family]) {
        differ = true;
        fprintf(stderr, "%s: %s differs\n", isa, family.c_str());
      }
  }
  for (const auto &[family, hash] : first)
    printf("%s: %016llx\n", family.c_str(),
           static_cast<unsigned long long>(hash));
  return differ || first.empty();
}
