//===- ChatCommands.cpp - Commands of a conversation ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversation.h"

#include "ignis/Support/Print.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

using namespace ignis;

std::span<const Conversation::Command> Conversation::commands() {
  static constexpr Command all[] = {
      {"/help", "", "Print this", &Conversation::showHelp},
      {"/bye", "", "Leave, as Ctrl-D does", &Conversation::leave},
      {"/clear", "", "Forget what was said", &Conversation::clear},
      {"/regen", "", "Answer the last message anew", &Conversation::regenerate},
      {"/undo", "", "Take the last message back", &Conversation::undo},
      {"/edit", "", "Change the last message and send it again",
       &Conversation::edit},
      {"/system", "[TEXT]", "Print the system message, or change it",
       &Conversation::changeSystem},
      {"/set", "[NAME N]", "Print how tokens are chosen, or change it",
       &Conversation::changeSampling},
      {"/save", "FILE", "Save the conversation", &Conversation::save},
      {"/load", "FILE", "Go on with a saved one", &Conversation::load},
      {"/stats", "", "Print times and rates", &Conversation::showStats},
      {"/tokens", "", "Print how much of the context is used",
       &Conversation::showTokens},
  };
  return all;
}

Conversation::Next Conversation::say(std::string_view text, Next next) {
  print(stderr, "{}{}{}\n", isDim ? "\33[2m" : "", text,
        isDim ? "\33[0m" : "");
  return next;
}

/// What people type for these elsewhere.
static std::string_view resolveAlias(std::string_view name) {
  return name == "/exit" || name == "/quit" ? "/bye"
         : name == "/?"                     ? "/help"
         : name == "/reset"                 ? "/clear"
                                            : name;
}

Conversation::Next Conversation::runCommand(const std::string &line) {
  reader.remember(line);
  size_t end = std::min(line.find_first_of(" \n"), line.size());
  std::string_view name = resolveAlias(std::string_view(line).substr(0, end));
  size_t begin = std::min(line.find_first_not_of(' ', end), line.size());
  std::string argument = line.substr(begin);
  auto found = std::ranges::find(commands(), name, &Command::name);
  if (found == commands().end())
    return say(fmt::format("{}: expected a command, see /help (a message may "
                           "begin with a space)",
                           name));
  if (found->arguments.empty() && !argument.empty())
    return say(fmt::format("{}: expected nothing behind it, found '{}'", name,
                           argument));
  bool needsArgument =
      !found->arguments.empty() && found->arguments[0] != '[';
  if (needsArgument && argument.empty())
    return say(
        fmt::format("{}: expected a {} behind it", name, found->arguments));
  return (this->*found->run)(argument);
}

Conversation::Next Conversation::showHelp(const std::string &) {
  std::string text;
  for (const Command &command : commands())
    text += fmt::format("{:<18}{}\n",
                        fmt::format("{} {}", command.name, command.arguments),
                        command.help);
  text += "\"\"\"               Begin and end a message of several lines; a "
          "line may also end with \\\n"
          "Ctrl-C            Stop the answer; take back what is typed; at an "
          "empty prompt, leave";
  return say(text);
}

Conversation::Next Conversation::clear(const std::string &) {
  dialogue.clear();
  return say("what was said is forgotten");
}

Conversation::Next Conversation::regenerate(const std::string &) {
  if (!dialogue.hasQuestion())
    return say("/regen: expected a message to answer, found none");
  dialogue.forgetAnswer();
  return Next::Answer;
}

Conversation::Next Conversation::undo(const std::string &) {
  if (!dialogue.hasQuestion())
    return say("/undo: expected a message to take back, found none");
  std::string question = dialogue.lastQuestion();
  dialogue.forgetQuestion();
  return say(fmt::format("taken back: {}", question));
}

Conversation::Next Conversation::edit(const std::string &) {
  if (!dialogue.hasQuestion())
    return say("/edit: expected a message to change, found none");
  return Next::Edit;
}

Conversation::Next Conversation::changeSystem(const std::string &text) {
  const MarkedText *system = dialogue.system();
  if (text.empty())
    return say(system ? system->bytes()
                      : "no system message but what the template has");
  dialogue.setSystem(text);
  return say("the system message is changed");
}

//===----------------------------------------------------------------------===//
// Sampling
//===----------------------------------------------------------------------===//

