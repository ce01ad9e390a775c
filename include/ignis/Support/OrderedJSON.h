//===- OrderedJSON.h - Reading JSON whose order matters ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_ORDEREDJSON_H
#define IGNIS_SUPPORT_ORDEREDJSON_H

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace ignis {

/// A whole text of JSON with members in their order, of equal keys the last one
/// at the place of the first; discarded if it is no JSON. Takes n log n for n
/// members: nlohmann's own parser looks through all of an object's members for
/// each, which lets a megabyte of them take minutes. Texts that are nested
/// deeper than `mostJSONNesting` are the caller's to refuse.
nlohmann::ordered_json parseOrderedJSON(std::string_view text);

} // namespace ignis

#endif // IGNIS_SUPPORT_ORDEREDJSON_H
