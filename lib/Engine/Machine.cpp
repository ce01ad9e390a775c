//===- Machine.cpp - What this machine is and this build can do -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Machine.h"

#include "ignis/Runtime/Runtime.h"
#include "ignis/Support/InputFile.h"

#include <fmt/format.h>

#include <algorithm>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

using namespace ignis;

/// The rest of the first line of a text that begins with `key`, behind the
/// colon; empty if there is none.
static std::string findLine(const std::string &text, std::string_view key) {
  for (size_t at = 0, end; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    std::string_view line = std::string_view(text).substr(at, end - at);
    size_t colon = line.find(':');
    if (!line.starts_with(key) || colon == std::string::npos)
      continue;
    line.remove_prefix(colon + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return std::string(line);
  }
  return "";
}

static std::string describeCPU() {
  std::string text = readFile("/proc/cpuinfo").value_or("");
  if (std::string name = findLine(text, "model name"); !name.empty())
    return name;
  std::string part = findLine(text, "CPU part");
  if (!part.empty())
    return fmt::format("implementer {}, part {}",
                       findLine(text, "CPU implementer"), part);
  return "unknown";
}

static std::string listFeatures() {
  std::string features;
  for (const char *name : {
#define IGNIS_X86_FEATURE(name) name,
#define IGNIS_AARCH64_FEATURE(name, word, bit) name,
#include "ignis/Runtime/CpuFeatures.def"
       })
    if (ignis_rt_cpu_has(name))
      features += (features.empty() ? "" : " ") + std::string(name);
  return features;
}

static std::string listKernels() {
  std::string kernels;
  bool available;
  for (int i = 0; const char *name = ignis_rt_isa_at(i, &available); ++i)
    kernels += fmt::format("{}{}{}", kernels.empty() ? "" : ", ", name,
                           available ? "" : " (not on this CPU)");
  return kernels;
}

static std::string findBestKernels() {
  char reason[IGNIS_ERROR_SIZE];
  const ignis_kernels *best = ignis_rt_find_kernels(nullptr, reason);
  return best ? ignis_rt_kernels_name(best) : reason;
}

static std::string describeThreads() {
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  long allowed = online;
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    allowed = CPU_COUNT(&set);
#endif
  return fmt::format("{} by default: the physical cores of {} of {} CPUs, as "
                     "far as a quota allows",
                     ignis_rt_default_threads(), allowed, online);
}

static std::string describeMemory() {
  std::string text = readFile("/proc/meminfo").value_or("");
  std::string memory = fmt::format("{}, {} of it available",
                                   findLine(text, "MemTotal"),
                                   findLine(text, "MemAvailable"));
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    memory += fmt::format(", {} kB of addresses", limit.rlim_cur / 1024);
  return memory;
}

std::vector<std::pair<std::string, std::string>> ignis::describeMachine() {
  utsname system = {};
  uname(&system);
  return {
      {"version", IGNIS_VERSION " (" IGNIS_COMMIT ")"},
      {"system", fmt::format("{} {} {}", system.sysname, system.release,
                             system.machine)},
      {"cpu", describeCPU()},
      {"features", listFeatures()},
      {"kernels", listKernels()},
      {"best kernels", findBestKernels()},
      {"threads", describeThreads()},
      {"memory", describeMemory()},
  };
}

std::string ignis::formatMachine() {
  std::string text;
  for (const auto &[name, value] : describeMachine())
    text += fmt::format("{:<14}{}\n", name, value);
  return text;
}

std::string ignis::describeVersion(const std::string &program,
                                   const std::string &compiler) {
  return fmt::format("{} {}\ncommit {}\ncompiler {}\nkernels {}\ncpu {}",
                     program, IGNIS_VERSION, IGNIS_COMMIT, compiler,
                     findBestKernels(), describeCPU());
}
