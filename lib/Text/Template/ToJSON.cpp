//===- ToJSON.cpp - Values as JSON ----------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ToText.h"

#include "Characters.h"

#include <cmath>
#include <list>

using namespace ignis;
using namespace ignis::jinja;

namespace {

class Writer {
public:
  Writer(Evaluator &evaluator, const JSONStyle &style)
      : evaluator(evaluator), style(style) {}

  void write(const Value &value) {
    if (!evaluator.spend(1))
      return;
    if (const MarkedText *text = value.asText()) {
      writeQuoted(*text);
    } else if (const Mapping *mapping = value.asMapping()) {
      write(*mapping);
    } else if (const Sequence *sequence = value.asSequence();
               sequence && sequence->hasPlaces()) {
      write(*sequence);
    } else if (std::optional<std::string> scalar = writeScalar(value)) {
      add(*scalar);
    } else {
      evaluator.fail("expected a value that JSON has, found {}",
                     value.describe());
    }
  }

  MarkedText take() { return std::move(out); }

private:
  void add(std::string_view text) { out.append(text, Origin::Caller); }

  static std::optional<std::string> writeScalar(const Value &value) {
    if (value.isNone())
      return "null";
    if (const auto *boolean = value.as<bool>())
      return *boolean ? "true" : "false";
    if (const auto *integer = value.as<int64_t>())
      return fmt::format("{}", *integer);
    if (const auto *real = value.as<double>())
      return std::isnan(*real)   ? "NaN"
             : std::isinf(*real) ? (*real > 0 ? "Infinity" : "-Infinity")
                                 : formatFloat(*real);
    return std::nullopt;
  }

  /// Between what brackets hold, and behind them.
  void breakLine() {
    if (!style.isIndented)
      return;
    add("\n");
    for (uint32_t i = 0; i != level; ++i)
      add(style.indent);
  }

  template <typename Elements, typename WriteElement>
  void writeElements(std::string_view brackets, const Elements &elements,
                     WriteElement writeElement) {
    add(brackets.substr(0, 1));
    ++level;
    bool isFirst = true;
    for (const auto &element : elements) {
      if (evaluator.failed())
        break;
      if (!std::exchange(isFirst, false))
        add(style.itemSeparator);
      evaluator.spend(level * style.indent.size() / 16);
      breakLine();
      writeElement(element);
    }
    --level;
    if (!isFirst)
      breakLine();
    add(brackets.substr(1));
  }

  void write(const Sequence &sequence) {
    writeElements("[]", sequence.elements,
                  [&](const Value &element) { write(element); });
  }

  void write(const Mapping &mapping) {
    auto writeEntry = [&](const Mapping::Entry &entry) {
      if (const MarkedText *key = entry.first.asText())
        writeQuoted(*key);
      else if (std::optional<std::string> key = writeScalar(entry.first))
        add(fmt::format("\"{}\"", *key));
      add(style.keySeparator);
      write(entry.second);
    };
    if (!style.sortsKeys) {
      writeElements("{}", mapping.entries(), writeEntry);
      return;
    }
    std::list<Mapping::Entry> entries(mapping.entries().begin(),
                                      mapping.entries().end());
    entries.sort([&](const Mapping::Entry &a, const Mapping::Entry &b) {
      return evaluator.compare("<", a.first, b.first);
    });
    writeElements("{}", entries, writeEntry);
  }

  void writeQuoted(const MarkedText &text) {
    if (!evaluator.spend(text.size() / 4))
      return;
    add("\"");
    for (size_t i = 0; i != text.size();) {
      CodePoint c = firstCodePoint(text.bytes().substr(i));
      std::string escaped = escape(c.value);
      if (escaped.empty())
        out.append(text, i, c.length);
      else
        out.append(escaped, text.originAt(i));
      i += c.length;
    }
    add("\"");
  }

  /// Empty for what stands for itself.
  std::string escape(char32_t c) const {
    constexpr std::string_view escaped = "\"\\\n\r\t\b\f";
    constexpr std::string_view letters = "\"\\nrtbf";
    if (c < 0x80)
      if (size_t i = escaped.find(static_cast<char>(c)); i != escaped.npos)
        return {'\\', letters[i]};
    auto number = static_cast<uint32_t>(c);
    if (number >= 0x20 && (!style.isAscii || number < 0x7f))
      return {};
    if (number < 0x10000)
      return fmt::format("\\u{:04x}", number);
    return fmt::format("\\u{:04x}\\u{:04x}", 0xd7c0 + (number >> 10),
                       0xdc00 + (number & 0x3ff));
  }

  Evaluator &evaluator;
  const JSONStyle &style;
  MarkedText out;
  uint32_t level = 0;
};

} // namespace

MarkedText jinja::toJSON(Evaluator &evaluator, const Value &value,
                         const JSONStyle &style) {
  Writer writer(evaluator, style);
  writer.write(value);
  return writer.take();
}
