//===- HoverDocs.h - What an operation does, in an editor ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's language server shows the operation under the cursor and has no place
// for a dialect to say what it does. So its replies go through here.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LSP_HOVERDOCS_H
#define IGNIS_LSP_HOVERDOCS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace ignis {

/// A message of the server, in JSON. A reply about an operation of the dialect
/// gets what the reference page says of it; any other is returned as it is.
std::string addDocs(llvm::StringRef message);

/// Copies the server's messages from `input`, a file descriptor, until it ends.
void relayMessages(int input, llvm::raw_ostream &output);

} // namespace ignis

#endif // IGNIS_LSP_HOVERDOCS_H
