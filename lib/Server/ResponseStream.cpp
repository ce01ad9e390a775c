//===- ResponseStream.cpp - /v1/responses in pieces -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResponseStream.h"

using namespace ignis;

std::string ResponseStream::event(const char *type, Json fields) {
  Json value = {{"type", type}, {"sequence_number", number++}};
  value.update(fields);
  return fmt::format("event: {}\n", type) + shape.event(value);
}

/// Where in the response the item that grows stands.
Json ResponseStream::place() const {
  return {{"item_id", item == Item::Reasoning ? shape.reasoningId()
                                              : shape.messageId()},
          {"output_index", output.size()},
          {"content_index", 0}};
}

Json ResponseStream::makeItem(const char *status) const {
  return item == Item::Reasoning ? shape.reasoningItem(text)
                                 : shape.messageItem(text, status);
}

Json ResponseStream::makePart() const {
  return makeItem("in_progress")["content"][0];
}

std::string ResponseStream::begin() {
  Json fields = {{"response", shape.response("in_progress", Json::array(),
                                             Json())}};
  return event("response.created", fields) +
         event("response.in_progress", fields);
}

std::string ResponseStream::open(Item next) {
  item = next;
  text.clear();
  Json begun = makeItem("in_progress");
  begun["content"] = Json::array();
  std::string lines =
      event("response.output_item.added",
            {{"output_index", output.size()}, {"item", std::move(begun)}});
  Json fields = place();
  fields["part"] = makePart();
  return lines + event("response.content_part.added", std::move(fields));
}

std::string ResponseStream::close(bool isWhole) {
  if (item == Item::None)
    return {};
  Json fields = place();
  fields["text"] = text;
  std::string lines;
  if (item == Item::Message) {
    fields["logprobs"] = Json::array();
    lines = event("response.output_text.done", std::move(fields));
  } else {
    lines = event("response.reasoning_text.done", std::move(fields));
  }
  fields = place();
  fields["part"] = makePart();
  lines += event("response.content_part.done", std::move(fields));
  Json done = makeItem(isWhole ? "completed" : "incomplete");
  lines += event("response.output_item.done",
                 {{"output_index", output.size()}, {"item", done}});
  output.push_back(std::move(done));
  item = Item::None;
  return lines;
}

std::string ResponseStream::add(const Json &delta) {
  bool isThought = delta.contains("reasoning_content");
  const Json &piece = delta[isThought ? "reasoning_content" : "content"];
  Item wanted = isThought ? Item::Reasoning : Item::Message;
  std::string lines;
  if (item != wanted) {
    lines = close(true);
    lines += open(wanted);
  }
  text += piece.get_ref<const std::string &>();
  Json fields = place();
  fields["delta"] = piece;
  if (isThought)
    return lines + event("response.reasoning_text.delta", std::move(fields));
  fields["logprobs"] = Json::array();
  return lines + event("response.output_text.delta", std::move(fields));
}

std::string ResponseStream::finish(const Choice &choice, const Json &usage,
                                   const Json &rest) {
  Json whole = shape.whole({&choice, 1}, usage);
  whole.update(rest);
  bool isWhole = whole["status"] == "completed";
  std::string lines;
  // A response has a message, if an empty one.
  if (item != Item::Message) {
    lines = close(true);
    lines += open(Item::Message);
  }
  lines += close(isWhole);
  return lines + event(isWhole ? "response.completed" : "response.incomplete",
                       {{"response", std::move(whole)}});
}

std::string ResponseStream::fail(std::string_view code,
                                 std::string_view message,
                                 std::string_view field) {
  return event("error", {{"code", code},
                         {"message", message},
                         {"param", field.empty() ? Json() : Json(field)}});
}
