//===- Conversation.cpp - Talking with a model ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversation.h"

#include "ignis/Support/Print.h"
#include "ignis/Support/Signals.h"
#include "ignis/Text/Unicode.h"

#include <cstdlib>
#include <cstring>

#include <unistd.h>

using namespace ignis;

bool ignis::isColoured(const Options &options) {
  if (options.color != "auto")
    return options.color == "on";
  auto get = [](const char *name) {
    const char *value = std::getenv(name);
    return std::string_view(value ? value : "");
  };
  return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
         get("NO_COLOR").empty() && !get("TERM").empty() &&
         get("TERM") != "dumb";
}

Conversation::Conversation(const Options &options, const ChatTemplate &chat,
                           const Tokenizer &tokenizer, Generator &generator,
                           const Executor &executor, RunStats &stats,
                           LineReader &reader)
    : options(options), chat(chat), tokenizer(tokenizer), generator(generator),
      executor(executor), stats(stats), reader(reader),
      isDim(isColoured(options)), shifts(options.contextShift.value_or(true)),
      sampling(options.sampling), began(getLocalTime()) {
  generator.setThoughts(options.hideThinking ? Shown::Hidden
                        : isDim              ? Shown::Dimmed
                                             : Shown::Plain);
  if (shifts)
    generator.setShorten(
        [this](std::span<const int32_t> text) { return shorten(text); });
}

Expected<void> Conversation::resume(std::string_view json) {
  Expected<Dialogue> read = Dialogue::fromJSON(json);
  if (!read)
    return tl::unexpected(std::move(read.error()));
  dialogue = std::move(*read);
  return {};
}

//===----------------------------------------------------------------------===//
// Prompts
//===----------------------------------------------------------------------===//

Expected<std::vector<int32_t>> Conversation::makePrompt() const {
  return encodeChat(chat, tokenizer, dialogue.values(), options.chatVariables,
                    began);
}

Expected<std::optional<std::vector<int32_t>>>
Conversation::dropMessages(size_t rest) {
  auto context = static_cast<size_t>(executor.context());
  const Dialogue before = dialogue;
  int64_t dropped = 0;
  Expected<std::vector<int32_t>> prompt = makePrompt();
  // Some room for what comes.
  while (prompt && prompt->size() + rest > context / 4 * 3 &&
         dialogue.forgetOldest()) {
    dropped += 2;
    prompt = makePrompt();
  }
  if (!prompt)
    return tl::unexpected(std::move(prompt.error()));
  if (dropped == 0 || prompt->size() + rest > context) {
    dialogue = before;
    return std::nullopt;
  }
  if (!options.quiet)
    print(stderr,
          "\nthe context of {} positions is full: the oldest {} messages are "
          "left out from here on\n",
          context, dropped);
  return std::move(*prompt);
}

Expected<std::optional<std::vector<int32_t>>>
Conversation::makeFittingPrompt() {
  auto context = static_cast<size_t>(executor.context());
  Expected<std::vector<int32_t>> prompt = makePrompt();
  if (!prompt)
    return tl::unexpected(std::move(prompt.error()));
  if (prompt->size() <= context)
    return std::move(*prompt);
  if (shifts)
    if (auto shorter = dropMessages(0); !shorter || *shorter)
      return shorter;
  print(stderr,
        "the conversation has {} tokens with this message, the context only {} "
        "positions: the message is left out (-c sets them{}{})\n",
        prompt->size(), context,
        shifts ? "" : "; --context-shift leaves out old messages",
        shifts || !reader.isInteractive() ? "" : "; /undo and /clear make room");
  return std::nullopt;
}

std::optional<std::vector<int32_t>>
Conversation::shorten(std::span<const int32_t> text) {
  std::span<const int32_t> answer = generator.answer();
  auto prompt = dropMessages(answer.size());
  // An answer that is too long by itself may have no end: who wants it that
  // way has said so.
  if (!prompt || !*prompt)
    return options.contextShift ? generator.dropOldest(text) : std::nullopt;
  (*prompt)->insert((*prompt)->end(), answer.begin(), answer.end());
  return std::move(*prompt);
}

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

/// As it is shown, but what the model wrote as one token, such as <think>, is
/// that token again.
MarkedText Conversation::getAnswer() const {
  MarkedText answer;
  std::string bytes;
  auto addBytes = [&] {
    answer.append(repairUTF8(std::exchange(bytes, {})), Origin::Caller);
  };
  for (int32_t token : generator.answer()) {
    std::string piece = tokenizer.decode({&token, 1});
    if (!tokenizer.vocabulary().isSpecial(token)) {
      bytes += piece;
      continue;
    }
    addBytes();
    answer.append(piece, Origin::Template);
  }
  addBytes();
  return answer;
}

