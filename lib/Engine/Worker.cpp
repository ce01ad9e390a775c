//===- Worker.cpp - A rank that computes for rank 0 -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Worker.h"

#include "CallMessage.h"

using namespace ignis;

Expected<void> ignis::runWorker(CallRunner &runner, const ignis_group &group) {
  for (;;) {
    CallMessage message = CallMessage::receive(group);
    if (message.isEnd())
      return {};
    Expected<CallMessage::Call> call = message.read(runner);
    if (!call)
      return tl::unexpected(std::move(call.error()));
    for (const PageCopy &copy : call->copies)
      ignis_rt_kv_copy(runner.cache(), copy.from, copy.to, copy.positions);
    runner.run(call->batch);
  }
}
