//===- Fields.h - The fields of a request in JSON ------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_FIELDS_H
#define IGNIS_LIB_SERVER_FIELDS_H

#include "ignis/Server/Requests.h"
#include "ignis/Support/JSONNumber.h"

#include <limits>
#include <set>

namespace ignis {

using Json = nlohmann::ordered_json;

/// At most 60 bytes of a value, for messages.
std::string showValue(const Json &value);

/// A text, tokens, or a list of at most `most` of either.
tl::expected<std::vector<Prompt>, ApiError>
readPrompts(const Json &value, const std::string &field, size_t most);

template <typename... Args>
tl::unexpected<ApiError> refuseField(std::string field,
                                     fmt::format_string<Args...> format,
                                     Args &&...args) {
  return tl::unexpected(
      ApiError{400, fmt::format(format, std::forward<Args>(args)...),
               std::move(field)});
}

/// Reads the fields of an object one by one; the first mistake is kept, and what
/// follows it reads nothing. A field that is null is absent.
class Fields {
public:
  explicit Fields(const Json &object) : object(object) {}

  /// Null if it is absent.
  const Json *find(const std::string &name) {
    known.insert(name);
    auto found = object.find(name);
    return error || found == object.end() || found->is_null() ? nullptr
                                                              : &*found;
  }

  template <typename T>
  void number(const std::string &name, T least, T most, T &into) {
    const Json *value = find(name);
    if (!value)
      return;
    std::optional<T> number = readNumber(*value, least, most);
    if (!number)
      return refuse(name, "{} from {} to {}",
                    std::is_integral_v<T> ? "a whole number" : "a number",
                    least, most);
    into = *number;
  }
  void boolean(const std::string &name, bool &into) {
    if (const Json *value = find(name)) {
      if (!value->is_boolean())
        return refuse(name, "true or false");
      into = value->get<bool>();
    }
  }
  void text(const std::string &name, std::string &into) {
    if (const Json *value = find(name)) {
      if (!value->is_string())
        return refuse(name, "a text");
      into = value->get<std::string>();
    }
  }
  /// A field that asks for nothing by this value, and is refused with another.
  void only(const std::string &name, const Json &allowed) {
    const Json *value = find(name);
    if (value && *value != allowed)
      refuse(name, "{}, as nothing else is supported", allowed.dump());
  }
  /// Fields that change no answer.
  void ignore(std::initializer_list<const char *> names) {
    for (const char *name : names)
      known.insert(name);
  }

  template <typename... Args>
  void refuse(const std::string &name, fmt::format_string<Args...> format,
              Args &&...args) {
    auto found = object.find(name);
    fail({400,
          fmt::format("{}: expected {}, found {}", name,
                      fmt::format(format, std::forward<Args>(args)...),
                      found == object.end() ? "nothing" : showValue(*found)),
          name});
  }
  void fail(ApiError mistake) {
    if (!error)
      error = std::move(mistake);
  }
  template <typename T>
  void take(tl::expected<T, ApiError> from, T &into) {
    if (from)
      into = std::move(*from);
    else
      fail(std::move(from.error()));
  }

  /// Refuses fields that nobody has asked for.
  tl::expected<void, ApiError> finish() {
    for (const auto &[name, value] : object.items())
      if (!known.contains(name) && !value.is_null())
        fail({400, fmt::format("{}: is not supported", name), name});
    if (error)
      return tl::unexpected(*error);
    return {};
  }
  /// The same of an object that is a field.
  void finish(const std::string &name, Fields &inner) {
    if (auto done = inner.finish(); !done)
      fail({400, name + "." + done.error().message, name});
  }
  bool failed() const { return error.has_value(); }

private:
  const Json &object;
  std::set<std::string> known;
  std::optional<ApiError> error;
};

} // namespace ignis

#endif // IGNIS_LIB_SERVER_FIELDS_H