void Conversation::showRates(const RunStats &before) const {
  auto rate = [](int64_t count, double seconds) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
  };
  int64_t prompt = stats.prefillTokens - before.prefillTokens;
  print(stderr,
        "{}[{} tokens, {:.1f} tokens/s; {} of the prompt, {:.1f} tokens/s]{}\n",
        isDim ? "\33[2m" : "", stats.generatedTokens - before.generatedTokens,
        rate(stats.decodeTokens - before.decodeTokens,
             stats.decodeSeconds - before.decodeSeconds),
        prompt, rate(prompt, stats.prefillSeconds - before.prefillSeconds),
        isDim ? "\33[0m" : "");
}

/// An answer that someone interrupted is one, as far as it came.
Expected<void> Conversation::finishTurn(Expected<void> generated) {
  bool isStopped = !generated &&
                   generated.error().code == ExitCode::Interrupted &&
                   reader.isInteractive() && resumeAfterInterrupt();
  if (!generated && !isStopped)
    return generated;
  if (isStopped && generator.answer().empty())
    dialogue.forgetQuestion();
  else
    dialogue.answer(getAnswer());
  return generator.output().finish();
}

Expected<void> Conversation::takeTurn() {
  auto prompt = makeFittingPrompt();
  if (!prompt)
    return tl::unexpected(std::move(prompt.error()));
  if (!*prompt) {
    dialogue.forgetQuestion();
    return {};
  }
  if (stats.generatedTokens == 0)
    stats.sinceAsked = {}; // nobody waited while the message was typed
  const RunStats before = stats;
  if (auto finished = finishTurn(generator.generate(**prompt)); !finished)
    return finished;
  if (options.verbose)
    showRates(before);
  return {};
}

Expected<void> Conversation::run() {
  // Also where another one was saved.
  if (options.systemPrompt)
    dialogue.setSystem(*options.systemPrompt);
  bool edits = false;
  auto read = [&] {
    return readMessage(edits ? dialogue.lastQuestion() : std::string());
  };
  auto message = options.prompt ? Expected<std::optional<Typed>>(
                                      Typed{.text = *options.prompt})
                                : read();
  for (; message && *message && !isInterrupted(); message = read()) {
    // What is to be changed stays as it is until something takes its place.
    bool replaces = std::exchange(edits, false);
    auto &[text, isCommand] = **message;
    if (text.empty())
      continue;
    Next next = Next::Answer;
    if (isCommand) {
      next = runCommand(text);
    } else {
      if (replaces)
        dialogue.forgetQuestion();
      dialogue.ask(std::move(text));
    }
    if (next == Next::End)
      break;
    edits = next == Next::Edit;
    if (next != Next::Answer)
      continue;
    if (auto taken = takeTurn(); !taken || options.singleTurn)
      return taken;
  }
  if (!message)
    return tl::unexpected(std::move(message.error()));
  if (isInterrupted())
    return makeError(ExitCode::Interrupted, "interrupted");
  return {};
}

//===----------------------------------------------------------------------===//
// What someone types
//===----------------------------------------------------------------------===//

static constexpr std::string_view quotes = "\"\"\"";

Expected<std::optional<Conversation::Typed>>
Conversation::readMessage(const std::string &initial) {
  auto text = reader.read("> ", initial);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  bool isBegun = reader.gaveUp() || !initial.empty();
  bool isWhole = !reader.isInteractive() || reader.isPasted();
  bool isCommand = *text && !isWhole && (*text)->starts_with('/');
  if (*text && !isWhole) {
    isBegun = true;
    text = readRest(std::move(**text));
    if (!text)
      return tl::unexpected(std::move(text.error()));
  } else if (*text) {
    reader.remember(**text);
  }
  if (*text)
    return Typed{std::move(**text), isCommand};
  // Ctrl-C takes back what was begun, and leaves where nothing was.
  if (isBegun && isInterrupted() && resumeAfterInterrupt())
    return Typed{};
  return std::nullopt;
}

/// A message has several lines where it begins with """, up to the next """, or
/// ends with a backslash.
Expected<std::optional<std::string>>
Conversation::readRest(std::string message) {
  bool isQuoted = message.starts_with(quotes);
  if (isQuoted)
    message.erase(0, quotes.size());
  auto ends = [&] {
    return isQuoted ? message.ends_with(quotes) : !message.ends_with('\\');
  };
  while (!ends()) {
    if (!isQuoted)
      message.pop_back();
    if (!isQuoted || !message.empty())
      message += '\n';
    auto more = reader.read("... ");
    if (!more || !*more)
      return more;
    message += **more;
  }
  if (isQuoted)
    message.resize(message.size() - quotes.size());
  reader.remember(isQuoted ? fmt::format("{}{}{}", quotes, message, quotes)
                           : message);
  return message;
}
