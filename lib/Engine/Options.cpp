//===- Options.cpp - What a run is asked to do ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionGroups.h"

#include "ignis/Support/InputFile.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/Template/JSON.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include <unistd.h>

using namespace ignis;

/// As many as a group may have.
static constexpr int64_t mostRanks = 1024;

static constexpr int64_t most = std::numeric_limits<int32_t>::max();

bool Options::hasSavedText() const {
  if (promptCachePath == "-")
    return promptCacheReadOnly;
  return !promptCachePath.empty() && access(promptCachePath.c_str(), F_OK) == 0;
}

static std::vector<int32_t> parseIds(const std::string &text) {
  std::vector<int32_t> ids;
  const char *end = text.data() + text.size();
  for (const char *at = text.data();; ++at) {
    auto [next, error] = std::from_chars(at, end, ids.emplace_back());
    if (error == std::errc() && next == end)
      return ids;
    if (error != std::errc() || *next != ',')
      throw CLI::ValidationError(
          "--ids",
          fmt::format("expected numbers separated by commas, found {}", text));
    at = next;
  }
}

/// Elsewhere templates have names, such as chatml.
static std::string findNoTemplate(const std::string &path) {
  bool isName = path != "-" &&
                path.find_first_of("./") == std::string::npos &&
                access(path.c_str(), F_OK) != 0;
  if (path.empty() || !isName)
    return findNoPath(path);
  return fmt::format("expected a file that holds a template, found the name {}",
                     path);
}

static void addPromptOptions(CommandLine &app, Options &options) {
  app.add_option("-p,--prompt", options.prompt, "The prompt");
  app.add_option("-f,--file", options.promptPath,
                 "A file that holds the prompt, but for a line's end at its end; "
                 "-: standard input")
      ->type_name("FILE");
  app.add_option_function<std::string>(
      "--ids", [&](const std::string &text) { options.ids = parseIds(text); },
      "The prompt as tokens, separated by commas");
  app.add_option("--system-prompt", options.systemPrompt,
                 "The system message of a conversation");
  app.addShortName("-sys", "--system-prompt");
  app.add_option("--chat-template,--chat-template-file",
                 options.chatTemplatePath,
                 "A file that holds a chat template, instead of the model's")
      ->type_name("FILE")
      ->check(findNoTemplate);
  app.add_option("--chat-template-kwargs", options.chatTemplateKwargs,
                 "Variables of the chat template, such as "
                 "{\"enable_thinking\": false}")
      ->type_name("JSON");
  app.add_flag("--conversation,!--no-conversation", options.conversation,
               "Talk, by the model's chat template");
  app.addShortName("-cnv", "--conversation");
  app.addShortName("-no-cnv", "--no-conversation");
  app.add_flag("--single-turn", options.singleTurn,
               "End a conversation after one answer");
  app.addShortName("-st", "--single-turn");
  app.add_option("--color", options.color,
                 "One's own text and thoughts of the model in colour: auto (on "
                 "a terminal, unless NO_COLOR is set; the default), on or off")
      ->type_name("auto|on|off")
      ->check(oneOf({"auto", "on", "off"}));
  app.addShortName("-co", "--color");
  app.add_flag("--hide-thinking", options.hideThinking,
               "Leave out what the model thinks before it answers");
  app.add_option("-r,--reverse-prompt", options.reversePrompts,
                 "Stop when this text was generated; may be repeated")
      ->take_all()
      ->allow_extra_args(false)
      ->check(findNoText);
  app.add_flag("!--no-display-prompt", options.displayPrompt,
               "Do not repeat the prompt");
  app.add_flag("-e,--escape,!--no-escape", options.escapes,
               "Resolve \\n and the like in -p, -sys and -r (default)");
  app.add_flag("--special", options.showSpecial,
               "Show special tokens in the text");
  app.addShortName("-sp", "--special");
}

void ignis::addRankOptions(CLI::App &app, double &timeout) {
  app.add_option("--rank-timeout", timeout,
                 "Seconds after which a rank that gives no sign of life is "
                 "lost, and all others end")
      ->type_name("SECONDS")
      ->check(inRange(0.5, 86400.0))
      ->capture_default_str();
}

