//===- ResponseStream.h - /v1/responses in pieces --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_RESPONSESTREAM_H
#define IGNIS_LIB_SERVER_RESPONSESTREAM_H

#include "Shapes.h"

namespace ignis {

/// The events of a response: it is created; each of its items, thoughts and then
/// the message, is added, grows and is done; it is completed. Each call returns
/// the lines that come next.
class ResponseStream {
public:
  explicit ResponseStream(const Shape &shape) : shape(shape) {}

  std::string begin();
  /// A piece, as ChoiceText gives it.
  std::string add(const Json &delta);
  /// The end of an answer; `rest` stands in the response beside it.
  std::string finish(const Choice &choice, const Json &usage, const Json &rest);
  std::string fail(std::string_view code, std::string_view message,
                   std::string_view field);

private:
  /// An item that grows.
  enum class Item { None, Reasoning, Message };

  std::string event(const char *type, Json fields);
  std::string open(Item next);
  std::string close(bool isWhole);
  Json place() const;
  Json makeItem(const char *status) const;
  Json makePart() const;

  const Shape &shape;
  Item item = Item::None;
  std::string text; ///< of it
  Json output = Json::array(); ///< the items that are done
  int64_t number = 0;
};

} // namespace ignis

#endif // IGNIS_LIB_SERVER_RESPONSESTREAM_H
