//===- ToText.h - Values as they are printed --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_TOTEXT_H
#define IGNIS_LIB_TEXT_TEMPLATE_TOTEXT_H

#include "Evaluator.h"

namespace ignis::jinja {

/// Python's repr.
std::string formatFloat(double value);

struct JSONStyle {
  bool isAscii = false; ///< other characters are escaped
  std::string indent;   ///< of a level; none: all on one line
  bool isIndented = false;
  std::string itemSeparator = ", ", keySeparator = ": ";
  bool sortsKeys = false;
};

/// As json.dumps, which is what Hugging Face's `tojson` is.
MarkedText toJSON(Evaluator &evaluator, const Value &value,
                  const JSONStyle &style);

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_TOTEXT_H
