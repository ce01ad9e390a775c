//===- SchemaCompiler.h - JSON that is valid by a schema --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_GRAMMAR_SCHEMACOMPILER_H
#define IGNIS_LIB_GRAMMAR_SCHEMACOMPILER_H

#include "JSONText.h"
#include "SchemaKeywords.h"

#include <unordered_map>

namespace ignis {

/// Adds what is valid by a schema to a grammar. References lead into this schema
/// alone, whatever stands around it.
class SchemaCompiler {
public:
  using Expr = Grammar::Expr;

  SchemaCompiler(Grammar &grammar, JSONText &json, Schema schema)
      : root(std::move(schema)), grammar(grammar), json(json) {}

  Expected<Expr> compile() { return visit(root, "#"); }
  /// The same where the values have to be objects; any of them by a schema that
  /// says nothing.
  Expected<Expr> compileObjects();

private:
  using Rule = Grammar::Rule;
  static constexpr int mostDepth = 100;

  /// The rule of a schema, which stands at `path`; made once.
  Expected<Expr> visit(const Schema &schema, const std::string &path);
  Expected<Expr> build(const Schema &schema, const std::string &path);
  Expected<Expr> buildAlternatives(const Schema &alternatives,
                                   const std::string &path);
  Expected<Expr> buildConstants(const Schema &schema, const Schema &values,
                                const std::string &path);
  Expected<Expr> buildType(const Schema &schema, const std::string &type,
                           const std::string &path);
  Expected<Expr> buildObject(const Schema &schema, const std::string &path);
  Expected<Expr> buildArray(const Schema &schema, const std::string &path);
  Expected<Expr> buildString(const Schema &schema, const std::string &path);
  Expected<Expr> buildNumber(const Schema &schema, bool isInteger,
                             const std::string &path);

  struct Member {
    Expr pair;
    bool isRequired;
  };
  Expected<std::vector<Member>> listMembers(const Schema &schema,
                                            const std::string &path);
  Expr putTogether(const std::vector<Member> &members,
                   std::optional<Expr> others);

  /// Refuses keywords but these and annotations.
  Expected<void> allowOnly(const Schema &schema, const std::string &path,
                           std::initializer_list<std::string_view> allowed);
  Expected<std::optional<uint32_t>> getCount(const Schema &schema,
                                             const char *keyword,
                                             const std::string &path);
  Expected<std::optional<Bound>> getBound(const Schema &schema,
                                          const char *inclusive,
                                          const char *exclusive, bool isLow,
                                          const std::string &path);

  template <typename... Args>
  static tl::unexpected<Error> refuse(const std::string &path,
                                      fmt::format_string<Args...> format,
                                      Args &&...args) {
    return makeError(ExitCode::Usage, "schema, {}: {}", path,
                     fmt::format(format, std::forward<Args>(args)...));
  }

  const Schema root;
  std::deque<Schema> merged; ///< of allOf: rules are found by address
  Grammar &grammar;
  JSONText &json;
  std::unordered_map<const Schema *, Rule> rules;
  int depth = 0;
};

} // namespace ignis

#endif // IGNIS_LIB_GRAMMAR_SCHEMACOMPILER_H
