//===- Divergence.h - How far two models are apart --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_DIVERGENCE_H
#define IGNIS_LIB_ENGINE_DIVERGENCE_H

#include "RunningMean.h"
#include "Windows.h"

namespace ignis {

/// Of the probabilities that two models give the tokens of a text.
struct Divergence {
  RunningMean divergence;   ///< Kullback and Leibler's, from the base, in nats
  RunningMean agreement;    ///< 1 where the likeliest token is the same
  RunningMean baseSurprise; ///< nats
  RunningMean surprise;
  double median, most, percentile99; ///< of the divergence
};

/// Compares with the logits in a file that measurePerplexity wrote. Shows how
/// far it is on a terminal.
Expected<Divergence> measureDivergence(Executor &executor,
                                       const Windows &windows,
                                       const std::string &basePath);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_DIVERGENCE_H
