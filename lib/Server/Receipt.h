//===- Receipt.h - What an answer was computed from ----------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that decides an answer, and a digest of every row of logits that
// it was drawn from: who has the model can compute it again, on any machine,
// and see whether it is the same. Who has not computed the logits cannot make
// the digests up.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_RECEIPT_H
#define IGNIS_LIB_SERVER_RECEIPT_H

#include "Fields.h"

#include "ignis/Server/ServedModel.h"

namespace ignis {

/// FNV-1a, 64 bits, over the bits of each logit as a word, in order.
uint64_t digestLogits(std::span<const float> logits);

struct Receipt {
  /// One answer.
  struct Text {
    std::vector<int32_t> prompt;
    uint64_t seed = 0;
    int64_t mostTokens = 0;
    /// As they were drawn, one that ended the text included, and the logits'
    /// digest of each.
    std::vector<int32_t> tokens;
    std::vector<uint64_t> digests;
    bool isWhole = false; ///< else it has `mostTokens`

    void take(int32_t token, std::span<const float> logits) {
      tokens.push_back(token);
      digests.push_back(digestLogits(logits));
    }
  };

  uint64_t modelHash = 0; ///< Model::contentHash
  int64_t cacheType = 0;  ///< ignis_type
  /// Of it, what decides the answer beside prompts, seeds and lengths, and what
  /// its text is divided into: the kind, sampling, ends, stops, format and
  /// tools.
  ApiRequest request;
  std::vector<Text> texts;

  /// Of texts that are not computed yet.
  static Receipt begin(const ApiRequest &request,
                       const PreparedRequest &prepared, int64_t cacheType);

  Json write() const;
  /// Refuses what `write` does not write.
  static tl::expected<Receipt, ApiError> read(const Json &json);

  /// Computes one text again.
  ApiRequest makeRequest(const Text &text) const;
};

} // namespace ignis

#endif // IGNIS_LIB_SERVER_RECEIPT_H
