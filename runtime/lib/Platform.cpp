//===- Platform.cpp - Linux and macOS -------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Platform.h"

#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <utility>

#if defined(__linux__)
#include <link.h>
#include <sched.h>
#if defined(__aarch64__)
#include <sys/auxv.h>
#endif
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

using namespace ignis::runtime;

//===----------------------------------------------------------------------===//
// CPU features
//===----------------------------------------------------------------------===//

#if defined(__APPLE__)
static int systemValue(const char *name, int missing) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname(name, &value, &size, nullptr, 0) == 0 ? value : missing;
}
#endif

static CpuFeatures probeCpu() {
  CpuFeatures features = {};
#if defined(__x86_64__)
  __builtin_cpu_init();
  features.avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c") && __builtin_cpu_supports("bmi") &&
      __builtin_cpu_supports("bmi2");
  features.baseline = features.avx2;
  features.avxvnni = features.avx2 && __builtin_cpu_supports("avxvnni");
  features.avx512vnni = features.avx2 && __builtin_cpu_supports("avx512f") &&
                        __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512cd") &&
                        __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512vnni");
#else
  features.baseline = true;
#if defined(__aarch64__) && defined(__linux__)
  constexpr unsigned long asimdDotProduct = 1ul << 20; // HWCAP_ASIMDDP
  constexpr unsigned long int8Matrix = 1ul << 13;      // HWCAP2_I8MM
  features.dotprod = getauxval(AT_HWCAP) & asimdDotProduct;
  features.i8mm = features.dotprod && (getauxval(AT_HWCAP2) & int8Matrix);
#elif defined(__aarch64__) && defined(__APPLE__)
  features.dotprod = systemValue("hw.optional.arm.FEAT_DotProd", 0);
  features.i8mm =
      features.dotprod && systemValue("hw.optional.arm.FEAT_I8MM", 0);
#endif
#endif
  return features;
}

const CpuFeatures &ignis::runtime::cpuFeatures() {
  static const CpuFeatures features = probeCpu();
  return features;
}

//===----------------------------------------------------------------------===//
// CPUs of the process
//===----------------------------------------------------------------------===//

const CpuSet &CpuSet::ofProcess() {
  static const CpuSet set;
  return set;
}

#if defined(__linux__)

/// The first line of a file, or an empty string.
static std::string readLine(const std::string &path) {
  std::string line;
  if (FILE *file = fopen(path.c_str(), "re")) {
    char buffer[512];
    if (fgets(buffer, sizeof buffer, file))
      line.assign(buffer, strcspn(buffer, "\n"));
    fclose(file);
  }
  return line;
}

/// The lowest-numbered CPU on the same core.
static int firstSibling(int cpu) {
  std::string list =
      readLine("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
               "/topology/thread_siblings_list");
  return list.empty() ? cpu : atoi(list.c_str());
}

CpuSet::CpuSet() {
  static_assert(sizeof(cpu_set_t) * 8 == capacity);
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) {
    cores = count = std::max(1u, std::thread::hardware_concurrency());
    cores = count = std::min(count, capacity);
    std::fill_n(numbers, count, -1);
    return;
  }
  // A core is represented by the first of its CPUs that the mask has.
  bool seen[capacity] = {};
  int siblings[capacity];
  int siblingCount = 0;
  count = 0;
  for (int cpu = 0; cpu < capacity; ++cpu) {
    if (!CPU_ISSET(cpu, &mask))
      continue;
    int core = firstSibling(cpu);
    bool known = core >= 0 && core < capacity && seen[core];
    if (known)
      siblings[siblingCount++] = cpu;
    else
      numbers[count++] = cpu;
    if (core >= 0 && core < capacity)
      seen[core] = true;
  }
  cores = count;
  std::copy_n(siblings, siblingCount, numbers + count);
  count += siblingCount;
}

/// Periods' worth of a "quota period" pair; 0 if there is no limit.
static int quotaOf(const char *quota, const char *period) {
  double limit = atof(quota), unit = atof(period);
  return limit > 0 && unit > 0 ? int(std::min(std::ceil(limit / unit), 1e6))
                               : 0;
}

