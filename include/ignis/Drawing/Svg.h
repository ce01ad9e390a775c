//===- Svg.h - Pictures without a library -----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DRAWING_SVG_H
#define IGNIS_DRAWING_SVG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace ignis {

/// Writes one picture, element by element; closes it when destroyed. What
/// things look like is said by classes: those that every picture has (`page`,
/// `title`, `note`) and the ones of `style`. Both have rules for a dark page.
class SvgWriter {
public:
  /// `style` and `darkStyle` are CSS; the latter is in force on a dark page.
  SvgWriter(llvm::raw_ostream &os, double width, double height,
            llvm::StringRef style, llvm::StringRef darkStyle);
  ~SvgWriter();
  SvgWriter(const SvgWriter &) = delete;
  SvgWriter &operator=(const SvgWriter &) = delete;

  void line(double x1, double y1, double x2, double y2, llvm::StringRef cls);
  void text(double x, double y, const llvm::Twine &text,
            llvm::StringRef cls = "", llvm::StringRef anchor = "start");
  /// One line of words that look different.
  struct Span {
    llvm::StringRef text, cls;
  };
  void text(double x, double y, llvm::ArrayRef<Span> spans,
            llvm::StringRef anchor);
  /// `title` is what shows when the pointer rests on the rectangle; `fill` is a
  /// colour, if the class does not say it.
  void rect(double x, double y, double width, double height,
            llvm::StringRef cls, const llvm::Twine &title = "",
            double radius = 0, llvm::StringRef fill = "");
  /// `data` is a path in SVG's notation.
  void path(const llvm::Twine &data, llvm::StringRef cls,
            const llvm::Twine &title = "");

private:
  void escape(llvm::StringRef text);
  /// Ends an element that began with its attributes.
  void close(llvm::StringRef element, const llvm::Twine &title);

  llvm::raw_ostream &os;
};

/// 46080 as 46,080.
std::string withCommas(int64_t number);

} // namespace ignis

#endif // IGNIS_DRAWING_SVG_H
