//===- Support.h - What the runtime's tests share ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_RUNTIME_SUPPORT_H
#define IGNIS_TEST_UNIT_RUNTIME_SUPPORT_H

#include "Oracle.h"
#include "Random.h"
#include "Turn.h"
#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

/// Elements that end where a page begins that may not be read.
template <class T>
class Guarded {
public:
  explicit Guarded(size_t count, size_t misalign = 0) {
    auto page = size_t(sysconf(_SC_PAGESIZE));
    size_t bytes = count * sizeof(T) + misalign;
    mapped = (bytes + page - 1) / page * page + page;
    void *p = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(p, MAP_FAILED);
    base = static_cast<uint8_t *>(p);
    mprotect(base + mapped - page, page, PROT_NONE);
    first = reinterpret_cast<T *>(base + mapped - page - bytes);
  }
  Guarded(const Guarded &) = delete;
  ~Guarded() { munmap(base, mapped); }

  T *data() { return first; }
  const T *data() const { return first; }
  T &operator[](size_t i) { return first[i]; }

private:
  uint8_t *base;
  size_t mapped;
  T *first;
};

/// Kinds of numbers that weights and activations are drawn from.
enum class Numbers { Ordinary, Extreme };

/// Random blocks of a matrix. Extreme ones have bytes that are all the same,
/// zero, denormal and huge scales.
inline void fillBlocks(Random &random, Numbers numbers,
                       const ignis::WeightFormat &format, uint8_t *bytes,
                       int64_t blocks) {
  for (; blocks > 0; --blocks, bytes += format.blockBytes) {
    for (int64_t i = 0; i < format.blockBytes; ++i)
      bytes[i] = uint8_t(random.bits() >> 40);
    int64_t kind = numbers == Numbers::Extreme ? random.between(0, 5) : 5;
    const uint8_t same[] = {0x80, 0x7f, 0, 0xff};
    if (kind < 4)
      memset(bytes, same[kind], size_t(format.blockBytes));
    for (int64_t i = 0; i < format.scales; ++i) {
      uint16_t scale = oracle::halfOfFloat(random.uniform() * 0.01f);
      const uint16_t scales[] = {0, 0x8000, 1, 0x83ff, 0x7bff, 0xfbff, scale};
      if (numbers == Numbers::Extreme)
        scale = scales[random.between(0, 6)];
      memcpy(bytes + format.scalesAt + 2 * i, &scale, 2);
    }
  }
}

/// Random activations. Extreme ones have zero blocks, equal magnitudes,
/// denormals and large values.
inline void fillFloats(Random &random, Numbers numbers, float *x,
                       int64_t count) {
  float size = 1;
  int64_t kind = 4;
  for (int64_t i = 0; i < count; ++i) {
    if (numbers == Numbers::Extreme && i % 32 == 0) {
      const float sizes[] = {0, 0x1p-120f, 0x1p-99f, 0x1p40f, 1};
      size = sizes[random.between(0, 4)];
      kind = random.between(0, 4);
    }
    float value = random.uniform();
    x[i] = size * (kind == 0 ? 1.0f : kind == 1 ? -1.0f : value);
  }
}

/// `tokens` quantised rows of random activations.
inline std::unique_ptr<Guarded<uint8_t>>
quantizedRows(Random &random, Numbers numbers, int64_t tokens, int64_t cols) {
  auto rows = std::make_unique<Guarded<uint8_t>>(
      size_t(tokens * ignis_q8_row_bytes(cols)));
  std::vector<float> x(static_cast<size_t>(cols));
  for (int64_t t = 0; t < tokens; ++t) {
    fillFloats(random, numbers, x.data(), cols);
    oracle::quantizeRow(x.data(), cols,
                        rows->data() + t * ignis_q8_row_bytes(cols));
  }
  return rows;
}

/// Same bits; names the first element that differs.
inline ::testing::AssertionResult
sameBits(const float *found, const float *expected, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (memcmp(found + i, expected + i, sizeof(float)) != 0)
      return ::testing::AssertionFailure()
             << "element " << i << " of " << count << " is " << found[i]
             << ", expected " << expected[i];
  return ::testing::AssertionSuccess();
}

struct Error {
  char text[IGNIS_ERROR_SIZE] = "";
};

