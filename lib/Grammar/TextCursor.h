//===- TextCursor.h - Reads a notation character by character ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_GRAMMAR_TEXTCURSOR_H
#define IGNIS_LIB_GRAMMAR_TEXTCURSOR_H

#include "ignis/Grammar/Grammar.h"
#include "ignis/Support/Error.h"

#include <utf8proc.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace ignis {

/// A place in a text of UTF-8, and the one mistake that was found.
class TextCursor {
public:
  explicit TextCursor(std::string_view text) : text(text) {}

  bool atEnd() const { return at == text.size(); }
  /// The byte here, 0 at the end.
  char peek(size_t ahead = 0) const {
    return at + ahead < text.size() ? text[at + ahead] : '\0';
  }
  bool startsWith(std::string_view prefix) const {
    return text.substr(at).starts_with(prefix);
  }
  bool take(std::string_view prefix) {
    if (!startsWith(prefix))
      return false;
    at += prefix.size();
    return true;
  }
  size_t position() const { return at; }
  void moveTo(size_t position) { at = position; }
  std::string_view slice(size_t begin) const {
    return text.substr(begin, at - begin);
  }

  /// A code point, or nothing if the bytes here are no UTF-8.
  std::optional<char32_t> takePoint() {
    std::string_view rest = text.substr(at);
    utf8proc_int32_t point;
    utf8proc_ssize_t size = utf8proc_iterate(
        reinterpret_cast<const utf8proc_uint8_t *>(rest.data()),
        static_cast<utf8proc_ssize_t>(rest.size()), &point);
    if (size <= 0)
      return std::nullopt;
    at += static_cast<size_t>(size);
    return static_cast<char32_t>(point);
  }

  /// `digits` hexadecimal digits.
  std::optional<char32_t> takeHex(int digits) {
    char32_t value = 0;
    for (int i = 0; i != digits; ++i, ++at) {
      char digit = peek();
      if (digit >= '0' && digit <= '9')
        value = value * 16 + char32_t(digit - '0');
      else if (char lower = char(digit | 0x20); lower >= 'a' && lower <= 'f')
        value = value * 16 + char32_t(lower - 'a' + 10);
      else
        return std::nullopt;
    }
    return value;
  }

  /// A number below a million.
  std::optional<uint32_t> takeNumber() {
    uint32_t value = 0;
    size_t begin = at;
    for (; peek() >= '0' && peek() <= '9'; ++at) {
      value = value * 10 + uint32_t(peek() - '0');
      if (value >= 1'000'000)
        return std::nullopt;
    }
    return at == begin ? std::nullopt : std::optional(value);
  }

  /// What stands here, for a message.
  std::string describe() const {
    if (atEnd())
      return "the end";
    std::string_view rest = text.substr(at);
    size_t size = std::min(rest.size(), size_t{12});
    while (size != 0 && size < rest.size() && (rest[size] & 0xC0) == 0x80)
      --size; // no half of a character
    rest = rest.substr(0, size);
    return "'" + std::string(rest.substr(0, rest.find('\n'))) + "'";
  }
  size_t line() const {
    auto end = text.begin() + static_cast<ptrdiff_t>(at);
    return 1 + static_cast<size_t>(std::count(text.begin(), end, '\n'));
  }

private:
  std::string_view text;
  size_t at = 0;
};

/// How often, behind an expression: *, +, ?, {m}, {m,} or {m,n}.
struct Repetition {
  uint32_t least;
  std::optional<uint32_t> most;
};

/// Nothing if none stands here; a message if one is malformed.
inline Expected<std::optional<Repetition>> takeRepetition(TextCursor &cursor) {
  if (cursor.take("*"))
    return Repetition{0, std::nullopt};
  if (cursor.take("+"))
    return Repetition{1, std::nullopt};
  if (cursor.take("?"))
    return Repetition{0, 1};
  if (!cursor.take("{"))
    return std::optional<Repetition>();
  auto refuse = [&] {
    return makeError(ExitCode::Usage,
                     "expected {{m}}, {{m,}} or {{m,n}} with numbers below a "
                     "million and m not above n, found {}",
                     cursor.describe());
  };
  std::optional<uint32_t> least = cursor.takeNumber();
  if (!least)
    return refuse();
  Repetition repetition = {*least, least};
  if (cursor.take(",")) {
    repetition.most.reset();
    if (cursor.peek() != '}') {
      repetition.most = cursor.takeNumber();
      if (!repetition.most || *repetition.most < *least)
        return refuse();
    }
  }
  if (!cursor.take("}"))
    return refuse();
  return repetition;
}

} // namespace ignis

#endif // IGNIS_LIB_GRAMMAR_TEXTCURSOR_H
