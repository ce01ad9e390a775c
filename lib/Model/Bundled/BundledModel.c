//===- BundledModel.c - The model inside the program ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C for #embed, which C++ has only from C++26 on.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>

alignas(64) const unsigned char ignis_bundled_model[] = {
#embed "ignis-bard-q8_0.gguf"
};
const size_t ignis_bundled_model_size = sizeof(ignis_bundled_model);
