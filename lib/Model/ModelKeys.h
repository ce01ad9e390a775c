//===- ModelKeys.h - The keys of a file's architecture ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_MODELKEYS_H
#define IGNIS_LIB_MODEL_MODELKEYS_H

#include "ignis/Model/ModelDescription.h"

#include <set>

namespace ignis {

/// Reads a file's keys `ARCHITECTURE.name`, all by `name`. Functions return
/// false once something was wrong, which `error` then says. Each key is used,
/// known to be without effect, or refused.
class ModelKeys {
public:
  ModelKeys(const GGUFFile &file, std::string_view architecture)
      : file(file), architecture(architecture) {}

  bool has(std::string_view name) { return find(name) != nullptr; }

  /// A key that must be there.
  bool readSize(std::string_view name, int64_t &value,
                int64_t most = mostOfAnything);
  bool readPositive(std::string_view name, double &value);
  /// A key that may be there; otherwise `value` stays.
  bool readSizeIfAny(std::string_view name, int64_t &value);
  bool readPositiveIfAny(std::string_view name, double &value);
  /// From 0 on.
  bool readCountIfAny(std::string_view name, int64_t &value);
  /// From 0 to 1.
  bool readShareIfAny(std::string_view name, double &value);
  bool readStringIfAny(std::string_view name, std::string_view &value);

  /// Refuses a value of `name` that is not `expected`, where there is one;
  /// `reason` says why it must be.
  bool expectSize(std::string_view name, int64_t expected,
                  std::string_view reason);

  /// Refuses what was not asked for and may change the result.
  bool refuseRest();

  template <typename... Args>
  bool fail(fmt::format_string<Args...> format, Args &&...args) {
    error = {ExitCode::InvalidModel,
             fmt::format("{}: {}", file.path(),
                         fmt::format(format, std::forward<Args>(args)...))};
    return false;
  }
  /// "key 'x': value at offset n: expected ..., found ...".
  template <typename T>
  bool refuse(std::string_view name, std::string_view expected,
              const T &found) {
    return fail("key {}: value at offset {}: expected {}, found {}",
                quoteForMessage(key(name)), find(name)->fileOffset, expected,
                found);
  }

  static constexpr int64_t mostOfAnything = 2147483647;

  Error error;

private:
  std::string key(std::string_view name) const {
    return fmt::format("{}.{}", architecture, name);
  }
  const GGUFFile::Entry *find(std::string_view name) {
    asked.emplace(name);
    return file.find(key(name));
  }
  template <typename T>
  bool take(Expected<T> from, T &value);

  const GGUFFile &file;
  std::string_view architecture;
  std::set<std::string, std::less<>> asked; ///< names, found or not
};

} // namespace ignis

#endif // IGNIS_LIB_MODEL_MODELKEYS_H
