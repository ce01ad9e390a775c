//===- Options.h - What a run is asked to do -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The options of ignis-run and of ahead-of-time executables: the names and
// defaults people know from llama.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_OPTIONS_H
#define IGNIS_ENGINE_OPTIONS_H

#include "ignis/Engine/Executor.h"
#include "ignis/Engine/SamplerOptions.h"
#include "ignis/Grammar/Automaton.h"
#include "ignis/Support/Error.h"
#include "ignis/Text/Template/Value.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ignis {

class CommandLine;

/// A grammar in one of its notations, or the file that has it.
struct GrammarText {
  using Parse = Expected<Grammar>(std::string_view);
  Parse *parse;
  std::string text;
  std::string path; ///< empty: the text it is
};

struct Options {
  std::string modelPath; ///< empty: the program's own
  bool embeddings = false; ///< a program with an entry for states
  std::optional<std::string> prompt;
  std::string promptPath;
  std::vector<int32_t> ids; ///< a prompt of tokens
  std::optional<std::string> systemPrompt; ///< may be empty
  std::string chatTemplatePath;
  std::optional<std::string> chatTemplate; ///< what is read from there
  std::string chatTemplateKwargs;
  jinja::Mapping chatVariables; ///< what these are
  std::vector<std::string> reversePrompts;
  std::string color = "auto"; ///< or on, or off
  bool hideThinking = false;
  std::optional<bool> contextShift; ///< unless given, in conversations
  int64_t keep = 0; ///< first tokens, when that happens; -1: of the prompt
  std::string promptCachePath;
  bool promptCacheReadOnly = false;
  /// Whether there is a text to go on from; standard input is one that is only
  /// read.
  bool hasSavedText() const;
  bool conversation = false;
  bool singleTurn = false;
  bool displayPrompt = true;
  bool escapes = true;
  bool showSpecial = false;
  bool ignoreEnd = false;
  bool verbose = false;
  bool quiet = false;
  bool machine = false;
  std::optional<GrammarText> grammar; ///< that answers keep to
  std::vector<std::string> choices;   ///< or one of these
  /// What is made of these; null: nothing was given.
  std::shared_ptr<const Automaton> structure;
  bool lookup = false;
  std::string batchPath; ///< of requests, a line each
  int64_t parallel = 8;  ///< requests at once
  bool unordered = false;
  bool dryRun = false;
  int64_t mostMemory = 0; ///< bytes; 0: no limit
  double rankTimeout = 10;    ///< seconds of silence until a rank is lost
  int64_t ranks = 0;          ///< that --dry-run is about; 0: none
  int64_t simulatedRanks = 0; ///< that this process plays; 0: none
  /// Whether the program is one for several ranks.
  bool isDistributed() const {
    return executor.group || ranks > 0 || simulatedRanks > 0;
  }

  int64_t predict = -1; ///< tokens to generate; -1: until the end
  std::optional<uint64_t> seed;
  SamplerOptions sampling;
  /// Which of these were given, by the names of requests.
  std::set<std::string, std::less<>> givenSampling;
  std::optional<int64_t> logprobs; ///< of so many tokens, in place of text
  ExecutorOptions executor;
  ignis_type cacheType = IGNIS_TYPE_F16;
  std::string isa; ///< empty: what IGNIS_ISA says

  bool perplexity = false;
  std::string klBasePath; ///< logits to write, or to compare with
  bool klDivergence = false;
  std::string multipleChoicePath;
  /// Whether it is asked how well a model does, in place of a text.
  bool measures() const { return perplexity || !multipleChoicePath.empty(); }
  std::string logitsPath;
  std::string statsPath;
};

/// Declares the options; parsing fills `options`.
void addOptions(CommandLine &app, Options &options);

/// Those of them that other programs have too: after how many seconds a rank is
/// lost, what computes, what keys and values are kept in, and whether weights
/// are packed.
void addRankOptions(CLI::App &app, double &timeout);
void addComputeOptions(CLI::App &app, int &threads, std::string &isa);
void addCacheTypeOption(CLI::App &app, ignis_type &type);
void addPackOption(CLI::App &app, PackPolicy &policy);

/// After parsing: reads the prompt's file, resolves escapes, and refuses what
/// does not go together.
Expected<void> completeOptions(Options &options);

/// \n, \t, \r, \", \', \\ and \xHH; anything else stays as it is.
std::string resolveEscapes(std::string_view text);

} // namespace ignis

#endif // IGNIS_ENGINE_OPTIONS_H
