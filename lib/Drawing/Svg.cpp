//===- Svg.cpp - Pictures without a library -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/Svg.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace ignis;
using llvm::format;
using llvm::StringRef;
using llvm::Twine;

static constexpr StringRef commonStyle = R"(
  text { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 12px; fill: #333; }
  .page { fill: #fff; }
  .title { font-size: 16px; font-weight: 600; fill: #111; }
  .note { fill: #667; }
)";

static constexpr StringRef commonDarkStyle = R"(
  text { fill: #c9d1d9; }
  .page { fill: #0d1117; }
  .title { fill: #f0f6fc; }
  .note { fill: #8b949e; }
)";

SvgWriter::SvgWriter(llvm::raw_ostream &os, double width, double height,
                     StringRef style, StringRef darkStyle)
    : os(os) {
  os << format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f "
               "%.0f' width='%.0f' height='%.0f'>\n",
               width, height, width, height)
     << "<style>" << commonStyle << style
     << "@media (prefers-color-scheme: dark) {" << commonDarkStyle << darkStyle
     << "}\n</style>\n"
     << "<rect width='100%' height='100%' class='page'/>\n";
}

SvgWriter::~SvgWriter() { os << "</svg>\n"; }

void SvgWriter::line(double x1, double y1, double x2, double y2,
                     StringRef cls) {
  os << format("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='", x1, y1,
               x2, y2)
     << cls << "'/>\n";
}

void SvgWriter::text(double x, double y, const Twine &text, StringRef cls,
                     StringRef anchor) {
  os << format("<text x='%.1f' y='%.1f'", x, y);
  if (!cls.empty())
    os << " class='" << cls << "'";
  if (anchor != "start")
    os << " text-anchor='" << anchor << "'";
  os << '>';
  escape(text.str());
  os << "</text>\n";
}

void SvgWriter::text(double x, double y, llvm::ArrayRef<Span> spans,
                     StringRef anchor) {
  os << format("<text x='%.1f' y='%.1f' text-anchor='", x, y) << anchor << "'>";
  llvm::interleave(
      spans, os,
      [&](const Span &span) {
        os << "<tspan class='" << span.cls << "'>";
        escape(span.text);
        os << "</tspan>";
      },
      " ");
  os << "</text>\n";
}

/// Names come from the IR and may hold anything; XML has no control characters.
void SvgWriter::escape(StringRef text) {
  std::string clean = llvm::json::fixUTF8(text);
  for (char &c : clean)
    if (static_cast<unsigned char>(c) < ' ' && c != '\n')
      c = '?';
  llvm::printHTMLEscaped(clean, os);
}

void SvgWriter::rect(double x, double y, double width, double height,
                     StringRef cls, const Twine &title, double radius,
                     StringRef fill) {
  os << format("<rect x='%.2f' y='%.2f' width='%.2f' height='%.2f'", x, y,
               width, height);
  if (radius != 0)
    os << format(" rx='%.1f'", radius);
  if (!fill.empty())
    os << " fill='" << fill << "'";
  os << " class='" << cls << "'";
  close("rect", title);
}

void SvgWriter::path(const Twine &data, StringRef cls, const Twine &title) {
  os << "<path d='" << data << "' class='" << cls << "'";
  close("path", title);
}

void SvgWriter::close(StringRef element, const Twine &title) {
  std::string words = title.str();
  if (words.empty()) {
    os << "/>\n";
    return;
  }
  os << "><title>";
  escape(words);
  os << "</title></" << element << ">\n";
}

std::string ignis::withCommas(int64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t i = digits.size() - 3; i > 0; i -= 3)
    digits.insert(i, ",");
  return digits;
}
