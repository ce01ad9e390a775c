//===- Machine.cpp - What this machine is and this build can do -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Machine.h"

#include "ignis/Engine/Handles.h"
#include "ignis/Support/InputFile.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace ignis;

//===----------------------------------------------------------------------===//
// What the kernel tells
//===----------------------------------------------------------------------===//

/// The first line of a file, or nothing.
static std::string readLine(const std::string &path) {
  std::string text = readFile(path).value_or("");
  text.resize(std::min(text.find('\n'), text.size()));
  return text;
}

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

/// The number that a text begins with, or 0.
static int64_t readNumber(const std::string &text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

static std::string findCpu(const std::string &root) {
  std::string text = readFile(root + "/proc/cpuinfo").value_or("");
  if (std::string name = findLine(text, "model name"); !name.empty())
    return name;
  std::string part = findLine(text, "CPU part");
  if (!part.empty())
    return fmt::format("implementer {}, part {}",
                       findLine(text, "CPU implementer"), part);
  return "unknown";
}

/// What is in brackets, as in "always [madvise] never".
static std::string findChosen(const std::string &line) {
  size_t begin = line.find('['), end = line.find(']');
  return begin < end && end != std::string::npos
             ? line.substr(begin + 1, end - begin - 1)
             : "";
}

/// The tightest limit of the process' groups and of all above them.
static int64_t findGroupMemory(const std::string &root) {
  std::string groups = readFile(root + "/proc/self/cgroup").value_or("");
  int64_t tightest = 0;
  for (size_t at = 0, end; at < groups.size(); at = end + 1) {
    end = std::min(groups.find('\n', at), groups.size());
    // hierarchy:controllers:group
    std::string line = groups.substr(at, end - at);
    size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos)
      continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    bool isUnified = controllers.empty();
    if (!isUnified && controllers != "memory")
      continue;
    for (std::string group = line.substr(second + 1);;) {
      int64_t limit = readNumber(readLine(
          root + "/sys/fs/cgroup" + (isUnified ? "" : "/memory") + group +
          (isUnified ? "/memory.max" : "/memory.limit_in_bytes")));
      if (limit > 0 && (tightest == 0 || limit < tightest))
        tightest = limit;
      size_t slash = group.rfind('/');
      if (slash == std::string::npos || group.size() <= 1)
        break;
      group.resize(slash);
    }
  }
  return tightest;
}

//===----------------------------------------------------------------------===//
// What the build knows
//===----------------------------------------------------------------------===//

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

Machine Machine::read(const std::string &root) {
  Machine machine;
  utsname system = {};
  uname(&system);
  machine.system = fmt::format("{} {} {}", system.sysname, system.release,
                               system.machine);
  machine.cpu = findCpu(root);
  machine.features = listFeatures();
  machine.kernels = listKernels();
  machine.bestKernels = findBestKernels();
  if (const char *wanted = std::getenv("IGNIS_ISA"))
    machine.wantedKernels = wanted;
  machine.onlineCpus =
      static_cast<int>(std::max(1l, sysconf(_SC_NPROCESSORS_ONLN)));
  machine.cpus = ignis_rt_cpus();
  machine.threads = ignis_rt_default_threads();
  std::string nodes = readLine(root + "/sys/devices/system/node/online");
  if (size_t dash = nodes.rfind('-'); dash != std::string::npos)
    machine.nodes = static_cast<int>(readNumber(nodes.substr(dash + 1))) + 1;
  machine.load = std::atof(readLine(root + "/proc/loadavg").c_str());

  std::string memory = readFile(root + "/proc/meminfo").value_or("");
  machine.memory = readNumber(findLine(memory, "MemTotal")) * 1024;
  machine.availableMemory = readNumber(findLine(memory, "MemAvailable")) * 1024;
  machine.groupMemory = findGroupMemory(root);
  // No limit is some number near the greatest.
  if (machine.memory != 0 && machine.groupMemory >= machine.memory)
    machine.groupMemory = 0;
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    machine.addresses = static_cast<int64_t>(limit.rlim_cur);
  machine.hugePages = findChosen(
      readLine(root + "/sys/kernel/mm/transparent_hugepage/enabled"));
  const std::string frequencies =
      root + "/sys/devices/system/cpu/cpu0/cpufreq/";
  machine.governor = readLine(frequencies + "scaling_governor");
  machine.frequency = readNumber(readLine(frequencies + "scaling_max_freq"));
  machine.bestFrequency =
      readNumber(readLine(frequencies + "cpuinfo_max_freq"));
  return machine;
}

std::string ignis::describeVersion(const std::string &program,
                                   const std::string &compiler) {
  return fmt::format("{} {}\ncommit {}\ncompiler {}\nkernels {}\ncpu {}",
                     program, IGNIS_VERSION, IGNIS_COMMIT, compiler,
                     findBestKernels(), findCpu(""));
}

//===----------------------------------------------------------------------===//
// What is measured
//===----------------------------------------------------------------------===//

Expected<Limits> Limits::measure(const ignis_kernels *kernels, int threads) {
  char reason[IGNIS_ERROR_SIZE];
  TeamHandle team(ignis_rt_team_create(kernels, threads, 0, reason));
  std::unique_ptr<ignis_meter, Destroyer<ignis_rt_meter_destroy>> meter;
  if (team)
    meter.reset(ignis_rt_meter_create(team.get(), reason));
  if (!meter)
    return makeError(ExitCode::Failure, "{}", reason);
  // What others take from a sample is no limit of the machine.
  constexpr int samples = 5;
  Limits limits;
  limits.threads = threads;
  for (int i = 0; i != samples; ++i) {
    limits.readBytes =
        std::max(limits.readBytes, ignis_rt_meter_read(meter.get()));
    limits.multiplies =
        std::max(limits.multiplies, ignis_rt_meter_multiply(meter.get()));
  }
  return limits;
}
