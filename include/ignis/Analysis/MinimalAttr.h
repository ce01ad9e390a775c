//===- MinimalAttr.h - What a planned function says of itself ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_MINIMALATTR_H
#define IGNIS_ANALYSIS_MINIMALATTR_H

#include "llvm/ADT/StringRef.h"

namespace ignis {

/// Attribute of a planned function that says why its arena is minimal, given
/// what is in place: `{phases = [...]}`, for each pair of `ignis.arena` a phase
/// in which as much is alive; or `{order, steps, tokens}`, a Refutation of any
/// less for so many tokens, whose blocks are the places in program order. Where
/// neither is known there is none.
inline constexpr llvm::StringLiteral minimalAttrName = "ignis.minimal";

} // namespace ignis

#endif // IGNIS_ANALYSIS_MINIMALATTR_H
