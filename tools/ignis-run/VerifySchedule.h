//===- VerifySchedule.h - The same bits in any order -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUN_VERIFYSCHEDULE_H
#define IGNIS_RUN_VERIFYSCHEDULE_H

#include "ignis/Engine/Options.h"

namespace ignis {

/// Runs `program` on the tokens `options.ids`, in batches and then one by one:
/// with all threads at once, and then with what lies between two barriers run
/// thread after thread, in ascending, descending and drawn orders. Prints a
/// line for each, and fails where one gives other bits. Two threads at least.
Expected<void> verifySchedule(const GGUFFile &file,
                              const ModelDescription &model,
                              const ignis_program &program,
                              const Options &options);

} // namespace ignis

#endif // IGNIS_RUN_VERIFYSCHEDULE_H