void ignis::addComputeOptions(CLI::App &app, int &threads, std::string &isa) {
  app.add_option("-t,--threads", threads,
                 "That compute; default: the physical cores that may be used")
      ->check(inRange(1, 1024));
  app.add_option("--isa", isa,
                 "Kernels, such as scalar or avx2; default: those that "
                 "IGNIS_ISA names, or the best that this CPU runs")
      ->type_name("NAME");
}

void ignis::addCacheTypeOption(CLI::App &app, ignis_type &type) {
  addChoice<ignis_type>(app, "--cache-type",
                        {{"f16", IGNIS_TYPE_F16}, {"f32", IGNIS_TYPE_F32}},
                        type,
                        type == IGNIS_TYPE_F16
                            ? "Of keys and values: f16 (default) or f32"
                            : "Of keys and values: f16 or f32 (default)");
}

void ignis::addPackOption(CLI::App &app, PackPolicy &policy) {
  addChoice<PackPolicy>(app, "--pack",
                        {{"auto", PackPolicy::Auto},
                         {"never", PackPolicy::Never},
                         {"always", PackPolicy::Always}},
                        policy,
                        "Rearrange weights for speed: auto (as text is "
                        "generated, the default), never, or always (before "
                        "it)");
}

static void addEngineOptions(CLI::App &app, Options &options) {
  app.add_option("-c,--ctx-size", options.executor.context,
                 "Positions; 0: as many as the model was trained for")
      ->check(inRange(int64_t{0}, most))
      ->capture_default_str();
  app.add_flag_function(
      "--context-shift,!--no-context-shift",
      [&options](int64_t count) { options.contextShift = count > 0; },
      "Where the context is full, leave out the older half of the text, or of "
      "a conversation the oldest messages, and go on (default in "
      "conversations)");
  app.add_option("--keep", options.keep,
                 "Tokens at the beginning that always stay; -1: those of the "
                 "prompt")
      ->check(inRange(int64_t{-1}, most))
      ->capture_default_str();
  app.add_option("--prompt-cache", options.promptCachePath,
                 "Go on from the text in this file, if there is one, and save "
                 "the text there in the end")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_flag("--prompt-cache-ro", options.promptCacheReadOnly,
               "Do not save it");
  app.add_option("-b,--batch-size", options.executor.batch,
                 "Tokens of a prompt computed at once")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  app.add_option("-n,--predict,--n-predict", options.predict,
                 "Tokens to generate; -1: until the end")
      ->check(inRange(int64_t{-1}, most))
      ->capture_default_str();
  app.add_flag("--lookup", options.lookup,
               "Draft tokens from the text itself: the same text, sooner where "
               "it repeats itself");
  app.add_flag("--dry-run", options.dryRun,
               "Print the bytes of memory that a run takes, and end");
  app.add_option("--ranks", options.ranks,
                 "With --dry-run: of each of so many machines that divide the "
                 "rows of the model, and what they exchange")
      ->check(inRange(int64_t{1}, mostRanks));
  addRankOptions(app, options.rankTimeout);
  app.add_option("--simulate-ranks", options.simulatedRanks,
                 "Play so many machines, one after the other: the same result")
      ->check(inRange(int64_t{1}, mostRanks));
  app.add_option("--max-memory", options.mostMemory,
                 "Refuse to take more bytes of memory; 0: no limit")
      ->check(atLeast(int64_t{0}));
  addComputeOptions(app, options.executor.threads, options.isa);
  addPackOption(app, options.executor.pack);
  addCacheTypeOption(app, options.cacheType);
}

