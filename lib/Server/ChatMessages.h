//===- ChatMessages.h - Messages, tools and formats of requests  -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_CHATMESSAGES_H
#define IGNIS_LIB_SERVER_CHATMESSAGES_H

#include "Fields.h"

namespace ignis {

/// `response_format`, as a schema.
void readSchema(Fields &fields, ApiRequest &request);

/// What only /v1/chat/completions has.
void readChat(Fields &fields, ApiRequest &request);

/// What only /v1/responses has, in its plain form.
void readResponse(Fields &fields, ApiRequest &request);

} // namespace ignis

#endif // IGNIS_LIB_SERVER_CHATMESSAGES_H
