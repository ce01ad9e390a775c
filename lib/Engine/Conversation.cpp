//===- Conversation.cpp - Talking with a model ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversation.h"

#include "ignis/Engine/ChatPrompt.h"
#include "ignis/Support/Print.h"
#include "ignis/Text/Unicode.h"

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

Expected<std::vector<int32_t>> Conversation::makePrompt() const {
  return encodeChat(chat, tokenizer, messages, options.chatVariables, began);
}

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

Expected<void> Conversation::takeTurn(const std::string &message) {
  messages.push_back(makeTextMessage("user", message));
  Expected<std::vector<int32_t>> prompt = makePrompt();
  if (!prompt)
    return tl::unexpected(std::move(prompt.error()));
  if (auto generated = generator.generate(*prompt); !generated)
    return generated;
  messages.push_back(makeMessage("assistant", getAnswer()));
  if (auto finished = generator.output().finish(); !finished)
    return tl::unexpected(std::move(finished.error()));
  return {};
}

Expected<void> Conversation::run(const std::atomic<bool> &interrupted) {
  if (options.systemPrompt)
    messages.push_back(makeTextMessage("system", *options.systemPrompt));
  std::optional<std::string> message = options.prompt;
  if (!message)
    message = readLine();
  for (; message && !interrupted; message = readLine()) {
    if (message->empty())
      continue;
    if (auto taken = takeTurn(*message); !taken || options.singleTurn)
      return taken;
  }
  if (interrupted)
    return makeError(ExitCode::Interrupted, "interrupted");
  return {};
}
