//===- MappedRegion.cpp - Memory that a file stands behind ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/MappedRegion.h"

#include "ignis/Support/Program.h"
#include "ignis/Support/Signals.h"

#include <atomic>
#include <mutex>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

namespace {
/// Never freed, so that the handler may look at it at any time.
struct Region {
  std::atomic<uintptr_t> begin = 0, end = 0; ///< equal: free
  std::string path;
  Region *next = nullptr;
};
} // namespace

static std::atomic<Region *> regions = nullptr;
static std::mutex regionsMutex; ///< held by those who change something

static Region &findFree() {
  for (Region *region = regions; region; region = region->next)
    if (region->begin == region->end)
      return *region;
  auto *added = new Region;
  added->next = regions;
  regions = added;
  return *added;
}

void ignis::registerMapping(std::span<const std::byte> mapping,
                            const std::string &path) {
  std::lock_guard lock(regionsMutex);
  Region &region = findFree();
  region.path = path;
  region.begin = reinterpret_cast<uintptr_t>(mapping.data());
  region.end = region.begin + mapping.size();
}

void ignis::unregisterMapping(std::span<const std::byte> mapping) {
  std::lock_guard lock(regionsMutex);
  for (Region *region = regions; region; region = region->next)
    if (region->begin == reinterpret_cast<uintptr_t>(mapping.data())) {
      region->end = region->begin.load();
      return;
    }
}

/// Of what was there when it was mapped.
static bool isShorter(const Region &region) {
  struct stat status;
  return stat(region.path.c_str(), &status) == 0 &&
         static_cast<uint64_t>(status.st_size) < region.end - region.begin;
}

static void onUnreadablePage(int signal, siginfo_t *info, void *) {
  if (endsAsSent(signal, *info))
    return;
  auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  for (const Region *region = regions; region; region = region->next)
    if (region->begin <= address && address < region->end)
      endProgram(
          ExitCode::InvalidModel,
          {region->path, isShorter(*region)
                             ? ": became shorter while it was read"
                             : ": cannot be read: a page of it is gone"});
  leaveUnanswered(signal);
}

void ignis::handleUnreadablePages() {
  struct sigaction action = {};
  action.sa_sigaction = onUnreadablePage;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}
