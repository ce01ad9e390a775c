//===- LibraryHeader.cpp - What a C program includes ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LibraryHeader.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

using namespace ignis;

/// "*/" would end the comment it stands in.
static std::string fitForComment(std::string text) {
  for (size_t at = 0; (at = text.find("*/", at)) != std::string::npos;)
    text.insert(at + 1, 1, ' ');
  return text;
}

std::string ignis::getLibraryName(const std::string &path) {
  std::string name = std::filesystem::path(path).stem();
  if (name.size() > 3 && name.starts_with("lib"))
    name.erase(0, 3);
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

std::string ignis::writeLibraryHeader(const std::string &name,
                                      const std::string &symbol,
                                      const std::string &modelPath,
                                      const ModelConfig &config) {
  std::string upper = name;
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return std::toupper(c); });
  return fmt::format(R"(/* Made by ignis-compile from {0}:
   {3} layers, {4} wide, {5} tokens, context of {6}. */

#ifndef IGNIS_PACKAGE_{1}_H
#define IGNIS_PACKAGE_{1}_H

#include <ignis/ignis.h>

#ifdef __cplusplus
extern "C" {{
#endif

/** To be given to ignis_model_load. */
extern const ignis_package {2};

#ifdef __cplusplus
}}
#endif

#endif
)",
                     fitForComment(modelPath), upper, symbol, config.layers,
                     config.embedding, config.vocab, config.context_length);
}
