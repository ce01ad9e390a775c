//===- VerifyPasses.h - The same bits after every pass ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUN_VERIFYPASSES_H
#define IGNIS_RUN_VERIFYPASSES_H

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/Options.h"

namespace ignis {

/// Runs what each pass makes of the program on the tokens `options.ids`, in
/// batches and then one by one, and prints a line for each. Fails where a logit
/// has other bits than the graph gives, or, of a program without logits, a
/// candidate others than those logits lead to.
Expected<void> verifyPasses(const GGUFFile &file, const ProgramSource &source,
                            const CompileOptions &compileOptions,
                            const Options &options);

} // namespace ignis

#endif // IGNIS_RUN_VERIFYPASSES_H
