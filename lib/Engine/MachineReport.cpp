//===- MachineReport.cpp - What holds a machine back ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/KernelChoice.h"
#include "ignis/Engine/Machine.h"

#include <algorithm>

#include <sys/stat.h>

using namespace ignis;

static std::string asMemory(int64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30));
}

//===----------------------------------------------------------------------===//
// What holds it back
//===----------------------------------------------------------------------===//

static void checkCpus(const Machine &machine, std::vector<std::string> &found) {
  auto [allowed, cores, quota] = machine.cpus;
  if (machine.bestKernels == "scalar")
    found.push_back("only the scalar kernels run: a virtual machine may hide "
                    "what its CPU has; give it the host's CPU (-cpu host)");
  if (!machine.wantedKernels.empty() &&
      machine.wantedKernels != machine.bestKernels)
    found.push_back(fmt::format("IGNIS_ISA asks for {} where {} would run: "
                                "unset it",
                                machine.wantedKernels, machine.bestKernels));
  if (allowed < machine.onlineCpus)
    found.push_back(fmt::format(
        "affinity allows {} of {} CPUs: widen it (taskset, cpuset, "
        "CPUAffinity=, --cpuset-cpus)",
        allowed, machine.onlineCpus));
  if (allowed < machine.onlineCpus && cores < allowed)
    found.push_back(fmt::format(
        "{} of the allowed CPUs are siblings on the same cores, which share "
        "their arithmetic: allow one CPU of each core",
        allowed - cores));
  if (quota != 0 && quota < cores)
    found.push_back(fmt::format(
        "a quota allows {} CPU{} of time on {} cores: raise it (cpu.max, "
        "CPUQuota=, --cpus)",
        quota, quota == 1 ? "" : "s", cores));
  // Of its own threads none has run yet.
  if (machine.load >= 0.5 &&
      machine.load + machine.threads > machine.onlineCpus)
    found.push_back(fmt::format(
        "others want {:.1f} of {} CPUs: a call ends when its slowest thread "
        "does; end them, or use fewer threads (-t)",
        machine.load, machine.onlineCpus));
  if (!machine.governor.empty() && machine.governor != "performance")
    found.push_back(fmt::format(
        "the frequency governor is {}: choose performance (cpupower "
        "frequency-set -g performance)",
        machine.governor));
  if (machine.frequency < machine.bestFrequency)
    found.push_back(fmt::format(
        "cores are held to {:.1f} of {:.1f} GHz: lift the limit (cpupower "
        "frequency-set -u)",
        static_cast<double>(machine.frequency) / 1e6,
        static_cast<double>(machine.bestFrequency) / 1e6));
}

static void checkMemory(const Machine &machine, int64_t needed,
                        std::vector<std::string> &found) {
  if (machine.hugePages == "never")
    found.push_back("huge pages are off: echo madvise > "
                    "/sys/kernel/mm/transparent_hugepage/enabled");
  if (machine.nodes > 1)
    found.push_back(fmt::format(
        "memory is in {} nodes, and weights are where they were packed: spread "
        "them (numactl --interleave=all), or run a server on each node",
        machine.nodes));
  auto checkLimit = [&](int64_t limit, const char *what, const char *remedy) {
    if (limit != 0 && needed > limit)
      found.push_back(fmt::format("{} {}, but the models take {}: {}",
                                  asMemory(limit), what, asMemory(needed),
                                  remedy));
  };
  checkLimit(machine.availableMemory, "of memory are available",
             "end others, or quantise further (ignis-gguf quantize)");
  checkLimit(machine.groupMemory, "of memory are allowed by a control group",
             "raise it (memory.max, MemoryMax=, --memory)");
  checkLimit(machine.addresses, "of addresses are allowed",
             "raise the limit (ulimit -v)");
}

std::vector<std::string> ignis::findHindrances(const Machine &machine,
                                               int64_t needed) {
  std::vector<std::string> found;
  checkCpus(machine, found);
  checkMemory(machine, needed, found);
  return found;
}

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

static std::string describeMemory(const Machine &machine) {
  std::string text = fmt::format("{}, {} of it available",
                                 asMemory(machine.memory),
                                 asMemory(machine.availableMemory));
  if (machine.groupMemory != 0)
    text += fmt::format(", {} allowed by a control group",
                        asMemory(machine.groupMemory));
  if (machine.addresses != 0)
    text += fmt::format(", {} of addresses", asMemory(machine.addresses));
  return text;
}

static std::string orUnknown(const std::string &text) {
  return text.empty() ? "unknown" : text;
}

static int64_t sizeOf(std::span<const std::string> models) {
  int64_t bytes = 0;
  for (const std::string &path : models)
    if (struct stat info; stat(path.c_str(), &info) == 0)
      bytes += info.st_size;
  return bytes;
}

std::string ignis::reportMachine(std::span<const std::string> models) {
  Machine machine = Machine::read();
  std::string text;
  auto say = [&](std::string_view name, const std::string &value) {
    text += fmt::format("{:<14}{}\n", name, value);
  };
  say("version", IGNIS_VERSION " (" IGNIS_COMMIT ")");
  say("system", machine.system);
  say("cpu", machine.cpu);
  say("features", machine.features);
  say("kernels", machine.kernels);
  say("best kernels", machine.bestKernels);
  say("cores", fmt::format("{}, with {} of {} CPUs", machine.cpus.cores,
                           machine.cpus.allowed, machine.onlineCpus));
  say("quota", machine.cpus.quota == 0
                   ? "none"
                   : fmt::format("{} CPU{} of time", machine.cpus.quota,
                                 machine.cpus.quota == 1 ? "" : "s"));
  say("threads", fmt::format("{} by default: the cores, as far as a quota "
                             "allows",
                             machine.threads));
  say("memory", describeMemory(machine));
  say("huge pages", orUnknown(machine.hugePages));
  say("governor", orUnknown(machine.governor));
  Expected<const ignis_kernels *> kernels = findKernels("");
  Expected<Limits> limits =
      kernels ? Limits::measure(*kernels, machine.threads)
              : tl::unexpected(kernels.error());
  if (limits) {
    say("bandwidth", fmt::format("{:.1f} GB/s read by {} thread{}",
                                 limits->readBytes / 1e9, limits->threads,
                                 limits->threads == 1 ? "" : "s"));
    say("arithmetic",
        fmt::format("{:.0f} billion multiply-adds of bytes a second",
                    limits->multiplies / 1e9));
  } else {
    say("bandwidth", "not measured: " + limits.error().message);
  }
  std::vector<std::string> hindrances =
      findHindrances(machine, sizeOf(models));
  text += hindrances.empty() ? "\nNothing was found that holds it back.\n"
                             : "\nWhat holds it back:\n";
  for (const std::string &hindrance : hindrances)
    text += "- " + hindrance + "\n";
  return text;
}
