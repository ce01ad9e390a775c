//===- Progress.h - How far a program has come ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_PROGRESS_H
#define IGNIS_SUPPORT_PROGRESS_H

#include "ignis/Support/Print.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace ignis {

/// One line on stderr, if that is a terminal: overwritten by the next, and gone
/// in the end.
class Progress {
public:
  /// Shows nothing unless it is `wanted`.
  explicit Progress(bool wanted = true)
      : isTerminal(wanted && isatty(STDERR_FILENO) != 0 && canErase()) {}
  Progress(const Progress &) = delete;
  ~Progress() { show(""); }

  void show(const std::string &text) {
    // A line that shows nothing has nothing to take away.
    if (!isTerminal || (text.empty() && std::exchange(isEmpty, true)))
      return;
    isEmpty = text.empty();
    // What has no room is cut: a second line would stay.
    print(stderr, "\r\x1b[K\x1b[?7l{}\x1b[?7h", text);
  }

  /// A bar, and the share that is done.
  void show(uint64_t done, uint64_t total) {
    constexpr uint64_t width = 40;
    uint64_t permille = total == 0 ? 1000 : done * 1000 / total;
    // A line for each thousandth at most: a terminal is slow.
    if (!isTerminal || permille == shown)
      return;
    shown = permille;
    show(fmt::format("[{:.<{}}] {:3}%",
                     std::string(permille * width / 1000, '#'), width,
                     permille / 10));
  }

private:
  static bool canErase() {
    const char *terminal = std::getenv("TERM");
    return terminal && std::string_view(terminal) != "dumb";
  }

  const bool isTerminal;
  bool isEmpty = true;
  uint64_t shown = UINT64_MAX;
};

} // namespace ignis

#endif // IGNIS_SUPPORT_PROGRESS_H
