//===- AnswerGrammar.h - Grammars of calls, and of thoughts before them  -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_ANSWERGRAMMAR_H
#define IGNIS_LIB_SERVER_ANSWERGRAMMAR_H

#include "ignis/Grammar/Languages.h"
#include "ignis/Server/Requests.h"

namespace ignis {

/// One call of one of these functions, as Qwen's templates teach it: a JSON
/// object between <tool_call> and </tool_call>.
Expected<Grammar> makeCallGrammar(std::span<const Tool> tools);

/// Before what the grammar takes, any text may stand that </think> ends.
void letThinkFirst(Grammar &grammar);

} // namespace ignis

#endif // IGNIS_LIB_SERVER_ANSWERGRAMMAR_H
