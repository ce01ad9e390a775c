//===- Stage.h - The stages of compilation ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_STAGE_H
#define IGNIS_COMPILER_STAGE_H

#include <array>
#include <optional>
#include <string_view>

namespace ignis {

/// What a program is between two steps of compilation, in order.
enum class Stage {
  Ignis,       ///< the graph, unfused
  Fused,       ///< fused, with the one-token specialisation
  Bufferized,  ///< one allocation per intermediate
  Phases,      ///< grouped by what needs no barrier
  Planned,     ///< views of one arena
  Scheduled,   ///< barriers between phases
  LLVMDialect, ///< kernels generated, calls of the runtime
  LLVM,        ///< LLVM IR, optimised
  Asm,         ///< assembly
  Object,      ///< an object file
};

inline constexpr std::array<std::string_view, 10> stageNames = {
    "ignis",     "fused",        "bufferized", "phases", "planned",
    "scheduled", "llvm-dialect", "llvm",       "asm",    "obj"};

constexpr std::string_view getStageName(Stage stage) {
  return stageNames[static_cast<size_t>(stage)];
}

constexpr std::optional<Stage> findStage(std::string_view name) {
  for (size_t i = 0; i < stageNames.size(); ++i)
    if (stageNames[i] == name)
      return static_cast<Stage>(i);
  return std::nullopt;
}

} // namespace ignis

#endif // IGNIS_COMPILER_STAGE_H
