//===- JSON.cpp - Values from JSON ----------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Template/JSON.h"

#include "Sandbox.h"

#include "ignis/Model/GGUF.h"

#include <nlohmann/json.hpp>

using namespace ignis;
using namespace ignis::jinja;

namespace {

/// What nlohmann's parser tells, which throws nothing.
class Builder : public nlohmann::json_sax<nlohmann::json> {
public:
  /// Of what follows in a message.
  std::string failure;
  Value result;

  bool null() override { return add(None()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    return add(int64_t{value});
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= uint64_t{INT64_MAX})
      return add(static_cast<int64_t>(value));
    return refuse("an integer of 64 bits", fmt::format("{}", value));
  }
  bool number_float(number_float_t value, const string_t &text) override {
    if (text.find_first_of(".eE") == text.npos)
      return refuse("an integer of 64 bits", text);
    return add(double{value});
  }
  bool string(string_t &value) override {
    return add(Value::text(MarkedText(std::move(value), Origin::Caller)));
  }
  bool binary(binary_t &) override { return false; } // JSON has none

  bool start_object(size_t) override { return open(true); }
  bool start_array(size_t) override { return open(false); }
  bool key(string_t &value) override {
    stack.back().key =
        Value::text(MarkedText(std::move(value), Origin::Caller));
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool parse_error(size_t position, const std::string &token,
                   const nlohmann::detail::exception &) override {
    return refuse(
        "JSON", fmt::format("{} at byte {}", quoteForMessage(token), position));
  }

private:
  struct Level {
    bool isObject;
    Mapping mapping;
    std::vector<Value> elements;
    Value key;
  };

  bool refuse(std::string_view expected, std::string_view found) {
    if (failure.empty())
      failure = fmt::format("expected {}, found {}", expected, found);
    return false;
  }

  bool open(bool isObject) {
    if (stack.size() == Sandbox::mostValueDepth)
      return refuse(
          fmt::format("values at most {} levels deep", Sandbox::mostValueDepth),
          "deeper ones");
    stack.push_back({isObject, {}, {}, {}});
    return true;
  }

  bool close() {
    Level level = std::move(stack.back());
    stack.pop_back();
    return add(level.isObject ? Value::mapping(std::move(level.mapping))
                              : Value::sequence(std::move(level.elements)));
  }

  bool add(Value value) {
    if (stack.empty())
      result = std::move(value);
    else if (stack.back().isObject)
      stack.back().mapping.set(stack.back().key, std::move(value));
    else
      stack.back().elements.push_back(std::move(value));
    return true;
  }

  std::vector<Level> stack;
};

} // namespace

Expected<Value> jinja::parseJSON(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
    return makeError(ExitCode::Failure, "{}", builder.failure);
  return std::move(builder.result);
}

Expected<Mapping> jinja::parseJSONObject(std::string_view text) {
  Expected<Value> value = parseJSON(text);
  if (!value)
    return tl::unexpected(std::move(value.error()));
  if (!value->asMapping())
    return makeError(ExitCode::Failure, "expected an object, found {}",
                     value->describe());
  return *value->asMapping();
}
