//===- ChatMessages.cpp - Messages, tools and formats of requests ---------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChatMessages.h"

#include "ignis/Engine/ChatPrompt.h"

using namespace ignis;

/// JSON without any bound but its own.
static constexpr const char *anyObject =
    R"({"type": "object", "additionalProperties": true})";

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

static void readNamedSchema(Fields &fields, ApiRequest &request) {
  fields.ignore({"name", "description", "strict"});
  const Json *schema = fields.find("schema");
  if (!schema || !(schema->is_object() || schema->is_boolean()))
    return fields.refuse("schema", "a schema");
  request.schema = schema->dump();
}

/// {"type": "text"}, {"type": "json_object"} or a schema, that two interfaces
/// have in two places: in the field `place`, or beside the type.
static void readFormat(Fields &fields, const std::string &name,
                       const char *place, ApiRequest &request) {
  const Json *format = fields.find(name);
  if (!format)
    return;
  if (!format->is_object())
    return fields.refuse(name, "an object with a type");
  Fields members(*format);
  std::string type;
  members.text("type", type);
  if (type == "json_object") {
    request.schema = anyObject;
  } else if (type == "json_schema" && !place) {
    readNamedSchema(members, request);
  } else if (type == "json_schema") {
    const Json *named = members.find(place);
    if (!named || !named->is_object())
      return fields.refuse(name, "a {} with a schema", place);
    Fields inner(*named);
    readNamedSchema(inner, request);
    members.finish(place, inner);
  } else if (type != "text") {
    members.refuse("type", "text, json_object or json_schema");
  }
  fields.finish(name, members);
}

