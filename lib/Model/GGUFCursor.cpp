//===- GGUFCursor.cpp - Reads the values of a GGUF file -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GGUFCursor.h"
#include "ignis/Support/Escape.h"

#include <utf8proc.h>

#include <bit>

using namespace ignis;

static_assert(std::endian::native == std::endian::little,
              "values are read as they stand in the file");

/// Bytes of a scalar; 0 for string and array.
static uint64_t getScalarBytes(GGUFType type) {
  switch (type) {
  case GGUFType::UInt8:
  case GGUFType::Int8:
  case GGUFType::Bool:
    return 1;
  case GGUFType::UInt16:
  case GGUFType::Int16:
    return 2;
  case GGUFType::UInt32:
  case GGUFType::Int32:
  case GGUFType::Float32:
    return 4;
  case GGUFType::UInt64:
  case GGUFType::Int64:
  case GGUFType::Float64:
    return 8;
  case GGUFType::String:
  case GGUFType::Array:
    break;
  }
  return 0;
}

static bool isUTF8(std::string_view text) {
  const auto *at = reinterpret_cast<const utf8proc_uint8_t *>(text.data());
  const auto *end = at + text.size();
  while (at != end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    utf8proc_int32_t codepoint;
    utf8proc_ssize_t length = utf8proc_iterate(at, end - at, &codepoint);
    if (length < 0)
      return false;
    at += length;
  }
  return true;
}

bool GGUFCursor::fail(uint64_t offset, std::string_view field,
                      std::string_view expected, std::string_view found) {
  error = {ExitCode::InvalidModel,
           fmt::format("{}: {}{} at offset {}: expected {}, found {}", path,
                       subject, field, offset, expected, found)};
  return false;
}

bool GGUFCursor::take(uint64_t size, std::string_view field,
                      std::span<const std::byte> &taken) {
  if (size > bytesLeft())
    return fail(position, field, fmt::format("{} bytes", size),
                fmt::format("{} before the end of the file", bytesLeft()));
  taken = bytes.subspan(position, size);
  position += size;
  return true;
}

bool GGUFCursor::parseString(std::string_view &text, std::string_view field,
                             uint64_t longest) {
  uint64_t at = position;
  uint64_t length;
  if (!read(length, field))
    return false;
  if (length > longest)
    return fail(at, field, fmt::format("at most {} bytes", longest),
                fmt::format("{}", length));
  std::span<const std::byte> raw;
  if (!take(length, field, raw))
    return false;
  text = {reinterpret_cast<const char *>(raw.data()), raw.size()};
  if (!isUTF8(text))
    return fail(at + sizeof(length), field, "valid UTF-8",
                "bytes that are none");
  return true;
}

bool GGUFCursor::parseName(std::string_view &name, std::string_view field,
                           uint64_t longest) {
  uint64_t at = position;
  if (!parseString(name, field, longest))
    return false;
  if (name.empty())
    return fail(at, field, "a name", "an empty string");
  if (escapeControls(name) != name)
    return fail(at, field, "a name without control characters",
                quoteForMessage(name));
  return true;
}

bool GGUFCursor::parseType(GGUFType &type, std::string_view field) {
  uint64_t at = position;
  uint32_t number;
  if (!read(number, field))
    return false;
  constexpr auto last = static_cast<uint32_t>(GGUFType::Float64);
  if (number > last)
    return fail(at, field, fmt::format("a value type from 0 to {}", last),
                fmt::format("{}", number));
  type = static_cast<GGUFType>(number);
  return true;
}

bool GGUFCursor::parseBool(bool &value) {
  uint64_t at = position;
  uint8_t byte;
  if (!read(byte, "value"))
    return false;
  if (byte > 1)
    return fail(at, "value", "a bool of 0 or 1", fmt::format("{}", byte));
  value = byte != 0;
  return true;
}

bool GGUFCursor::parseArray(GGUFArray &array) {
  uint64_t typeAt = position;
  if (!parseType(array.elementType, "element type"))
    return false;
  if (array.elementType == GGUFType::Array)
    return fail(typeAt, "element type", "no array within an array", "one");

  uint64_t countAt = position;
  if (!read(array.count, "element count"))
    return false;
  bool isString = array.elementType == GGUFType::String;
  uint64_t leastBytes =
      isString ? sizeof(uint64_t) : getScalarBytes(array.elementType);
  if (array.count > bytesLeft() / leastBytes)
    return fail(
        countAt, "element count",
        fmt::format("at most {} in the bytes left", bytesLeft() / leastBytes),
        fmt::format("{}", array.count));

  uint64_t begin = position;
  if (isString) {
    std::string_view text;
    for (uint64_t i = 0; i != array.count; ++i)
      if (!parseString(text, "element"))
        return false;
  } else if (array.elementType == GGUFType::Bool) {
    bool value;
    for (uint64_t i = 0; i != array.count; ++i)
      if (!parseBool(value))
        return false;
  } else {
    position += array.count * leastBytes;
  }
  array.bytes = since(begin);
  return true;
}

template <typename T, typename Widest>
bool GGUFCursor::parseNumber(GGUFValue &value) {
  T number;
  if (!read(number, "value"))
    return false;
  value = static_cast<Widest>(number);
  return true;
}

bool GGUFCursor::parseValue(GGUFType type, GGUFValue &value) {
  switch (type) {
  case GGUFType::UInt8:
    return parseNumber<uint8_t, uint64_t>(value);
  case GGUFType::Int8:
    return parseNumber<int8_t, int64_t>(value);
  case GGUFType::UInt16:
    return parseNumber<uint16_t, uint64_t>(value);
  case GGUFType::Int16:
    return parseNumber<int16_t, int64_t>(value);
  case GGUFType::UInt32:
    return parseNumber<uint32_t, uint64_t>(value);
  case GGUFType::Int32:
    return parseNumber<int32_t, int64_t>(value);
  case GGUFType::Float32:
    return parseNumber<float, double>(value);
  case GGUFType::UInt64:
    return parseNumber<uint64_t, uint64_t>(value);
  case GGUFType::Int64:
    return parseNumber<int64_t, int64_t>(value);
  case GGUFType::Float64:
    return parseNumber<double, double>(value);
  case GGUFType::Bool:
    return parseBool(value.emplace<bool>());
  case GGUFType::String:
    return parseString(value.emplace<std::string_view>(), "value");
  case GGUFType::Array:
    return parseArray(value.emplace<GGUFArray>());
  }
  return false;
}
