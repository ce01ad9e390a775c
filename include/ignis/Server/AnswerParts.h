//===- AnswerParts.h - Thoughts, calls and what is left ------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_ANSWERPARTS_H
#define IGNIS_SERVER_ANSWERPARTS_H

#include <functional>
#include <string>
#include <string_view>

namespace ignis {

/// Divides what a chat model writes into what it thinks (<think>...</think>, at
/// the beginning only), the functions it calls (<tool_call>...</tool_call>) and
/// content. Text is given on as soon as it is certain what it is, calls when
/// they are whole; one that is no call is content.
class AnswerParts {
public:
  struct Sinks {
    std::function<void(std::string_view)> content, reasoning;
    std::function<void(const std::string &name, const std::string &arguments)>
        call;
  };

  AnswerParts(Sinks sinks, bool startsThinking, bool mayCall)
      : sinks(std::move(sinks)),
        state(startsThinking ? State::Thinking : State::Beginning),
        mayCall(mayCall) {}

  void push(std::string_view text);
  void finish();

private:
  enum class State { Beginning, Thinking, Content, Call };

  bool advance(bool isLast);
  void giveContent(std::string text);
  void giveCall(const std::string &body);
  size_t findCallEnd();

  Sinks sinks;
  State state;
  bool mayCall;
  bool hadContent = false;
  std::string spaces; ///< before content: dropped where none follows
  std::string held;
  /// Of a call: how much of `held` was looked at, and where in its JSON that is.
  size_t scanned = 0;
  bool isInString = false, isEscaped = false;
};

} // namespace ignis

#endif // IGNIS_SERVER_ANSWERPARTS_H
