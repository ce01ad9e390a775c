//===- Side.h - One of two runs that are compared ------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DIFF_SIDE_H
#define IGNIS_DIFF_SIDE_H

#include "Trace.h"

#include "ignis/Engine/Executor.h"

namespace ignis::diff {

/// What a side is made of.
struct SideOptions {
  std::string tracePath; ///< a recording, and nothing below
  std::string modelPath; ///< empty: the bundled model
  std::string programPath;
  bool trustsProgram = false;
  Stage stopAfter = Stage::Object;
  ignis_type cacheType = IGNIS_TYPE_F16;
  std::string isa;
  ExecutorOptions executor;
};

/// What both sides compute.
struct Work {
  std::optional<std::string> prompt;
  std::string promptPath;
  std::vector<int32_t> ids;
  int64_t predict = 2; ///< tokens: the first one comes from the prompt's calls
  int64_t batch = 32;  ///< tokens of a call at most
  std::string recordPath; ///< where a side is written; empty: two are compared
};

class Side {
public:
  virtual ~Side() = default;
  virtual const TracedProgram &program() const = 0;
  /// The next call: of the same tokens as `other`, where that is not null.
  /// None if there are no more.
  virtual Expected<std::optional<Call>> next(const Call *other) = 0;
  virtual bool isRecorded() const { return false; }
};

/// A recording, or a run of its own. `work.ids` is the prompt, or, if that is
/// text, becomes what the first model that is opened makes of it.
Expected<std::unique_ptr<Side>> openSide(const SideOptions &options,
                                         Work &work);

} // namespace ignis::diff

#endif // IGNIS_DIFF_SIDE_H
