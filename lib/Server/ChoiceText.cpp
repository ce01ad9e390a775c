//===- ChoiceText.cpp - From tokens to the parts of an answer -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoiceText.h"

using namespace ignis;

ChoiceText::ChoiceText(const Tokenizer &tokenizer, const ApiRequest &request,
                       bool startsThinking, size_t index, Sink sink)
    : index(index), hasParts(request.kind != ApiRequest::Kind::Completion),
      sink(std::move(sink)), text(tokenizer, request.stops),
      parts(makeSinks(), startsThinking, !request.tools.empty()) {}

AnswerParts::Sinks ChoiceText::makeSinks() {
  return {[this](std::string_view text) {
            choice.content += text;
            sink({{"content", text}});
          },
          [this](std::string_view text) {
            choice.reasoning += text;
            sink({{"reasoning_content", text}});
          },
          [this](const std::string &name, const std::string &arguments) {
            auto number = choice.calls.size();
            Json call = {{"id", fmt::format("call_{}_{}", index, number)},
                         {"type", "function"},
                         {"function",
                          {{"name", name}, {"arguments", arguments}}}};
            choice.calls.push_back(call);
            Json delta = {{"index", number}};
            delta.update(call);
            sink({{"tool_calls", Json::array({delta})}});
          }};
}

void ChoiceText::put(std::string piece) {
  if (hasParts)
    return parts.push(piece);
  choice.content += piece;
  if (!piece.empty())
    sink({{"content", piece}});
}

bool ChoiceText::take(int32_t token) {
  put(text.push(token));
  return !text.isStopped();
}

const char *ChoiceText::finish(bool isCut) {
  put(text.finish());
  parts.finish();
  choice.reason = !choice.calls.empty() ? "tool_calls"
                  : isCut               ? "length"
                                        : "stop";
  return choice.reason;
}
