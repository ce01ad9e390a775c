//===- EmbeddedModel.h - A model as an object file --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_EMBEDDEDMODEL_H
#define IGNIS_COMPILE_EMBEDDEDMODEL_H

#include "ignis/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ignis {

/// Writes an ELF object for `machine` whose one section holds `model`,
/// read-only and on a page of its own, where `symbol` begins. The bytes go from
/// the mapping to the file, whatever their number: an assembler's .incbin would
/// take as much memory as the model has.
Expected<void> writeEmbeddedModel(const std::string &object,
                                  std::span<const std::byte> model,
                                  const std::string &symbol, uint16_t machine);

} // namespace ignis

#endif // IGNIS_COMPILE_EMBEDDEDMODEL_H