void ignis::readSchema(Fields &fields, ApiRequest &request) {
  readFormat(fields, "response_format", "json_schema", request);
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

/// A text, or parts that are texts.
static std::optional<std::string> readContent(const Json &content) {
  if (content.is_string())
    return content.get<std::string>();
  if (!content.is_array())
    return std::nullopt;
  std::string whole;
  for (const Json &part : content) {
    bool isText = part.is_object() && part.contains("type") &&
                  part["type"].is_string() && part.contains("text") &&
                  part["text"].is_string();
    const std::string &type =
        isText ? part["type"].get_ref<const std::string &>() : "";
    if (type != "text" && type != "input_text" && type != "output_text")
      return std::nullopt;
    whole += part["text"].get_ref<const std::string &>();
  }
  return whole;
}

/// Calls as templates take them: arguments as what they are, not as their text.
static std::optional<Json> readCalls(const Json &calls) {
  Json read = Json::array();
  if (!calls.is_array())
    return std::nullopt;
  for (const Json &call : calls) {
    const Json function =
        call.is_object() ? call.value("function", Json()) : Json();
    bool isCall = function.is_object() && function.contains("name") &&
                  function["name"].is_string() &&
                  function.contains("arguments") &&
                  function["arguments"].is_string();
    if (!isCall)
      return std::nullopt;
    auto arguments =
        parseBody(function["arguments"].get_ref<const std::string &>());
    if (!arguments)
      return std::nullopt;
    Json entry = {{"type", "function"},
                  {"function",
                   {{"name", function["name"]}, {"arguments", *arguments}}}};
    if (call.contains("id"))
      entry["id"] = call["id"];
    read.push_back(std::move(entry));
  }
  return read;
}

static tl::expected<Json, ApiError> readMessage(const Json &message,
                                                const std::string &field) {
  auto refuse = [&](std::string_view expected) {
    return refuseField(field, "{}: expected {}, found {}", field, expected,
                       showValue(message));
  };
  if (!message.is_object())
    return refuse("a message");
  Json role = message.value("role", Json());
  auto known = role.is_string()
                   ? findRole(role.get_ref<const std::string &>())
                   : std::nullopt;
  if (!known)
    return refuse(fmt::format("a role of {}", knownRoles));
  Json read = {{"role", *known}};
  Json content = message.value("content", Json());
  bool mayBeSilent = role == "assistant";
  std::optional<std::string> text = content.is_null() && mayBeSilent
                                        ? std::string()
                                        : readContent(content);
  if (!text)
    return refuse("a content of text");
  read["content"] = *text;
  for (const auto &[name, value] : message.items()) {
    if (value.is_null() || name == "role" || name == "content")
      continue;
    if (name == "tool_calls" && role == "assistant") {
      std::optional<Json> calls = readCalls(value);
      if (!calls)
        return refuse("tool_calls with a function's name and its arguments, a "
                      "text of JSON");
      if (!calls->empty())
        read["tool_calls"] = std::move(*calls);
    } else if ((name == "name" || name == "tool_call_id" ||
                name == "reasoning_content") &&
               value.is_string()) {
      read[name] = value;
    } else {
      return refuseField(field, "{}.{}: is not supported", field, name);
    }
  }
  return read;
}

static tl::expected<std::string, ApiError>
readMessages(const Json &messages, const std::string &field) {
  if (!messages.is_array() || messages.empty())
    return refuseField(field, "{}: expected a list of messages, found {}",
                       field, showValue(messages));
  Json read = Json::array();
  for (size_t i = 0; i != messages.size(); ++i) {
    auto message = readMessage(messages[i], fmt::format("{}[{}]", field, i));
    if (!message)
      return tl::unexpected(message.error());
    read.push_back(std::move(*message));
  }
  return read.dump();
}

//===----------------------------------------------------------------------===//
// Tools
//===----------------------------------------------------------------------===//

static void readFunction(Fields &members, const Json &value,
                         ApiRequest &request) {
  Fields function(value);
  Tool tool;
  function.text("name", tool.name);
  if (tool.name.empty())
    function.refuse("name", "a name");
  tool.parameters = anyObject;
  if (const Json *parameters = function.find("parameters")) {
    if (!parameters->is_object())
      function.refuse("parameters", "a schema");
    tool.parameters = parameters->dump();
  }
  function.ignore({"description", "strict"}); // templates write them
  members.finish("function", function);
  request.functions.push_back(std::move(tool));
}

static void readTools(Fields &fields, ApiRequest &request) {
  const Json *tools = fields.find("tools");
  if (!tools)
    return;
  if (!tools->is_array())
    return fields.refuse("tools", "a list");
  for (const Json &tool : *tools) {
    if (!tool.is_object())
      return fields.refuse("tools", "functions");
    Fields members(tool);
    std::string type;
    members.text("type", type);
    const Json *function = members.find("function");
    if (type != "function" || !function || !function->is_object())
      return fields.refuse("tools", "functions");
    readFunction(members, *function, request);
    fields.finish("tools", members);
  }
  if (fields.failed() || tools->empty())
    return;
  request.tools = tools->dump();
  request.toolChoice = ToolChoice::Auto;
}

static void readToolChoice(Fields &fields, ApiRequest &request) {
  const Json *choice = fields.find("tool_choice");
  if (!choice)
    return;
  if (*choice == "none") {
    request.toolChoice = ToolChoice::None;
    request.tools.clear();
    return;
  }
  if (*choice == "auto" && request.tools.empty())
    return;
  std::string name;
  if (choice->is_object() && choice->value("type", Json()) == "function") {
    Json function = choice->value("function", Json());
    Json named = function.is_object() ? function.value("name", Json()) : Json();
    if (named.is_string())
      name = named;
  }
  std::erase_if(request.functions, [&](const Tool &tool) {
    return !name.empty() && tool.name != name;
  });
  bool isKnown = *choice == "auto" || *choice == "required" || !name.empty();
  if (!isKnown || request.functions.empty())
    return fields.refuse("tool_choice",
                         "none, auto, required or one of the tools");
  if (*choice != "auto")
    request.toolChoice = ToolChoice::Required;
}

/// True asks for nothing: a model calls as it likes.
static void readParallelCalls(Fields &fields, const ApiRequest &request) {
  bool mayBeParallel = true;
  fields.boolean("parallel_tool_calls", mayBeParallel);
  if (!mayBeParallel && request.toolChoice == ToolChoice::Auto)
    fields.refuse("parallel_tool_calls",
                  "true, or a tool_choice of required or of a function, which "
                  "give one call");
}

//===----------------------------------------------------------------------===//
// Whole requests
//===----------------------------------------------------------------------===//

void ignis::readChat(Fields &fields, ApiRequest &request) {
  if (const Json *messages = fields.find("messages"))
    fields.take(readMessages(*messages, "messages"), request.messages);
  else
    fields.refuse("messages", "a list of messages");
  readSchema(fields, request);
  readTools(fields, request);
  readToolChoice(fields, request);
  readParallelCalls(fields, request);
  fields.only("modalities", Json::array({"text"}));
  if (const Json *variables = fields.find("chat_template_kwargs")) {
    if (!variables->is_object() || variables->contains("messages") ||
        variables->contains("tools") ||
        variables->contains("add_generation_prompt"))
      return fields.refuse("chat_template_kwargs",
                           "an object without messages, tools and "
                           "add_generation_prompt");
    request.templateFields = variables->dump();
  }
  bool isBound = !request.schema.empty() || !request.grammar.empty();
  if (isBound && request.toolChoice != ToolChoice::None)
    fields.refuse("tools", "no response_format or grammar beside it");
}

void ignis::readResponse(Fields &fields, ApiRequest &request) {
  Json messages = Json::array();
  std::string instructions;
  fields.text("instructions", instructions);
  if (!instructions.empty())
    messages.push_back({{"role", "system"}, {"content", instructions}});
  const Json *input = fields.find("input");
  if (!input)
    return fields.refuse("input", "a text or a list of messages");
  if (input->is_string())
    messages.push_back({{"role", "user"}, {"content", *input}});
  else if (input->is_array())
    for (Json message : *input) {
      if (message.is_object() && message.value("type", Json()) == "message")
        message.erase("type");
      if (message.is_object())
        message.erase("id"), message.erase("status");
      messages.push_back(std::move(message));
    }
  fields.take(readMessages(messages, "input"), request.messages);
  if (const Json *text = fields.find("text")) {
    if (!text->is_object())
      return fields.refuse("text", "an object with a format");
    Fields members(*text);
    readFormat(members, "format", nullptr, request);
    fields.finish("text", members);
  }
  fields.only("n", 1);
  fields.only("truncation", "disabled");
  fields.only("background", false);
  fields.only("tools", Json::array());
}