/// Names as in requests, or as on the command line.
static const SamplerNumber *findNumber(std::string name) {
  std::ranges::replace(name, '-', '_');
  for (const SamplerNumber &number : samplerNumbers()) {
    std::string names(number.names);
    std::ranges::replace(names, '-', '_');
    if (number.request == name ||
        fmt::format(",{},", names).find(fmt::format(",__{},", name)) !=
            std::string::npos)
      return &number;
  }
  return nullptr;
}

Conversation::Next Conversation::changeSampling(const std::string &text) {
  if (text.empty()) {
    std::string all;
    for (const SamplerNumber &number : samplerNumbers())
      all += fmt::format("{:<20}{}\n", number.request,
                         static_cast<float>(number.get(sampling)));
    return say(all + fmt::format("{:<20}{}", "samplers",
                                 formatSamplerOrder(sampling.order)));
  }
  size_t end = text.find_first_of(" =");
  size_t begin = text.find_first_not_of(" =", end);
  if (begin == std::string::npos)
    return say(fmt::format("/set: expected a name and a value, such as "
                           "temperature 0.5, found '{}'",
                           text));
  return setNumber(text.substr(0, end), text.substr(begin));
}

Conversation::Next Conversation::setNumber(std::string_view name,
                                           const std::string &text) {
  if (name == "samplers") {
    auto order = parseSamplerOrder(text);
    if (!order)
      return say(order.error().message);
    sampling.order = std::move(*order);
    generator.sampler().setOptions(sampling);
    return say("samplers " + formatSamplerOrder(sampling.order));
  }
  const char *last = text.data() + text.size();
  if (name == "seed") {
    uint64_t seed;
    auto [end, error] = std::from_chars(text.data(), last, seed);
    if (error != std::errc() || end != last)
      return say(fmt::format("seed: expected a whole number, found {}", text));
    generator.sampler().setSeed(seed);
    return say(fmt::format("seed {}", seed));
  }
  const SamplerNumber *number = findNumber(std::string(name));
  if (!number)
    return say(fmt::format("/set: expected a name that /set prints, or seed, "
                           "found '{}'",
                           name));
  double value;
  auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last)
    return say(fmt::format("{}: expected {}, found {}", number->request,
                           number->describeRange(), text));
  SamplerOptions changed = sampling;
  auto set = number->set(changed, value);
  if (set)
    set = checkSampling(changed, executor.model().vocab());
  if (!set)
    return say(set.error().message);
  if (changed.isGreedy() != sampling.isGreedy() &&
      !executor.model().givesLogits())
    return say("the program gives no logits: the likeliest token is taken");
  sampling = std::move(changed);
  generator.sampler().setOptions(sampling);
  return say(fmt::format("{} {}", number->request,
                         static_cast<float>(number->get(sampling))));
}

//===----------------------------------------------------------------------===//
// Files and figures
//===----------------------------------------------------------------------===//

/// As a shell does it.
static std::string expandHome(const std::string &path) {
  const char *home = std::getenv("HOME");
  return home && path.starts_with("~/") ? home + path.substr(1) : path;
}

Conversation::Next Conversation::save(const std::string &name) {
  const std::string path = expandHome(name);
  auto saved = generator.text().save(path, dialogue.toJSON());
  return say(saved ? fmt::format("saved in {}", path) : saved.error().message);
}

Conversation::Next Conversation::load(const std::string &name) {
  const std::string path = expandHome(name);
  auto note = generator.text().load(path, /*takesSampler=*/true);
  if (!note)
    return say(note.error().message);
  if (auto resumed = resume(*note); !resumed)
    return say(fmt::format("{}: {}", path, resumed.error().message));
  return say(fmt::format("loaded {}: {} tokens", path,
                         generator.text().length()));
}

Conversation::Next Conversation::showStats(const std::string &) {
  std::string text = stats.summary();
  text.pop_back(); // the end of the last line
  return say(text);
}

Conversation::Next Conversation::showTokens(const std::string &) {
  // Of what was taken back, the cache may hold more.
  Expected<std::vector<int32_t>> prompt;
  if (dialogue.hasQuestion())
    prompt = makePrompt();
  if (!prompt)
    return say(prompt.error().message);
  auto context = static_cast<size_t>(executor.context());
  if (prompt->size() <= context)
    return say(fmt::format("{} of {} positions", prompt->size(), context));
  return say(fmt::format("{} of {} positions: the conversation has {} tokens, "
                         "and {}",
                         context, context, prompt->size(),
                         shifts ? "its oldest messages are left out with the "
                                  "next one"
                                : "the next message has no room (/undo, "
                                  "/clear)"));
}
