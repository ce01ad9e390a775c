//===- Handles.h - Owners of the runtime's objects -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_HANDLES_H
#define IGNIS_ENGINE_HANDLES_H

#include "ignis/Runtime/Runtime.h"

#include <cstdlib>
#include <memory>

namespace ignis {

template <auto destroy>
struct Destroyer {
  template <typename T>
  void operator()(T *object) const {
    destroy(object);
  }
};

using TeamHandle =
    std::unique_ptr<ignis_team, Destroyer<ignis_rt_team_destroy>>;
using WeightHandle =
    std::unique_ptr<ignis_weight, Destroyer<ignis_rt_weight_destroy>>;
using CacheHandle =
    std::unique_ptr<ignis_kv_cache, Destroyer<ignis_rt_kv_destroy>>;
/// From std::aligned_alloc: not touched before it is used.
using ArenaHandle = std::unique_ptr<uint8_t, Destroyer<std::free>>;

} // namespace ignis

#endif // IGNIS_ENGINE_HANDLES_H
