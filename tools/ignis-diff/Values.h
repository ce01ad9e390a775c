//===- Values.h - Elements of what operations computed -------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DIFF_VALUES_H
#define IGNIS_DIFF_VALUES_H

#include "Trace.h"

namespace ignis::diff {

/// A value of a call, element by element: a row has a number of columns, each
/// of so many bytes, which need not follow one another.
class Values {
public:
  /// Refuses a place that the call does not have.
  static Expected<Values> of(const TracedProgram &program, const Call &call,
                             const ListedValue &value);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  /// The bits of an element.
  uint64_t bits(int64_t row, int64_t column) const;
  /// What an element is called and what it is, for people.
  std::string place(int64_t row, int64_t column) const;
  std::string show(int64_t row, int64_t column) const;
  /// As a number; of quantised rows, what it stands for.
  double number(int64_t row, int64_t column) const;

private:
  Values(const TracedProgram &program, const Call &call,
         const ListedValue &value)
      : program(program), call(call), value(value) {}
  bool isCache() const { return value.place == ListedValue::Place::Cache; }
  const uint8_t *at(int64_t row, int64_t column) const;
  const uint8_t *atCache(int64_t row, int64_t column) const;
  size_t width() const;
  bool fits() const;

  const TracedProgram &program;
  const Call &call;
  const ListedValue &value;
  int64_t rows_ = 0;
  int64_t columns_ = 0;
  int64_t begin = 0; ///< of the first row
};

} // namespace ignis::diff

#endif // IGNIS_DIFF_VALUES_H
