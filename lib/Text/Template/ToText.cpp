//===- ToText.cpp - Values as they are printed ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ToText.h"

#include "Characters.h"

#include <cmath>

using namespace ignis;
using namespace ignis::jinja;

std::string jinja::formatFloat(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value); // the shortest, as Python's
  if (text.find_first_of(".e") == text.npos)
    text += ".0";
  return text;
}

namespace {

/// Python's repr.
class Writer {
public:
  explicit Writer(Sandbox &sandbox) : sandbox(sandbox) {}

  void write(const Value &value) {
    if (!sandbox.spend(1))
      return;
    if (const MarkedText *text = value.asText())
      writeQuoted(*text);
    else if (const auto *boolean = value.as<bool>())
      add(*boolean ? "True" : "False");
    else if (const auto *integer = value.as<int64_t>())
      add(fmt::format("{}", *integer));
    else if (const auto *real = value.as<double>())
      add(formatFloat(*real));
    else if (value.isNone())
      add("None");
    else if (value.isUndefined())
      add("Undefined");
    else if (const Sequence *sequence = value.asSequence())
      write(*sequence);
    else if (const Mapping *mapping = value.asMapping())
      write(*mapping);
    else
      sandbox.fail("expected a value that can be printed, found {}",
                   value.describe());
  }

  MarkedText take() { return std::move(out); }

private:
  void add(std::string_view text) { out.append(text, Origin::Caller); }

  void write(const Sequence &sequence) {
    if (!sequence.hasPlaces()) {
      sandbox.fail("expected a value that can be printed, found {}: make it a "
                   "list",
                   sequence.kind == Sequence::Kind::View ? "a view"
                                                         : "a generator");
      return;
    }
    bool isTuple = sequence.kind == Sequence::Kind::Tuple;
    add(isTuple ? "(" : "[");
    for (size_t i = 0; i != sequence.elements.size() && !sandbox.failed();
         ++i) {
      if (i != 0)
        add(", ");
      write(sequence.elements[i]);
    }
    if (isTuple && sequence.elements.size() == 1)
      add(",");
    add(isTuple ? ")" : "]");
  }

  void write(const Mapping &mapping) {
    add("{");
    bool isFirst = true;
    for (const auto &[key, value] : mapping.entries()) {
      if (sandbox.failed())
        break;
      if (!std::exchange(isFirst, false))
        add(", ");
      write(key);
      add(": ");
      write(value);
    }
    add("}");
  }

  void writeQuoted(const MarkedText &text) {
    std::string_view bytes = text.bytes();
    if (!sandbox.spend(bytes.size() / 4))
      return;
    bool hasQuote = bytes.find('\'') != bytes.npos;
    char quote = hasQuote && bytes.find('"') == bytes.npos ? '"' : '\'';
    add({&quote, 1});
    for (size_t i = 0; i != bytes.size();) {
      CodePoint c = firstCodePoint(bytes.substr(i));
      std::string escaped = escape(c.value, quote);
      if (escaped.empty())
        out.append(text, i, c.length);
      else
        out.append(escaped, text.originAt(i));
      i += c.length;
    }
    add({&quote, 1});
  }

  /// Empty for what stands for itself.
  static std::string escape(char32_t c, char quote) {
    if (c == static_cast<unsigned char>(quote) || c == '\\')
      return {'\\', static_cast<char>(c)};
    if (c == '\n')
      return "\\n";
    if (c == '\r')
      return "\\r";
    if (c == '\t')
      return "\\t";
    if (isPrintable(c))
      return {};
    auto number = static_cast<uint32_t>(c);
    return number < 0x100     ? fmt::format("\\x{:02x}", number)
           : number < 0x10000 ? fmt::format("\\u{:04x}", number)
                              : fmt::format("\\U{:08x}", number);
  }

  Sandbox &sandbox;
  MarkedText out;
};

} // namespace

MarkedText Evaluator::toText(const Value &value) {
  if (failed() || value.isUndefined())
    return {};
  if (const MarkedText *text = value.asText())
    return spend(text->size() / 16) ? *text : MarkedText();
  Writer writer(*this);
  writer.write(value);
  return writer.take();
}
