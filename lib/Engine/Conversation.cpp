//===- Conversation.cpp - Talking with a model ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversation.h"

#include "ignis/Support/Print.h"

#include <unistd.h>

using namespace ignis;

/// The next line of stdin, without its end; none at the end of the input or
/// when waiting was interrupted.
static std::optional<std::string> readLine() {
  if (isatty(STDIN_FILENO))
    print(stderr, "> ");
  std::string line;
  int c;
  while ((c = std::getchar()) != EOF && c != '\n')
    line += static_cast<char>(c);
  if (c == EOF && line.empty())
    return std::nullopt;
  return line;
}

/// The message that opens the conversation, behind what comes before it.
static std::vector<int32_t> encodeOpening(const Options &options,
                                          const ChatTemplate &chat,
                                          const Tokenizer &tokenizer,
                                          const std::string &message) {
  std::vector<ChatMessage> messages;
  if (!options.systemPrompt.empty())
    messages.push_back({ChatRole::System, options.systemPrompt});
  messages.push_back({ChatRole::User, message});
  std::vector<int32_t> tokens = tokenizer.encode(chat.render(messages, true));
  tokenizer.prependBegin(tokens);
  return tokens;
}

Expected<void> ignis::converse(const Options &options, const ChatTemplate &chat,
                               const Tokenizer &tokenizer, Generator &generator,
                               const std::atomic<bool> &interrupted) {
  std::optional<std::string> message = options.prompt;
  if (!message)
    message = readLine();
  bool isFirst = true;
  while (message && !interrupted) {
    if (!message->empty()) {
      std::vector<int32_t> tokens =
          isFirst ? encodeOpening(options, chat, tokenizer, *message)
                  : tokenizer.encode(chat.renderNext(*message));
      isFirst = false;
      if (auto generated = generator.generate(tokens); !generated)
        return generated;
      if (auto finished = generator.output().finish(); !finished)
        return tl::unexpected(std::move(finished.error()));
      if (options.singleTurn)
        return {};
    }
    message = readLine();
  }
  if (interrupted)
    return makeError(ExitCode::Interrupted, "interrupted");
  return {};
}
