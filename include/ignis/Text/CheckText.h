//===- CheckText.h - What a model file says about text ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_CHECKTEXT_H
#define IGNIS_TEXT_CHECKTEXT_H

#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// Models without one can be fed with tokens all the same.
bool hasTokenizer(const GGUFFile &file);

/// Refuses one that makes tokens the model does not know: it has `vocab` rows
/// for them.
Expected<Tokenizer> loadTokenizer(const GGUFFile &file, int64_t vocab);

/// Refuses a tokenizer or a chat template that cannot be used. A file may have
/// neither.
Expected<void> checkText(const GGUFFile &file, int64_t vocab);

} // namespace ignis

#endif // IGNIS_TEXT_CHECKTEXT_H
