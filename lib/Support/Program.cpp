//===- Program.cpp - What every program begins with -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/Program.h"

#include "ignis/Support/MappedRegion.h"
#include "ignis/Support/Signals.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

using namespace ignis;

#ifndef __has_feature // GCC's name for it is another
#define __has_feature(feature) 0
#endif

static constexpr size_t stackSize = size_t{8} << 20;

static char programName[256] = "ignis";

void ignis::nameProgram(std::string_view name) {
  programName[name.copy(programName, sizeof(programName) - 1)] = '\0';
}

void ignis::reserveDescriptors() {
  for (int wanted = STDIN_FILENO; wanted <= STDERR_FILENO; ++wanted) {
    if (fcntl(wanted, F_GETFD) >= 0)
      continue;
    // The least that is free. The wrong way round, so that using it fails.
    int mode = wanted == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", mode) < 0)
      open("/", O_RDONLY); // which neither reads nor writes
  }
}

//===----------------------------------------------------------------------===//
// Ends that nobody has planned
//===----------------------------------------------------------------------===//

void ignis::writeLastLine(std::initializer_list<std::string_view> parts) {
  char line[8192];
  size_t size = 0;
  auto add = [&](std::string_view part) {
    size += part.copy(line + size, sizeof(line) - 1 - size);
  };
  add(programName);
  add(": error: ");
  for (std::string_view part : parts)
    add(part);
  // As escapeControls, which takes memory.
  std::replace_if(
      line, line + size, [](unsigned char c) { return c < 0x20 || c == 0x7f; },
      '?');
  line[size++] = '\n';
  // Whether someone reads it changes nothing.
  bool ignored = write(STDERR_FILENO, line, size) >= 0;
  static_cast<void>(ignored);
}

void ignis::endProgram(ExitCode code,
                       std::initializer_list<std::string_view> parts) {
  // Threads that read one file fault together: the first one speaks for all.
  static std::atomic<pid_t> ending = 0;
  static_assert(std::atomic<pid_t>::is_always_lock_free);
  pid_t first = 0, self = gettid();
  if (!ending.compare_exchange_strong(first, self)) {
    while (first != self)
      pause();
    _exit(static_cast<int>(code)); // ending has failed itself
  }
  writeLastLine(parts);
  removeUnfinished();
  _exit(static_cast<int>(code));
}

void ignis::endWithoutMemory() {
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    endProgram(ExitCode::Failure, {"the machine gives no more memory"});
  char digits[24];
  char *end =
      std::to_chars(digits, digits + sizeof(digits), limit.rlim_cur).ptr;
  endProgram(ExitCode::Failure,
             {"needs more memory than the ",
              {digits, end},
              " bytes of addresses that it is allowed (ulimit -v)"});
}

/// Says what is being thrown, and ends the process.
[[noreturn]] static void endWithException() {
  try {
    throw;
  } catch (const std::bad_alloc &) {
    endWithoutMemory();
  } catch (const std::system_error &error) {
    if (error.code() == std::errc::resource_unavailable_try_again)
      endProgram(ExitCode::Failure,
                 {"needs a thread more than there are to be had, or the memory "
                  "for one (ulimit -u, ulimit -v): ",
                  error.what()});
    endProgram(ExitCode::Failure, {error.what()});
  } catch (const std::exception &exception) {
    endProgram(ExitCode::Failure, {exception.what()});
  } catch (...) {
    endProgram(ExitCode::Failure, {"an exception without a reason"});
  }
}

//===----------------------------------------------------------------------===//
// Faults
//===----------------------------------------------------------------------===//

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
static constexpr bool handlesFaults = true;
#else // the sanitizers say more
static constexpr bool handlesFaults = false;
#endif

static uintptr_t getStackPointer(const void *context) {
  const auto &registers =
      static_cast<const ucontext_t *>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<uintptr_t>(registers.gregs[REG_RSP]);
#elif defined(__aarch64__)
  return registers.sp;
#else
  return 0;
#endif
}

/// A stack that ran out is said. So is a null pointer where no memory is to be
/// had: MLIR uses what malloc returns without a look. Any other crash stays one.
static void onSegmentationFault(int signal, siginfo_t *info, void *context) {
  if (endsAsSent(signal, *info))
    return;
  auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  // A frame may be large, and a call stores below the pointer.
  constexpr uintptr_t mostOfFrame = 65536;
  if (address - getStackPointer(context) + mostOfFrame < 2 * mostOfFrame)
    endProgram(ExitCode::Failure,
               {"the stack is used up: something in the input is nested too "
                "deeply"});
  constexpr uintptr_t largestField = 65536;
  constexpr size_t probe = size_t{1} << 20;
  if (address < largestField &&
      mmap(nullptr, probe, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
          MAP_FAILED)
    endWithoutMemory();
  leaveUnanswered(signal);
}

static void handleSegmentationFaults() {
  struct sigaction action = {};
  action.sa_sigaction = onSegmentationFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  if (handlesFaults)
    sigaction(SIGSEGV, &action, nullptr);
}

FaultStack::FaultStack() {
  stack_t stack;
  if (!handlesFaults || sigaltstack(nullptr, &stack) != 0 ||
      !(stack.ss_flags & SS_DISABLE)) // the thread has one
    return;
  constexpr size_t size = 65536;
  bytes.reset(new (std::nothrow) char[size]);
  stack = {};
  stack.ss_sp = bytes.get();
  stack.ss_size = size;
  if (bytes && sigaltstack(&stack, nullptr) != 0)
    bytes.reset();
}

FaultStack::~FaultStack() {
  stack_t none = {};
  none.ss_flags = SS_DISABLE;
  if (bytes)
    sigaltstack(&none, nullptr);
}

static void onTerminate() {
  if (std::current_exception())
    endWithException();
  endProgram(ExitCode::Failure, {"cannot go on"});
}

//===----------------------------------------------------------------------===//
// The stack
//===----------------------------------------------------------------------===//

static bool hasUsualStack() {
  rlimit limit;
  return getrlimit(RLIMIT_STACK, &limit) != 0 ||
         limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= stackSize;
}

namespace {
struct Call {
  const std::function<int()> &body;
  int code = 0;
};
} // namespace

static int runGuarded(const std::function<int()> &body) {
  FaultStack faults;
  try {
    return body();
  } catch (...) {
    endWithException();
  }
}

/// The limit holds for the main thread and, as a default, for others; code
/// generation alone needs more than a small one.
static int runOnUsualStack(const std::function<int()> &body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackSize);
#ifdef __GLIBC__
  pthread_setattr_default_np(&attributes);
#endif
  Call call{body};
  pthread_t thread;
  int failed = pthread_create(
      &thread, &attributes,
      [](void *argument) -> void * {
        auto *call = static_cast<Call *>(argument);
        call->code = runGuarded(call->body);
        return nullptr;
      },
      &call);
  pthread_attr_destroy(&attributes);
  if (failed != 0)
    endProgram(
        ExitCode::Failure,
        {"needs a stack of 8 MiB, found one that is smaller (ulimit -s), "
         "and no thread with another: ",
         std::strerror(failed)});
  pthread_join(thread, nullptr);
  return call.code;
}

int ignis::runProgram(std::string_view name, const std::function<int()> &body) {
  reserveDescriptors();
  nameProgram(name);
  std::set_terminate(onTerminate);
  handleSignals();
  handleUnreadablePages();
  handleSegmentationFaults();
  return hasUsualStack() ? runGuarded(body) : runOnUsualStack(body);
}
