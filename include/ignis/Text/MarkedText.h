//===- MarkedText.h - Text that knows who wrote it --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A prompt is written by a chat template and by those who talk. What the
// template itself writes may be special tokens; what they say is text, whatever
// the template does with it. So each byte carries where it is from, through
// everything that is made of it.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_MARKEDTEXT_H
#define IGNIS_TEXT_MARKEDTEXT_H

#include <cstddef>
#include <string>
#include <string_view>

namespace ignis {

enum class Origin : char {
  Caller,   ///< a message, a tool, a variable: never a special token
  Template, ///< or the model file: may be one
};

class MarkedText {
public:
  MarkedText() = default;
  MarkedText(std::string text, Origin origin)
      : text(std::move(text)), origin(origin) {}

  std::string_view bytes() const { return text; }
  size_t size() const { return text.size(); }
  bool empty() const { return text.empty(); }

  Origin originAt(size_t i) const {
    return origins.empty() ? origin : Origin(origins[i]);
  }
  /// Whether the template wrote all of these bytes.
  bool isTemplates(size_t begin, size_t length) const;

  void append(std::string_view more, Origin from);
  void append(const MarkedText &more) { append(more, 0, more.size()); }
  /// `length` bytes of `more` from `begin` on.
  void append(const MarkedText &more, size_t begin, size_t length);
  MarkedText slice(size_t begin, size_t length) const;

private:
  /// Before bytes of `from` are appended.
  void mix(Origin from);

  std::string text;
  Origin origin = Origin::Template; ///< of all bytes, where `origins` is empty
  std::string origins;              ///< or of each
};

} // namespace ignis

#endif // IGNIS_TEXT_MARKEDTEXT_H
