//===- Lexer.cpp - A template's text and tags, as tokens ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lexer.h"

#include "Characters.h"

#include <fmt/format.h>

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// The source
//===----------------------------------------------------------------------===//

Lexer::Lexer(std::string_view text) {
  source.reserve(text.size());
  for (size_t i = 0; i != text.size(); ++i) {
    bool isPair =
        text[i] == '\r' && i + 1 != text.size() && text[i + 1] == '\n';
    if (!isPair)
      source += text[i] == '\r' ? '\n' : text[i];
  }
  if (source.ends_with('\n'))
    source.pop_back();
}

bool Lexer::fail(uint32_t where, std::string_view what) {
  if (!message)
    message = fmt::format("line {}: {}", where, what);
  return false;
}

void Lexer::advance(size_t length) {
  std::string_view passed = rest().substr(0, length);
  line += static_cast<uint32_t>(std::ranges::count(passed, '\n'));
  position += passed.size();
  if (!passed.empty())
    beginsLine = passed.back() == '\n';
}

void Lexer::skipSpace() { advance(rest().size() - trimLeft(rest()).size()); }

void Lexer::skipLineEnd() {
  if (startsWith("\n"))
    advance(1);
}

//===----------------------------------------------------------------------===//
// Between tags
//===----------------------------------------------------------------------===//

bool Lexer::run() {
  while (!message) {
    size_t begin = source.find('{', position);
    while (begin != source.npos &&
           (begin + 1 == source.size() ||
            std::string_view("{%#").find(source[begin + 1]) ==
                std::string_view::npos))
      begin = source.find('{', begin + 1);
    if (begin == source.npos) {
      if (!rest().empty())
        push(TokenKind::Text, std::string(rest()));
      advance(rest().size());
      push(TokenKind::End, "the end");
      return true;
    }
    lexMarkup(begin);
  }
  return false;
}

/// What begins with {{, {% or {# at `begin`, and the text before it.
bool Lexer::lexMarkup(size_t begin) {
  char kind = source[begin + 1];
  char sign = begin + 2 < source.size() ? source[begin + 2] : '\0';
  if (sign != '-' && sign != '+')
    sign = '\0';
  pushText(begin, kind, sign);
  if (kind == '#')
    return skipComment(sign ? 3 : 2);
  if (kind == '%')
    if (std::optional<size_t> length = findRawEnd())
      return lexRaw(*length);
  push(kind == '{' ? TokenKind::PrintBegin : TokenKind::TagBegin,
       kind == '{' ? "{{" : "{%");
  advance(sign ? 3 : 2);
  return lexTag(kind == '{');
}

/// The text from `position` to `begin`, where a tag begins.
void Lexer::pushText(size_t begin, char kind, char sign) {
  std::string_view text = rest().substr(0, begin - position);
  std::string_view kept = text;
  if (sign == '-') {
    kept = trimRight(text);
  } else if (sign != '+' && kind != '{') {
    size_t lineBegin = text.rfind('\n') + 1; // 0 if there is none
    if ((lineBegin > 0 || beginsLine) &&
        trimLeft(text.substr(lineBegin)).empty())
      kept = text.substr(0, lineBegin);
  }
  if (!kept.empty())
    push(TokenKind::Text, std::string(kept));
  advance(text.size());
}

bool Lexer::skipComment(size_t openingLength) {
  size_t text = position + openingLength;
  size_t end = source.find("#}", text);
  if (end == source.npos)
    return fail(line, "{#: expected #} after it, found the end");
  char sign = end > text ? source[end - 1] : '\0';
  advance(end + 2 - position);
  if (sign == '-')
    skipSpace();
  else if (sign != '+')
    skipLineEnd();
  return true;
}

/// The length of {% raw %}, if that is what stands here.
std::optional<size_t> Lexer::findRawEnd() const {
  std::string_view text = rest().substr(2);
  if (text.starts_with('-') || text.starts_with('+'))
    text.remove_prefix(1);
  text = trimLeft(text);
  if (!text.starts_with("raw"))
    return std::nullopt;
  text = trimLeft(text.substr(3));
  if (text.starts_with("-%}"))
    return rest().size() - trimLeft(text.substr(3)).size();
  if (text.starts_with("%}"))
    return rest().size() - text.size() + 2;
  return std::nullopt;
}

/// Text up to {% endraw %}, whatever stands in it.
bool Lexer::lexRaw(size_t openingLength) {
  uint32_t begin = line;
  advance(openingLength);
  for (size_t tag = source.find("{%", position); tag != source.npos;
       tag = source.find("{%", tag + 2)) {
    std::string_view text = std::string_view(source).substr(tag + 2);
    char sign = text.empty() ? '\0' : text.front();
    if (sign == '-' || sign == '+')
      text.remove_prefix(1);
    text = trimLeft(text);
    if (!text.starts_with("endraw"))
      continue;
    text = trimLeft(text.substr(6));
    char endSign = text.empty() ? '\0' : text.front();
    if (endSign == '-' || endSign == '+')
      text.remove_prefix(1);
    if (!text.starts_with("%}"))
      continue;
    pushText(tag, '%', sign);
    advance(rest().size() - text.size() + 2);
    if (endSign == '-')
      skipSpace();
    else if (endSign != '+')
      skipLineEnd();
    return true;
  }
  return fail(begin,
              "{% raw %}: expected {% endraw %} after it, found the end");
}
