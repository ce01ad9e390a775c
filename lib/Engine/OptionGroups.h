//===- OptionGroups.h - Options of a run, by what they are about -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_OPTIONGROUPS_H
#define IGNIS_LIB_ENGINE_OPTIONGROUPS_H

#include "ignis/Engine/Options.h"
#include "ignis/Support/CommandLine.h"

namespace ignis {

void addSamplingOptions(CommandLine &app, Options &options);
void addStructureOptions(CommandLine &app, Options &options);

/// Says what to write in place of what people write elsewhere.
void addHints(CommandLine &app);

/// Says of all these what does not go together.
void addConflicts(OptionRules &rules);

/// Reads and compiles what answers have to keep to, if anything.
Expected<void> completeStructure(Options &options);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_OPTIONGROUPS_H
