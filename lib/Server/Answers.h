//===- Answers.h - What becomes of requests, as JSON ---------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_ANSWERS_H
#define IGNIS_LIB_SERVER_ANSWERS_H

#include "ignis/Server/HttpExchange.h"
#include "ignis/Server/ServedModel.h"

namespace ignis {

void respondError(HttpExchange &exchange, const ApiError &error);

/// What an answer that has taken too long ends in.
ApiError makeTimeout();

/// Submits the texts of a request; their answer goes to `exchange`.
void answer(const std::shared_ptr<HttpExchange> &exchange, ServedModel &model,
            const ApiRequest &request, PreparedRequest prepared);

} // namespace ignis

#endif // IGNIS_LIB_SERVER_ANSWERS_H
