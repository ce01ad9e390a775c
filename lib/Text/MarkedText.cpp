//===- MarkedText.cpp - Text that knows who wrote it ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/MarkedText.h"

using namespace ignis;

bool MarkedText::isTemplates(size_t begin, size_t length) const {
  if (origins.empty())
    return origin == Origin::Template;
  std::string_view some = std::string_view(origins).substr(begin, length);
  return some.find(char(Origin::Caller)) == some.npos;
}

void MarkedText::mix(Origin from) {
  if (text.empty())
    origin = from;
  else if (origins.empty() && origin != from)
    origins.assign(text.size(), char(origin));
}

void MarkedText::append(std::string_view more, Origin from) {
  if (more.empty())
    return;
  mix(from);
  text += more;
  if (!origins.empty())
    origins.append(more.size(), char(from));
}

void MarkedText::append(const MarkedText &more, size_t begin, size_t length) {
  std::string_view bytes = more.bytes().substr(begin, length);
  if (more.origins.empty()) {
    append(bytes, more.origin);
    return;
  }
  if (origins.empty())
    origins.assign(text.size(), char(origin));
  text += bytes;
  origins.append(more.origins, begin, length);
}

MarkedText MarkedText::slice(size_t begin, size_t length) const {
  MarkedText part;
  part.append(*this, begin, length);
  return part;
}