struct TeamDeleter {
  void operator()(ignis_team *team) const { ignis_rt_team_destroy(team); }
};
struct WeightDeleter {
  void operator()(ignis_weight *w) const { ignis_rt_weight_destroy(w); }
};
struct CacheDeleter {
  void operator()(ignis_kv_cache *c) const { ignis_rt_kv_destroy(c); }
};
using Team = std::unique_ptr<ignis_team, TeamDeleter>;
using Weight = std::unique_ptr<ignis_weight, WeightDeleter>;
using Cache = std::unique_ptr<ignis_kv_cache, CacheDeleter>;

/// The kernels that tests run: those of the ISA under test, else the best.
inline const ignis_kernels *&currentKernels() {
  static Error error;
  static const ignis_kernels *kernels =
      ignis_rt_find_kernels(nullptr, error.text);
  return kernels;
}

/// The record of a thread without a team.
inline const ignis_thread *self() {
  thread_local ignis_thread thread = {0,       1,       nullptr, nullptr,
                                      nullptr, nullptr, nullptr, 0, 1};
  thread.kernels = currentKernels();
  return &thread;
}

inline Team makeTeam(int threads, size_t scratch = 0) {
  Error error;
  Team team(
      ignis_rt_team_create(currentKernels(), threads, scratch, error.text));
  EXPECT_TRUE(team) << error.text;
  return team;
}

inline Weight makeWeight(ignis_type type, int64_t rows, int64_t cols,
                         const void *source) {
  Error error;
  Weight weight(ignis_rt_weight_create(type, rows, cols, source, error.text));
  EXPECT_TRUE(weight) << error.text;
  return weight;
}

inline Cache makeCache(int64_t layers, int64_t kvHeads, int64_t headDim,
                       int64_t pages, ignis_type type) {
  Error error;
  Cache cache(
      ignis_rt_kv_create(layers, kvHeads, {0, kvHeads}, headDim,
                                        pages, type, error.text));
  EXPECT_TRUE(cache) << error.text;
  return cache;
}

/// The rows of a call, added sequence by sequence.
class Rows {
public:
  void add(const std::vector<int32_t> &pages, int64_t position, int64_t count) {
    spans.push_back({int64_t(positions.size()), count, position, pages.data()});
    for (int64_t i = 0; i < count; ++i)
      positions.push_back(position + i);
  }
  const ignis_rows *get() {
    rows = {int64_t(positions.size()), positions.data(), 0, nullptr,
            int64_t(spans.size()),     spans.data()};
    return &rows;
  }

private:
  std::vector<int64_t> positions;
  std::vector<ignis_span> spans;
  ignis_rows rows;
};

/// Pages for `positions` positions, which the caller numbers.
inline std::vector<int32_t> pageTable(int64_t positions) {
  return std::vector<int32_t>(
      size_t((positions + IGNIS_PAGE_POSITIONS - 1) / IGNIS_PAGE_POSITIONS));
}

/// Runs a callable on every thread of the team.
template <class Body>
void runOnTeam(const Team &team, Body body) {
  ignis_rt_team_run(
      team.get(),
      [](const ignis_thread *thread, void *argument) {
        (*static_cast<Body *>(argument))(thread);
      },
      &body);
}

/// The names of all ISAs that this build knows.
inline std::vector<std::string> allIsas() {
  std::vector<std::string> names;
  bool available;
  for (int i = 0; const char *name = ignis_rt_isa_at(i, &available); ++i)
    names.push_back(name);
  return names;
}

/// The formats whose products take quantised activations.
inline std::vector<ignis::WeightFormat> blockFormats() {
  std::vector<ignis::WeightFormat> formats;
  for (const ignis::WeightFormat &format : ignis::weightFormats)
    if (format.activation == ignis::Activation::Q8)
      formats.push_back(format);
  return formats;
}

/// A test that runs for every ISA; one that the CPU lacks is reported as
/// skipped.
class IsaTest : public ::testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    bool available;
    for (int i = 0; const char *name = ignis_rt_isa_at(i, &available); ++i)
      if (GetParam() == name && !available)
        GTEST_SKIP() << "this CPU lacks " << name;
    Error error;
    before = currentKernels();
    currentKernels() = ignis_rt_find_kernels(GetParam().c_str(), error.text);
    ASSERT_TRUE(currentKernels()) << error.text;
  }
  void TearDown() override {
    if (before)
      currentKernels() = before;
  }

private:
  const ignis_kernels *before = nullptr;
};

#define INSTANTIATE_FOR_EVERY_ISA(Suite)                                       \
  INSTANTIATE_TEST_SUITE_P(Isa, Suite, ::testing::ValuesIn(allIsas()),         \
                           [](const auto &info) { return info.param; })

#endif // IGNIS_TEST_UNIT_RUNTIME_SUPPORT_H
