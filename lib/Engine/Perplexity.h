//===- Perplexity.h - How well a model predicts a text ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_PERPLEXITY_H
#define IGNIS_LIB_ENGINE_PERPLEXITY_H

#include "RunningMean.h"
#include "Windows.h"

namespace ignis {

struct Perplexity {
  double value, error;
  int64_t tokens; ///< that were predicted
};

/// Of surprises in nats. The error is the standard one, carried over.
Perplexity toPerplexity(const RunningMean &surprise);

/// Computes the perplexity of a text, and writes the logits it takes, as
/// measureDivergence reads them, to a file if there is one (null: none). Shows
/// how far it is on a terminal.
Expected<Perplexity> measurePerplexity(Executor &executor,
                                       const Windows &windows,
                                       const std::string *logitsPath);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_PERPLEXITY_H
