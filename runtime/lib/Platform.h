//===- Platform.h - What differs between operating systems ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_PLATFORM_H
#define IGNIS_RUNTIME_LIB_PLATFORM_H

#include <cstddef>
#include <cstdint>

namespace ignis::runtime {

struct CpuFeatures {
  bool baseline;   ///< what scalar kernels and generated code need
  bool avx2;       ///< x86-64-v3
  bool avxvnni;    ///< x86-64-v3 with VNNI of 256 bits
  bool avx512vnni; ///< x86-64-v4 with VNNI
  bool dotprod;
  bool i8mm;
};

/// Probed once.
const CpuFeatures &cpuFeatures();

/// CPUs of this process, one per physical core first, then their siblings. The
/// affinity mask is read once, before the runtime pins anything.
class CpuSet {
public:
  static const CpuSet &ofProcess();

  int physicalCores() const { return cores; }
  int logicalCpus() const { return count; }
  /// The i-th CPU's number, or -1 if the platform has no such notion.
  int at(int i) const { return i < count ? numbers[i] : -1; }

  static constexpr int capacity = 1024;

private:
  CpuSet();

  int cores = 1;
  int count = 1;
  int numbers[capacity];
};

/// CPUs' worth of time that control groups allow, rounded up; 0 if unlimited.
int cpuQuota();

/// Keeps the calling thread on one CPU until the object dies; does nothing
/// where that is not possible.
class PinnedThread {
public:
  explicit PinnedThread(int cpu);
  ~PinnedThread();
  PinnedThread(const PinnedThread &) = delete;
  PinnedThread &operator=(const PinnedThread &) = delete;

private:
  bool pinned = false;
  alignas(8) unsigned char saved[CpuSet::capacity / 8];
};

/// Zeroed memory straight from the system, huge pages where there are, touched
/// as it is used.
class Memory {
public:
  Memory() = default;
  /// Check data(): null if there is not enough.
  explicit Memory(size_t bytes);
  Memory(Memory &&other) noexcept;
  Memory &operator=(Memory &&other) noexcept;
  ~Memory();

  uint8_t *data() const { return address; }
  size_t size() const { return bytes; }

private:
  uint8_t *address = nullptr;
  size_t bytes = 0;
};

/// Lets go of the whole pages within the range: they are read from their file
/// again if touched.
void releaseFilePages(const void *begin, size_t bytes);

/// Tells the CPU that the thread is spinning.
inline void relaxCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory"); // long enough to leave the core to others
#endif
}

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_PLATFORM_H
