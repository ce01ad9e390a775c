//===- Entries.h - What entries of a program give ----------------*- C -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_ENTRIES_H
#define IGNIS_RUNTIME_ENTRIES_H

/// The name (ignis_entry::name, and the function's in the module) of the entry
/// that gives states in place of logits: the final norm's rows, [count][width]
/// f32, one for each row of the call, whatever rows are wanted. It appends to
/// the cache as all others do. A program may lack it.
#define IGNIS_EMBED_ENTRY "embed"

#endif // IGNIS_RUNTIME_ENTRIES_H
