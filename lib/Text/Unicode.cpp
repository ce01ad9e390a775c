//===- Unicode.cpp - UTF-8 and normal form C ------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

using namespace ignis;

//===----------------------------------------------------------------------===//
// UTF-8
//===----------------------------------------------------------------------===//

namespace {

enum class SequenceState { Valid, Invalid, Incomplete };

/// A character, or the longest beginning of one.
struct Sequence {
  size_t length;
  SequenceState state;
};

} // namespace

/// Table 3-7 of the Unicode standard: only the second byte's range depends on
/// the first.
static Sequence scanSequence(std::string_view bytes) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  uint8_t lead = byte(0);
  if (lead < 0x80)
    return {1, SequenceState::Valid};
  if (lead < 0xC2 || lead > 0xF4)
    return {1, SequenceState::Invalid};
  size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (size_t i = 1; i < length; ++i) {
    if (i == bytes.size())
      return {i, SequenceState::Incomplete};
    if (byte(i) < low || byte(i) > high)
      return {i, SequenceState::Invalid};
    low = 0x80;
    high = 0xBF;
  }
  return {length, SequenceState::Valid};
}

size_t ignis::appendValidUTF8(std::string_view bytes, EndOfText end,
                              std::string &out) {
  size_t copied = 0;
  size_t position = 0;
  while (position < bytes.size()) {
    auto [length, state] = scanSequence(bytes.substr(position));
    if (state != SequenceState::Valid) {
      out.append(bytes, copied, position - copied);
      copied = position;
      if (state == SequenceState::Incomplete && end == EndOfText::MayContinue)
        return position;
      out += "\uFFFD";
      copied += length;
    }
    position += length;
  }
  out.append(bytes, copied);
  return position;
}

std::string ignis::repairUTF8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  appendValidUTF8(bytes, EndOfText::Final, text);
  return text;
}

//===----------------------------------------------------------------------===//
// Normal form C
//===----------------------------------------------------------------------===//

/// Every character below U+0300 is a starter, and composes with nothing before
/// it. The lead bytes of all others are at least this.
static constexpr uint8_t firstComposingLead = 0xCC;

static bool isComposingLead(char byte) {
  return static_cast<uint8_t>(byte) >= firstComposingLead;
}

static bool isContinuation(char byte) {
  return (static_cast<uint8_t>(byte) & 0xC0) == 0x80;
}

/// utf8proc's own canonical ordering exchanges neighbours, which is quadratic
/// in the length of a run of marks. Sorting them by class and position gives
/// the same order.
static void orderMarks(std::span<int32_t> codePoints) {
  struct Mark {
    int32_t combiningClass;
    size_t position;
    int32_t codePoint;
    auto operator<=>(const Mark &) const = default;
  };
  std::vector<Mark> marks;
  auto storeSorted = [&](size_t end) {
    std::ranges::sort(marks);
    for (size_t i = 0; i < marks.size(); ++i)
      codePoints[end - marks.size() + i] = marks[i].codePoint;
    marks.clear();
  };
  for (size_t i = 0; i < codePoints.size(); ++i) {
    int32_t combiningClass =
        utf8proc_get_property(codePoints[i])->combining_class;
    if (combiningClass != 0)
      marks.push_back({combiningClass, i, codePoints[i]});
    else if (!marks.empty())
      storeSorted(i);
  }
  storeSorted(codePoints.size());
}

/// Appends normal form C of `text`; `scratch` is overwritten.
static void appendComposed(std::string_view text, std::vector<int32_t> &scratch,
                           std::string &out) {
  constexpr auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  scratch.clear();
  while (!text.empty()) {
    auto [value, length] = firstCodePoint(text);
    text.remove_prefix(length);
    std::array<int32_t, 8> parts; // no character has more than four
    utf8proc_ssize_t count = utf8proc_decompose_char(
        int32_t(value), parts.data(), parts.size(), options, nullptr);
    scratch.insert(scratch.end(), parts.begin(), parts.begin() + count);
  }
  orderMarks(scratch);
  utf8proc_ssize_t count = utf8proc_normalize_utf32(
      scratch.data(), utf8proc_ssize_t(scratch.size()), options);
  for (utf8proc_ssize_t i = 0; i < count; ++i) {
    std::array<utf8proc_uint8_t, 4> bytes;
    utf8proc_ssize_t length =
        utf8proc_encode_char(scratch[size_t(i)], bytes.data());
    out.append(reinterpret_cast<const char *>(bytes.data()), size_t(length));
  }
}

std::string ignis::normalizeNFC(std::string text) {
  auto begin = std::ranges::find_if(text, isComposingLead);
  if (begin == text.end())
    return text;

  // Runs of characters from U+0300 on, each with the one character before that
  // may compose with it, are normalised on their own.
  std::string out;
  out.reserve(text.size());
  std::vector<int32_t> scratch;
  auto done = text.begin();
  while (begin != text.end()) {
    auto end = std::find_if(begin, text.end(), [](char byte) {
      return !isComposingLead(byte) && !isContinuation(byte);
    });
    if (begin != done)
      do
        --begin;
      while (isContinuation(*begin));
    out.append(done, begin);
    appendComposed({begin, end}, scratch, out);
    done = end;
    begin = std::find_if(done, text.end(), isComposingLead);
  }
  out.append(done, text.end());
  return out;
}
