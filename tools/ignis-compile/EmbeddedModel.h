//===- EmbeddedModel.h - A model as an object file -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_EMBEDDEDMODEL_H
#define IGNIS_COMPILE_EMBEDDEDMODEL_H

#include "Process.h"

#include <cstdint>

namespace ignis {

/// Writes an ELF object for `machine` whose one section holds the bytes of the
/// file `model`, read-only and on a page of its own, where `symbol` begins.
/// They go from file to file, whatever their number.
Expected<void> writeEmbeddedModel(const std::string &object,
                                  const std::string &model, uint64_t size,
                                  const std::string &symbol, uint16_t machine,
                                  const HeldSignals &signals);

} // namespace ignis

#endif // IGNIS_COMPILE_EMBEDDEDMODEL_H
