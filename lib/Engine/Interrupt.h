//===- Interrupt.h - Ctrl-C ------------------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_INTERRUPT_H
#define IGNIS_LIB_ENGINE_INTERRUPT_H

#include <atomic>

namespace ignis {

/// From now on SIGINT sets the flag that is returned, the first time; the
/// second time it ends the process. SIGPIPE and SIGXFSZ are ignored, so that
/// writing fails with a reason instead.
const std::atomic<bool> &catchSignals();

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_INTERRUPT_H
