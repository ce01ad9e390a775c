//===- Embeddings.h - What /v1/embeddings asks and answers ---- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_EMBEDDINGS_H
#define IGNIS_LIB_SERVER_EMBEDDINGS_H

#include "Embedder.h"

#include "ignis/Server/HttpExchange.h"
#include "ignis/Server/ServedModel.h"

namespace ignis {

struct EmbeddingRequest {
  std::string model;
  std::vector<Prompt> inputs;
  Pooling pooling = Pooling::Mean;
  bool normalizes = true;
  bool asBase64 = false; ///< of little-endian f32, else lists of numbers
  std::optional<int64_t> dimensions; ///< that are expected
};

tl::expected<EmbeddingRequest, ApiError>
parseEmbeddingRequest(const std::string &body, Pooling pooling);

/// Has the vectors computed; the answer goes to `exchange`.
void embed(const std::shared_ptr<HttpExchange> &exchange, ServedModel &model,
           const EmbeddingRequest &request);

} // namespace ignis

#endif // IGNIS_LIB_SERVER_EMBEDDINGS_H
