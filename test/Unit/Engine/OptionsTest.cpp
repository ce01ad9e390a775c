//===- OptionsTest.cpp - Names, escapes, and what does not go together ----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Options.h"
#include "ignis/Support/CommandLine.h"

#include <gtest/gtest.h>

using namespace ignis;

namespace {

using Arguments = std::vector<std::string>;

Expected<Options> parse(Arguments arguments) {
  Options options;
  CommandLine app("test", "test");
  addOptions(app, options);
  testing::internal::CaptureStderr();
  auto code = app.parseArguments(std::move(arguments));
  std::string message = testing::internal::GetCapturedStderr();
  if (code)
    return tl::unexpected(Error{static_cast<ExitCode>(*code), message});
  if (auto completed = completeOptions(options); !completed)
    return tl::unexpected(completed.error());
  return options;
}

TEST(Options, DefaultsPeopleKnow) {
  Expected<Options> options = parse({"-p", "x"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->sampling.temperature, 0.8f);
  EXPECT_EQ(options->sampling.topK, 40);
  EXPECT_EQ(options->sampling.topP, 0.95f);
  EXPECT_EQ(options->sampling.minP, 0.05f);
  EXPECT_EQ(options->sampling.repeatPenalty, 1);
  EXPECT_EQ(options->sampling.repeatLastN, 64);
  EXPECT_EQ(options->predict, -1);
  EXPECT_EQ(options->executor.batch, 512);
  EXPECT_EQ(options->executor.context, 0);
  EXPECT_FALSE(options->seed);
  EXPECT_FALSE(options->conversation);
  EXPECT_TRUE(options->displayPrompt);
}

TEST(Options, NamesPeopleKnow) {
  Expected<Options> options = parse({"-m",
                                     "m.gguf",
                                     "-n",
                                     "-1",
                                     "-c",
                                     "64",
                                     "-t",
                                     "3",
                                     "-b",
                                     "7",
                                     "-s",
                                     "-1",
                                     "--temp",
                                     "0",
                                     "-cnv",
                                     "-st",
                                     "-sys",
                                     "be\\n",
                                     "-r",
                                     "A:",
                                     "-r",
                                     "-cnv",
                                     "-sp",
                                     "--no-escape",
                                     "-v",
                                     "--pack",
                                     "never",
                                     "--cache-type",
                                     "f32",
                                     "--ignore-eos",
                                     "--no-display-prompt"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->modelPath, "m.gguf");
  EXPECT_EQ(options->executor.context, 64);
  EXPECT_EQ(options->executor.threads, 3);
  EXPECT_EQ(options->executor.batch, 7);
  EXPECT_FALSE(options->seed);
  EXPECT_TRUE(options->conversation);
  EXPECT_TRUE(options->singleTurn);
  EXPECT_EQ(options->systemPrompt, "be\\n");
  EXPECT_EQ(options->reversePrompts, (Arguments{"A:", "-cnv"}));
  EXPECT_TRUE(options->showSpecial);
  EXPECT_TRUE(options->verbose);
  EXPECT_TRUE(options->ignoreEnd);
  EXPECT_FALSE(options->displayPrompt);
  EXPECT_EQ(options->executor.pack, PackPolicy::Never);
  EXPECT_EQ(options->cacheType, IGNIS_TYPE_F32);
}

TEST(Options, PromptsMayLookLikeOptions) {
  EXPECT_EQ(parse({"-p", "-st"})->prompt, "-st");
  EXPECT_EQ(parse({"-p", "- a list"})->prompt, "- a list");
  EXPECT_EQ(parse({"-p", "a\\tb"})->prompt, "a\tb");
  EXPECT_EQ(parse({"-p", "a\\tb", "--no-escape"})->prompt, "a\\tb");
}

TEST(Options, TheLastOfARepeatedOptionCounts) {
  Expected<Options> options = parse({"-n", "1", "-p", "a", "-n", "2", "--temp",
                                     "0.5", "-p", "b", "--temp=0.25"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->predict, 2);
  EXPECT_EQ(options->prompt, "b");
  EXPECT_EQ(options->sampling.temperature, 0.25f);
  EXPECT_FALSE(parse({"-cnv", "-no-cnv"})->conversation);
  EXPECT_TRUE(parse({"-no-cnv", "-cnv"})->conversation);
}

TEST(Options, ValuesMayFollowALetter) {
  EXPECT_EQ(parse({"-n5"})->predict, 5);
  EXPECT_EQ(parse({"-n=5"})->predict, 5);
  EXPECT_EQ(parse({"-m./a.gguf"})->modelPath, "./a.gguf");
}

TEST(Options, Ids) {
  EXPECT_EQ(parse({"--ids", "1,2,3"})->ids, (std::vector<int32_t>{1, 2, 3}));
}

TEST(Options, Escapes) {
  EXPECT_EQ(resolveEscapes(R"(a\nb\t\r\"\'\\)"), "a\nb\t\r\"'\\");
  EXPECT_EQ(resolveEscapes(R"(\x41\xe4)"), "A\xe4");
  EXPECT_EQ(resolveEscapes(R"(\q\x4\xg0\)"), R"(\q\x4\xg0\)");
}

TEST(Options, RefusesInOneLine) {
  const std::pair<Arguments, std::string> cases[] = {
      {{"-t", "0"}, "test: error: --threads: expected a whole number from 1 "
                    "to 1024, found 0"},
      {{"-t", "10000"}, "test: error: --threads: expected a whole number from "
                        "1 to 1024, found 10000"},
      {{"-b", "0"}, "test: error: --batch-size: expected a whole number from "
                    "1 to 65536, found 0"},
      {{"-n", "x"}, "test: error: --predict: expected a whole number from -1 "
                    "to 2147483647, found x"},
      {{"-s", "-2"},
       "test: error: --seed: expected a whole number not below -1, found -2"},
      {{"--top-p", "nan"}, "test: error: --top-p: expected a number from 0 to "
                           "1, found nan"},
      {{"--temp", "nan"},
       "test: error: --temp: expected a number from -1000000 to 1000000, found "
       "nan"},
      {{"--ids", "1,x"},
       "test: error: --ids: expected numbers separated by "
       "commas, found 1,x"},
      {{"--ids", "1,,2"},
       "test: error: --ids: expected numbers separated by "
       "commas, found 1,,2"},
      {{"--ids", "1,2,"},
       "test: error: --ids: expected numbers separated by "
       "commas, found 1,2,"},
      {{"--ids", "99999999999"},
       "test: error: --ids: expected numbers "
       "separated by commas, found 99999999999"},
      {{"-p", "x", "-f", "y"}, "test: error: --prompt excludes --file"},
      {{"-p", "x", "--ids", "1"}, "test: error: --prompt excludes --ids"},
      {{"--pack", "maybe"}, "test: error: --pack: expected one of auto, "
                            "never, always, found maybe"},
      {{"--frobnicate"}, "test: error: unknown option: --frobnicate"},
      {{"-hf", "x"}, "test: error: -hf: models are files: expected -m"},
      {{"-ngl", "99"}, "test: error: -ngl: there is no device but the CPU"},
      {{"-fa", "on"}, "test: error: -fa: attention is always computed in "},
      {{"--numa", "isolate"}, "test: error: --numa: threads keep to the CPUs"},
      {{"-sysf", "x"}, "test: error: -sysf: the message itself is expected: "},
      {{"-cnv", "--chat-template", "chatml"},
       "test: error: --chat-template: expected a file that holds a template, "
       "found the name chatml"},
      {{"-zz", "on"}, "test: error: unknown option: -zz (see --help)"},
      {{"--prompt-cache", "f", "--perplexity"},
       "test: error: --prompt-cache excludes --perplexity: it is of one text "
       "that goes on (see --help)"},
      {{"--prompt-cache-ro"}, "test: error: --prompt-cache-ro requires"},
      {{"--context-shift", "--perplexity"},
       "test: error: --context-shift excludes --perplexity: "},
      {{"--hide-thinking", "-p", "x"},
       "test: error: --hide-thinking requires --conversation"},
      {{"--logprobs", "3", "-cnv"},
       "test: error: --logprobs excludes --conversation: "},
      {{"-q", "-v"}, "test: error: --verbose excludes --quiet"},
      {{"--color", "maybe"},
       "test: error: --color: expected one of auto, on, off, found maybe"},
      {{"--samplers", "top_z"}, "test: error: --samplers: samplers: expected "},
      {{"-l", "x"}, "test: error: --logit-bias: logit_bias: expected a token"},
      {{"--multiple-choice", "f", "-p", "x"},
       "test: error: --multiple-choice excludes --prompt: it has its prompts "
       "in a file"},
      {{"--keep", "-2"},
       "test: error: --keep: expected a whole number from -1 to 2147483647, "
       "found -2"},
      {{"a", "-p", "x", "b"}, "test: error: unexpected arguments: a b"},
      {{"-n"}, "test: error: -n: expected a value behind it (see --help)"},
      {{"-p", "x", "-st"},
       "test: error: --single-turn requires --conversation"},
      {{"-sys", "x"}, "test: error: --system-prompt requires --conversation"},
      {{"-sys", "x", "-cnv", "-no-cnv"},
       "test: error: --system-prompt requires --conversation"},
      {{"-cnv", "--ids", "1"}, "test: error: --conversation excludes --ids: "},
      {{"--perplexity", "--ids", "1"},
       "test: error: --perplexity excludes --ids: it is about text"},
      {{"--perplexity", "-cnv"},
       "test: error: --conversation excludes --perplexity: a run does one of "
       "them"},
  };
  for (const auto &[arguments, message] : cases) {
    Expected<Options> options = parse(arguments);
    ASSERT_FALSE(options) << message;
    EXPECT_EQ(options.error().message.substr(0, message.size()), message);
    EXPECT_EQ(options.error().code, ExitCode::Usage);
  }
}

TEST(Options, RefusesAFileThatCannotBeRead) {
  EXPECT_EQ(parse({"-f", "/no/such"}).error().message,
            "/no/such: cannot read: No such file or directory");
  EXPECT_EQ(parse({"-f", "/"}).error().message,
            "/: cannot read: Is a directory");
}

} // namespace
