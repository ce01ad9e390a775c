//===- Bundled.cpp - The model inside the program -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Bundled.h"

extern "C" {
extern const unsigned char ignis_bundled_model[];
extern const size_t ignis_bundled_model_size;
}

std::span<const std::byte> ignis::getBundledModel() {
  return {reinterpret_cast<const std::byte *>(ignis_bundled_model),
          ignis_bundled_model_size};
}

ignis::Expected<ignis::GGUFFile> ignis::openBundledModel() {
  return GGUFFile::fromBytes(getBundledModel(), "the bundled model");
}
