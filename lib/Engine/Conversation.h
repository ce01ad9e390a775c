//===- Conversation.h - Talking with a model --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_CONVERSATION_H
#define IGNIS_LIB_ENGINE_CONVERSATION_H

#include "Dialogue.h"
#include "Generator.h"

#include "ignis/Support/LineReader.h"

namespace ignis {

/// Whether text at a terminal is in colours, as `--color` and NO_COLOR say.
bool isColoured(const Options &options);

/// Turn by turn: a message (the prompt's, then what is read), then the model's
/// answer. Each prompt is the template's text of all messages so far, so that
/// what a template does with earlier answers, such as leaving out what the
/// model thought, happens here too. What the prompt has in common with the text
/// so far is not computed again. Someone at a terminal has commands besides,
/// and may interrupt an answer.
class Conversation {
public:
  Conversation(const Options &options, const ChatTemplate &chat,
               const Tokenizer &tokenizer, Generator &generator,
               const Executor &executor, RunStats &stats, LineReader &reader);

  /// Goes on with what was said, in `Dialogue`'s JSON; that of now.
  Expected<void> resume(std::string_view dialogue);
  std::string toJSON() const { return dialogue.toJSON(); }

  /// Ends with the input, or after one turn if asked to.
  Expected<void> run();

private:
  /// What comes after a command.
  enum class Next { Message, Edit, Answer, End };
  struct Typed {
    std::string text;
    bool isCommand = false;
  };
  struct Command {
    std::string_view name, arguments, help;
    Next (Conversation::*run)(const std::string &argument);
  };
  static std::span<const Command> commands();
  Next runCommand(const std::string &line);
  Next showHelp(const std::string &);
  Next leave(const std::string &) { return Next::End; }
  Next clear(const std::string &);
  Next regenerate(const std::string &);
  Next undo(const std::string &);
  Next edit(const std::string &);
  Next changeSystem(const std::string &text);
  Next changeSampling(const std::string &text);
  Next save(const std::string &name);
  Next load(const std::string &name);
  Next showStats(const std::string &);
  Next showTokens(const std::string &);
  Next setNumber(std::string_view name, const std::string &text);
  /// One line for whoever types.
  Next say(std::string_view text, Next next = Next::Message);

  /// Empty where it was given up; none at the end of the input.
  Expected<std::optional<Typed>> readMessage(const std::string &initial);
  /// The lines that follow one which is not all of a message.
  Expected<std::optional<std::string>> readRest(std::string message);
  /// Answers what was asked last.
  Expected<void> takeTurn();
  Expected<std::vector<int32_t>> makePrompt() const;
  /// The prompt, of fewer messages if it has to be; none, and the reason said,
  /// where nothing helps.
  Expected<std::optional<std::vector<int32_t>>> makeFittingPrompt();
  /// As Generator::Shorten.
  std::optional<std::vector<int32_t>> shorten(std::span<const int32_t> text);
  /// The prompt without the oldest messages, of which as many are left out, and
  /// that is said, as make room for `rest` tokens and more; none, and nothing
  /// is, where that does not help.
  Expected<std::optional<std::vector<int32_t>>> dropMessages(size_t rest);
  Expected<void> finishTurn(Expected<void> generated);
  void showRates(const RunStats &before) const;
  MarkedText getAnswer() const;

  const Options &options;
  const ChatTemplate &chat;
  const Tokenizer &tokenizer;
  Generator &generator;
  const Executor &executor;
  RunStats &stats;
  LineReader &reader;
  const bool isDim; ///< what is no part of the conversation
  bool shifts;
  SamplerOptions sampling;
  const std::tm began; ///< one time throughout, lest prompts differ
  Dialogue dialogue;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_CONVERSATION_H
