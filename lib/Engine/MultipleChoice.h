//===- MultipleChoice.h - Questions with a few answers ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_MULTIPLECHOICE_H
#define IGNIS_LIB_ENGINE_MULTIPLECHOICE_H

#include "RunningMean.h"

#include "ignis/Engine/Executor.h"
#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// Whether the likeliest choice was the right one, 1 or 0 for each question.
struct ChoiceScores {
  RunningMean whole;    ///< by the sum of its tokens' log probabilities
  RunningMean byLength; ///< by that sum for a byte of the choice
};

/// Answers the questions of a file, a line of JSON each: {"prompt": "...",
/// "choices": ["...", "..."], "answer": 0}. A choice follows the prompt as it
/// stands. Shows how far it is on a terminal.
Expected<ChoiceScores> answerChoices(Executor &executor,
                                     const Tokenizer &tokenizer,
                                     const std::string &path);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_MULTIPLECHOICE_H