static int tighter(int a, int b) {
  return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

/// The limit of a group and of all above it.
static int quotaOfGroup(const std::string &mount, std::string group,
                        bool unified) {
  int limit = 0;
  for (;;) {
    std::string folder = mount + group + "/";
    if (unified) {
      std::string line = readLine(folder + "cpu.max");
      size_t space = line.find(' ');
      if (space != std::string::npos)
        limit = tighter(limit, quotaOf(line.c_str(), line.c_str() + space));
    } else {
      limit = tighter(limit,
                      quotaOf(readLine(folder + "cpu.cfs_quota_us").c_str(),
                              readLine(folder + "cpu.cfs_period_us").c_str()));
    }
    size_t slash = group.rfind('/');
    if (slash == std::string::npos || group.size() <= 1)
      return limit;
    group.resize(slash);
  }
}

int ignis::runtime::cpuQuota() {
  FILE *file = fopen("/proc/self/cgroup", "re");
  if (!file)
    return 0;
  int limit = 0;
  char line[4096];
  while (fgets(line, sizeof line, file)) {
    // hierarchy:controllers:group
    line[strcspn(line, "\n")] = 0;
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : nullptr;
    if (!group)
      continue;
    *group++ = 0;
    ++controllers;
    if (*controllers == 0)
      limit = tighter(limit, quotaOfGroup("/sys/fs/cgroup", group, true));
    else if (("," + std::string(controllers) + ",").find(",cpu,") !=
             std::string::npos)
      limit = tighter(limit, quotaOfGroup("/sys/fs/cgroup/cpu", group, false));
  }
  fclose(file);
  return limit;
}

PinnedThread::PinnedThread(int cpu) {
  static_assert(sizeof(cpu_set_t) == sizeof saved);
  if (cpu < 0 || sched_getaffinity(0, sizeof saved,
                                   reinterpret_cast<cpu_set_t *>(saved)) != 0)
    return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  pinned = sched_setaffinity(0, sizeof one, &one) == 0;
}

PinnedThread::~PinnedThread() {
  if (pinned)
    sched_setaffinity(0, sizeof saved,
                      reinterpret_cast<const cpu_set_t *>(saved));
}

#else

CpuSet::CpuSet() {
  count = std::max(1u, std::thread::hardware_concurrency());
  cores = count;
#if defined(__APPLE__)
  cores = systemValue("hw.perflevel0.physicalcpu",
                      systemValue("hw.physicalcpu", count));
#endif
  count = std::min(count, capacity);
  cores = std::clamp(cores, 1, count);
  std::fill_n(numbers, count, -1);
}

int ignis::runtime::cpuQuota() { return 0; }

PinnedThread::PinnedThread(int) {}
PinnedThread::~PinnedThread() = default;

#endif

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static constexpr size_t hugePage = size_t(2) << 20;

Memory::Memory(size_t requested) {
  // A mapping that begins on a huge page's border: map more, cut the ends.
  bool huge = requested >= hugePage;
  size_t unit = huge ? hugePage : size_t(sysconf(_SC_PAGESIZE));
  if (requested > SIZE_MAX / 2)
    return;
  size_t wanted = (std::max<size_t>(requested, 1) + unit - 1) / unit * unit;
  size_t mapped = huge ? wanted + hugePage : wanted;
  void *p = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED)
    return;
  auto begin = reinterpret_cast<uintptr_t>(p);
  uintptr_t aligned = (begin + unit - 1) / unit * unit;
  if (aligned > begin)
    munmap(p, aligned - begin);
  if (begin + mapped > aligned + wanted)
    munmap(reinterpret_cast<void *>(aligned + wanted),
           begin + mapped - aligned - wanted);
  address = reinterpret_cast<uint8_t *>(aligned);
  bytes = wanted;
#if defined(MADV_HUGEPAGE)
  if (huge)
    madvise(address, bytes, MADV_HUGEPAGE);
#endif
}

Memory::Memory(Memory &&other) noexcept
    : address(std::exchange(other.address, nullptr)),
      bytes(std::exchange(other.bytes, 0)) {}

Memory &Memory::operator=(Memory &&other) noexcept {
  std::swap(address, other.address);
  std::swap(bytes, other.bytes);
  return *this;
}

Memory::~Memory() {
  if (address)
    munmap(address, bytes);
}

void ignis::runtime::releaseFilePages(const void *begin, size_t bytes) {
  auto page = uintptr_t(sysconf(_SC_PAGESIZE));
  uintptr_t first =
      (reinterpret_cast<uintptr_t>(begin) + page - 1) / page * page;
  uintptr_t last = (reinterpret_cast<uintptr_t>(begin) + bytes) / page * page;
  if (first < last)
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

void ignis_rt_release_libraries(void) {
#if defined(__linux__)
  constexpr size_t large = size_t(4) << 20;
  auto release = [](dl_phdr_info *library, size_t, void *) {
    for (int i = 0; i < library->dlpi_phnum; ++i) {
      const auto &segment = library->dlpi_phdr[i];
      // What the loader has relocated is in segments that may be written.
      if (segment.p_type == PT_LOAD && !(segment.p_flags & PF_W) &&
          segment.p_memsz >= large)
        releaseFilePages(
            reinterpret_cast<void *>(library->dlpi_addr + segment.p_vaddr),
            segment.p_memsz);
    }
    return 0;
  };
  dl_iterate_phdr(release, nullptr);
#endif
}