void ignis::addOptions(CommandLine &app, Options &options) {
  addHints(app);
  app.add_option("-m,--model", options.modelPath,
                 "A GGUF file; default: the program's own model")
      ->type_name("FILE")
      ->check(findNoPath);
  addPromptOptions(app, options);
  addSamplingOptions(app, options);
  addStructureOptions(app, options);
  addEngineOptions(app, options);
  app.add_option("--batch", options.batchPath,
                 "Answer each line of this file, a request in JSON as OpenAI's "
                 "interface has it, by a line; -: standard input")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_option("--parallel", options.parallel,
                 "Requests of --batch that are at work at once")
      ->check(inRange(int64_t{1}, int64_t{1024}))
      ->capture_default_str();
  app.addShortName("-np", "--parallel");
  app.add_flag("--unordered", options.unordered,
               "Answer requests of --batch as they are ready");
  app.add_flag("--perplexity", options.perplexity,
               "Print the perplexity of the prompt's text, in windows of -c "
               "tokens (default: 512), instead of going on from it");
  app.add_option("--kl-divergence-base", options.klBasePath,
                 "Write the logits that --perplexity takes here, or with "
                 "--kl-divergence compare with these")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_flag("--kl-divergence", options.klDivergence,
               "Print how far the model's probabilities are from those of "
               "another one");
  app.add_option("--multiple-choice", options.multipleChoicePath,
                 "Print how many questions of this file, lines of JSON with "
                 "prompt, choices and answer, the model gets right")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_option("--dump-logits", options.logitsPath,
                 "Write float32 logits here: a row for each token of the "
                 "prompt, then for each generated one")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_option("--stats", options.statsPath,
                 "Write times, rates and memory here, as JSON")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_flag("-v,--verbose", options.verbose,
               "Say on stderr what is done and how fast");
  app.add_flag("-q,--quiet", options.quiet,
               "Say nothing on stderr but what is wrong");
  app.add_flag("--machine", options.machine,
               "Print what this machine is, what it can do at best and what "
               "holds it back, and end");
  addConflicts(app.rules);
}

std::string ignis::resolveEscapes(std::string_view text) {
  static constexpr std::pair<char, char> simple[] = {
      {'n', '\n'}, {'t', '\t'},  {'r', '\r'},
      {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};
  std::string result;
  for (size_t i = 0; i != text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    char next = text[i + 1];
    const auto *it =
        std::ranges::find(simple, next, &std::pair<char, char>::first);
    if (it != std::end(simple)) {
      result += it->second;
      ++i;
    } else if (next == 'x' && i + 3 < text.size() &&
               std::isxdigit(static_cast<unsigned char>(text[i + 2])) &&
               std::isxdigit(static_cast<unsigned char>(text[i + 3]))) {
      std::string digits(text.substr(i + 2, 2));
      result += static_cast<char>(std::stoi(digits, nullptr, 16));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// Reads what a chat template takes.
static Expected<void> completeChatOptions(Options &options) {
  if (!options.chatTemplatePath.empty())
    if (auto read =
            take(readFile(options.chatTemplatePath), options.chatTemplate);
        !read)
      return read;
  if (options.chatTemplateKwargs.empty())
    return {};
  Expected<jinja::Mapping> variables =
      jinja::parseJSONObject(options.chatTemplateKwargs);
  if (!variables)
    return makeError(ExitCode::Usage, "--chat-template-kwargs: {}",
                     variables.error().message);
  if (variables->find("messages"))
    return makeError(ExitCode::Usage,
                     "--chat-template-kwargs: expected other variables than "
                     "'messages', which the conversation sets");
  options.chatVariables = std::move(*variables);
  return {};
}

Expected<void> ignis::completeOptions(Options &options) {
  if (auto completed = completeChatOptions(options); !completed)
    return completed;
  if (auto completed = completeStructure(options); !completed)
    return completed;

  if (options.escapes) {
    if (options.prompt)
      options.prompt = resolveEscapes(*options.prompt);
    if (options.systemPrompt)
      options.systemPrompt = resolveEscapes(*options.systemPrompt);
    for (std::string &text : options.reversePrompts)
      text = resolveEscapes(text);
  }
  if (!options.promptPath.empty()) {
    Expected<std::string> text = readFile(options.promptPath);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    // An editor's last newline is not part of the prompt.
    if (text->ends_with('\n'))
      text->pop_back();
    options.prompt = std::move(*text);
  }
  return {};
}
