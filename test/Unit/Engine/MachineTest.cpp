//===- MachineTest.cpp - What holds a machine back ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Machine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace ignis;

namespace {

/// Files as the kernel shows them.
class FakeRoot {
public:
  FakeRoot() {
    std::string pattern = testing::TempDir() + "ignis-machine-XXXXXX";
    root = mkdtemp(pattern.data());
  }
  ~FakeRoot() { std::filesystem::remove_all(root); }

  void write(const std::string &path, const std::string &text) {
    std::filesystem::path file = root + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  std::string root;
};

/// One that nothing holds back.
Machine makeGood() {
  Machine machine;
  machine.bestKernels = "avx512vnni";
  machine.onlineCpus = 8;
  machine.cpus = {8, 4, 0};
  machine.threads = 4;
  machine.hugePages = "madvise";
  machine.governor = "performance";
  machine.memory = machine.availableMemory = int64_t{8} << 30;
  return machine;
}

/// What is found of a machine with one flaw.
std::string findOne(void (*spoil)(Machine &), int64_t needed = 0) {
  Machine machine = makeGood();
  spoil(machine);
  std::vector<std::string> found = findHindrances(machine, needed);
  return found.size() == 1 ? found[0] : std::to_string(found.size());
}

} // namespace

TEST(Machine, IsReadFromWhatTheKernelTells) {
  FakeRoot fake;
  fake.write("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A CPU\n");
  fake.write("/proc/meminfo", "MemTotal:    1024 kB\nMemAvailable:  512 kB\n");
  fake.write("/proc/loadavg", "1.50 0.10 0.00 1/100 1\n");
  fake.write("/proc/self/cgroup", "4:memory:/a\n0::/b/c\n");
  fake.write("/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
             "9223372036854771712\n");
  fake.write("/sys/fs/cgroup/b/memory.max", "4096\n");
  fake.write("/sys/fs/cgroup/b/c/memory.max", "max\n");
  fake.write("/sys/devices/system/node/online", "0-1\n");
  fake.write("/sys/kernel/mm/transparent_hugepage/enabled",
             "always madvise [never]\n");
  fake.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
             "powersave\n");
  fake.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq",
             "2000000\n");
  fake.write("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq",
             "3500000\n");
  Machine machine = Machine::read(fake.root);
  EXPECT_EQ(machine.cpu, "A CPU");
  EXPECT_EQ(machine.memory, 1024 * 1024);
  EXPECT_EQ(machine.availableMemory, 512 * 1024);
  EXPECT_EQ(machine.groupMemory, 4096);
  EXPECT_EQ(machine.load, 1.5);
  EXPECT_EQ(machine.nodes, 2);
  EXPECT_EQ(machine.hugePages, "never");
  EXPECT_EQ(machine.governor, "powersave");
  EXPECT_EQ(machine.frequency, 2000000);
  EXPECT_EQ(machine.bestFrequency, 3500000);
}

TEST(Machine, MayTellNothing) {
  FakeRoot fake;
  Machine machine = Machine::read(fake.root);
  EXPECT_EQ(machine.cpu, "unknown");
  EXPECT_EQ(machine.memory, 0);
  EXPECT_EQ(machine.nodes, 1);
  EXPECT_EQ(machine.hugePages, "");
}

TEST(Machine, IsHeldBackByNothing) {
  EXPECT_TRUE(findHindrances(makeGood(), int64_t{7} << 30).empty());
}

TEST(Machine, IsHeldBack) {
  EXPECT_EQ(findOne([](Machine &machine) { machine.cpus.quota = 2; }),
            "a quota allows 2 CPUs of time on 4 cores: raise it (cpu.max, "
            "CPUQuota=, --cpus)");
  EXPECT_EQ(findOne([](Machine &machine) { machine.wantedKernels = "avx2"; }),
            "IGNIS_ISA asks for avx2 where avx512vnni would run: unset it");
  EXPECT_EQ(findOne([](Machine &machine) { machine.governor = "powersave"; }),
            "the frequency governor is powersave: choose performance (cpupower "
            "frequency-set -g performance)");
  EXPECT_EQ(findOne([](Machine &machine) {
              machine.frequency = 1500000;
              machine.bestFrequency = 3000000;
            }),
            "cores are held to 1.5 of 3.0 GHz: lift the limit (cpupower "
            "frequency-set -u)");
  EXPECT_EQ(findOne([](Machine &machine) { machine.hugePages = "never"; }),
            "huge pages are off: echo madvise > "
            "/sys/kernel/mm/transparent_hugepage/enabled");
  EXPECT_EQ(findOne([](Machine &machine) { machine.load = 6; }),
            "others want 6.0 of 8 CPUs: a call ends when its slowest thread "
            "does; end them, or use fewer threads (-t)");
  EXPECT_TRUE(findOne([](Machine &machine) { machine.nodes = 2; })
                  .starts_with("memory is in 2 nodes"));
  EXPECT_TRUE(findOne([](Machine &machine) { machine.bestKernels = "scalar"; })
                  .starts_with("only the scalar kernels run"));
}

TEST(Machine, LacksCpus) {
  Machine machine = makeGood();
  machine.cpus = {4, 2, 0};
  std::vector<std::string> found = findHindrances(machine, 0);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].starts_with("affinity allows 4 of 8 CPUs: widen it"));
  EXPECT_TRUE(found[1].starts_with("2 of the allowed CPUs are siblings"));
}

TEST(Machine, LacksMemory) {
  constexpr int64_t needed = int64_t{6} << 30;
  EXPECT_EQ(findOne([](Machine &machine) { machine.availableMemory = 1 << 30; },
                    needed),
            "1.0 GiB of memory are available, but the models take 6.0 GiB: end "
            "others, or quantise further (ignis-gguf quantize)");
  EXPECT_EQ(findOne([](Machine &machine) { machine.groupMemory = 1 << 30; },
                    needed),
            "1.0 GiB of memory are allowed by a control group, but the models "
            "take 6.0 GiB: raise it (memory.max, MemoryMax=, --memory)");
  EXPECT_EQ(findOne([](Machine &machine) { machine.addresses = 1 << 30; },
                    needed),
            "1.0 GiB of addresses are allowed, but the models take 6.0 GiB: "
            "raise the limit (ulimit -v)");
}
