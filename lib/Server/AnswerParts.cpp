//===- AnswerParts.cpp - Thoughts, calls and what is left -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/AnswerParts.h"

#include "ignis/Support/JSONNesting.h"
#include "ignis/Support/OrderedJSON.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

using namespace ignis;

static constexpr std::string_view space = " \t\r\n";
static constexpr std::string_view think = "<think>", thought = "</think>",
                                  call = "<tool_call>",
                                  called = "</tool_call>";

/// How much of the end of `text` may be the beginning of `mark`.
static size_t findBeginning(std::string_view text, std::string_view mark) {
  size_t length = std::min(text.size(), mark.size() - 1);
  while (!mark.starts_with(text.substr(text.size() - length)))
    --length;
  return length;
}

void AnswerParts::push(std::string_view text) {
  held += text;
  while (advance(false))
    ;
}

void AnswerParts::finish() {
  while (advance(true))
    ;
}

/// Spaces around calls, and after thoughts, belong to no answer.
void AnswerParts::giveContent(std::string text) {
  text = std::exchange(spaces, {}) + text;
  if (!hadContent)
    text.erase(0, std::min(text.find_first_not_of(space), text.size()));
  size_t end = mayCall ? text.find_last_not_of(space) + 1 : text.size();
  spaces = text.substr(end);
  text.resize(end);
  if (text.empty())
    return;
  hadContent = true;
  sinks.content(text);
}

/// Where a call that `held` begins with has its end mark, or npos. Inside a string
/// the mark is a part of that; as no string goes over a line's end, what does is
/// no JSON, and its quotes mean nothing.
size_t AnswerParts::findCallEnd() {
  for (; scanned != held.size(); ++scanned) {
    char c = held[scanned];
    if (c == '\n') {
      isInString = isEscaped = false;
    } else if (isEscaped || c == '\\') {
      isEscaped = isInString && !isEscaped;
    } else if (c == '"') {
      isInString = !isInString;
    } else if (c == called[0] && !isInString) {
      std::string_view rest = std::string_view(held).substr(scanned);
      if (rest.starts_with(called))
        return scanned;
      if (called.starts_with(rest))
        break; // it may be, with what comes
    }
  }
  return std::string::npos;
}

void AnswerParts::giveCall(const std::string &body) {
  using Json = nlohmann::ordered_json;
  // What a model writes may be nested deeper than there is stack for.
  Json json = isJSONShallow(body) ? parseOrderedJSON(body) : Json();
  bool isCall = json.is_object() && json.contains("name") &&
                json["name"].is_string() && json.contains("arguments") &&
                json["arguments"].is_object();
  if (!isCall)
    return giveContent(fmt::format("{}{}{}", call, body, called));
  sinks.call(json["name"].get<std::string>(), json["arguments"].dump());
}

/// One step further. False if there is nothing to say before more text comes.
bool AnswerParts::advance(bool isLast) {
  switch (state) {
  case State::Beginning: {
    size_t first = held.find_first_not_of(space);
    std::string_view rest =
        first == std::string::npos ? std::string_view()
                                   : std::string_view(held).substr(first);
    if (rest.starts_with(think)) {
      held.erase(0, first + think.size());
      state = State::Thinking;
      return true;
    }
    if (think.starts_with(rest) && !isLast)
      return false;
    // A mark alone shows that it thinks: what it says begins as it is.
    hadContent = true;
    state = State::Content;
    return true;
  }
  case State::Thinking: {
    size_t end = held.find(thought);
    bool ends = end != std::string::npos;
    if (!ends)
      end = held.size() - (isLast ? 0 : findBeginning(held, thought));
    if (end != 0)
      sinks.reasoning(std::string_view(held).substr(0, end));
    held.erase(0, end + (ends ? thought.size() : 0));
    if (ends) {
      state = State::Content;
      hadContent = false;
    }
    return ends;
  }
  case State::Content: {
    size_t begin = mayCall ? held.find(call) : std::string::npos;
    bool begins = begin != std::string::npos;
    if (!begins)
      begin = held.size() -
              (isLast || !mayCall ? 0 : findBeginning(held, call));
    giveContent(held.substr(0, begin));
    held.erase(0, begin + (begins ? call.size() : 0));
    if (begins)
      state = State::Call;
    return begins;
  }
  case State::Call: {
    size_t end = findCallEnd();
    if (end == std::string::npos && isLast) // no JSON: any mark ends it
      end = held.find(called);
    if (end == std::string::npos) {
      if (isLast && !held.empty())
        giveContent(std::string(call) + std::exchange(held, {}));
      return false;
    }
    giveCall(held.substr(0, end));
    held.erase(0, end + called.size());
    state = State::Content;
    spaces.clear();
    scanned = 0;
    isInString = isEscaped = false;
    return true;
  }
  }
  return false;
}
