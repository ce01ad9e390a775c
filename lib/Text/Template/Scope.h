//===- Scope.h - The names of a block ---------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_SCOPE_H
#define IGNIS_LIB_TEXT_TEMPLATE_SCOPE_H

#include "Evaluator.h"

namespace ignis::jinja {

struct Evaluator::Scope {
  Scope *outer = nullptr;
  bool isKept = false; ///< a macro refers to it
  /// By the names of the syntax; there are few.
  std::vector<std::pair<std::string_view, Value>> variables;
};

/// A scope within `outer`, current while the guard lives.
class Evaluator::ScopeGuard {
public:
  ScopeGuard(Evaluator &evaluator, Scope *outer)
      : evaluator(evaluator), around(evaluator.scope),
        scope(std::make_unique<Scope>()) {
    scope->outer = outer;
    evaluator.scope = scope.get();
  }
  explicit ScopeGuard(Evaluator &evaluator)
      : ScopeGuard(evaluator, evaluator.scope) {}
  ScopeGuard(const ScopeGuard &) = delete;
  ~ScopeGuard() {
    evaluator.scope = around;
    if (scope->isKept)
      evaluator.keptScopes.push_back(std::move(scope));
  }

private:
  Evaluator &evaluator;
  Scope *around;
  std::unique_ptr<Scope> scope;
};

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_SCOPE_H
