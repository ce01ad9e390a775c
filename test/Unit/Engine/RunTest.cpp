//===- RunTest.cpp - Whole runs, with a program whose answers are set -----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeRun.h"

#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace ignis;
using namespace ignis::test;

namespace {

// Tokens 0 and up are '!', '"', '#', and so on.
TEST_F(RunTest, GoesOnFromThePrompt) {
  Result result = run({"-p", "!", "-n", "3", "--temp", "0", "-s", "7"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.output, "!\"#$\n");
  EXPECT_NE(result.errors.find("1 thread, seed 7\n"), std::string::npos)
      << result.errors;
  // The last token is shown, but nobody asks what would follow.
  EXPECT_EQ(provider.fake->calls.size(), 3u);
}

TEST_F(RunTest, HidesThePrompt) {
  Result result =
      run({"-p", "!", "-n", "3", "--temp", "0", "--no-display-prompt"});
  EXPECT_EQ(result.output, "\"#$\n");
}

TEST_F(RunTest, EndsWithTheEndToken) {
  // <|endoftext|> is 2045.
  provider.next = [](int32_t, int64_t position) {
    return position < 3 ? 40 : 2045;
  };
  EXPECT_EQ(run({"-p", "!", "--temp", "0"}).output, "!III\n");
  EXPECT_EQ(run({"-p", "!", "--temp", "0", "-n", "5", "--ignore-eos"}).output,
            "!III!!\n"); // all others are equal: the lowest
}

TEST_F(RunTest, EndsWithAReversePrompt) {
  EXPECT_EQ(run({"-p", "!", "--temp", "0", "-r", "xyz", "-r", "&'"}).output,
            "!\"#$%&'\n");
}

TEST_F(RunTest, AReversePromptMayBeAControlToken) {
  provider.next = [](int32_t, int64_t position) {
    return position < 3 ? 40 : position == 3 ? 2046 : 41; // <|im_start|>
  };
  EXPECT_EQ(
      run({"-p", "!", "--temp", "0", "-n", "9", "-r", "I<|im_start|>"}).output,
      "!III\n");
}

TEST_F(RunTest, EndsWithTheContext) {
  Result result = run({"-p", "!", "--temp", "0", "-c", "4"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.output, "!\"#$%\n");
  EXPECT_NE(result.errors.find("the context of 4 positions is full (-c, --context-shift)\n"),
            std::string::npos);
}

TEST_F(RunTest, DumpsARowForEachToken) {
  std::string path = getPath("logits");
  Result result = run({"--ids", "5,6,7", "-n", "2", "--temp", "0",
                       "--dump-logits", path, "-b", "2"});
  EXPECT_EQ(result.code, 0) << result.errors;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::remove(path.c_str());
  ASSERT_EQ(bytes.size(), 5 * 2048 * sizeof(float));
  for (int32_t row = 0; row != 5; ++row) {
    float value;
    std::memcpy(&value, &bytes[(row * 2048 + 5 + row + 1) * sizeof(float)],
                sizeof(value));
    EXPECT_EQ(value, 10) << row;
  }
}

TEST_F(RunTest, EndsTheLineWhenInterrupted) {
  // Who runs the tests may ignore it, and then a program does, too.
  std::signal(SIGINT, SIG_DFL);
  provider.next = [](int32_t token, int64_t position) {
    if (position == 2)
      std::raise(SIGINT);
    return token + 1;
  };
  std::string path = getPath("stats"), logits = getPath("logits");
  Result result =
      run({"-p", "!", "--temp", "0", "--stats", path, "--dump-logits", logits});
  EXPECT_EQ(result.code, 130);
  EXPECT_EQ(result.output, "!\"#$\n");
  EXPECT_EQ(result.errors.find("error"), std::string::npos);
  nlohmann::json stats = nlohmann::json::parse(std::ifstream(path));
  std::remove(path.c_str());
  EXPECT_EQ(stats["generated_tokens"], 3);
  EXPECT_EQ(std::filesystem::file_size(logits), 3 * 2048 * sizeof(float));
  std::remove(logits.c_str());
}

TEST_F(RunTest, WritesStats) {
  std::string path = getPath("stats");
  ASSERT_EQ(run({"-p", "!", "-n", "3", "--temp", "0", "--stats", path}).code,
            0);
  nlohmann::json stats = nlohmann::json::parse(std::ifstream(path));
  std::remove(path.c_str());
  EXPECT_EQ(stats["model"], "bundled");
  EXPECT_EQ(stats["threads"], 1);
  EXPECT_EQ(stats["prefill_tokens"], 1);
  EXPECT_EQ(stats["generated_tokens"], 3);
  EXPECT_EQ(stats["decode_steps"], 2);
  EXPECT_EQ(stats["arena_bytes"], 64 * 512 + 64);
  EXPECT_GT(stats["peak_memory_bytes"], 1 << 20);
  EXPECT_TRUE(stats["isa"].is_string());
}

TEST_F(RunTest, MeasuresPerplexity) {
  // One token of 2048 has a weight of e^10, and it is never the right one.
  std::string path = getPath("text");
  std::ofstream(path) << std::string(100, '!');
  provider.next = [](int32_t, int64_t) { return 5; };
  Result result = run({"--perplexity", "-f", path, "-c", "16"});
  std::remove(path.c_str());
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_EQ(result.output.substr(0, 24), "perplexity = 24073.4658 ")
      << result.output;
}

TEST_F(RunTest, RefusesInOneLine) {
  std::string text = getPath("no-model");
  std::ofstream(text) << "this is no model, nor does it look like one";
  const struct {
    std::vector<std::string> arguments;
    int code;
    std::string message;
  } cases[] = {
      {{},
       2,
       "the prompt is empty: expected text with -p or -f, or tokens "
       "with --ids"},
      {{"-p", ""},
       2,
       "the prompt is empty: expected text with -p or -f, or "
       "tokens with --ids"},
      {{"-p", "!!!!!!!!!", "-c", "2"},
       2,
       "the prompt has 9 tokens, the context only 2 positions (-c sets them)"},
      {{"--ids", "1,2048"},
       2,
       "token 2048: expected an id from 0 to 2047, the model's vocabulary"},
      {{"-m", "/no/such", "-p", "x"},
       3,
       "/no/such: cannot open: No such file or directory"},
      {{"-m", text, "-p", "x"},
       3,
       text + ": magic at offset 0: expected 'GGUF', found 'this'"},
      {{"-p", "x", "--perplexity"},
       2,
       "perplexity: the text has 1 tokens, a window needs 512: expected a "
       "longer text, or shorter windows with -c"},
      {{"-p", "x", "--perplexity", "-c", "2"},
       2,
       "perplexity: expected windows of at least 3 tokens, found 2 (-c sets "
       "them)"},
      {{"-p", "!", "-n", "1", "--dump-logits", "/no/such"},
       1,
       "/no/such: cannot write: No such file or directory"},
      {{"-p", "!", "-n", "1", "--stats", "/dev/full"},
       1,
       "/dev/full: cannot write: No space left on device"},
      {{"-cnv", "-p", "x"}, 3, "bundled: "},
  };
  for (const auto &[arguments, code, message] : cases) {
    Result result = run(arguments);
    EXPECT_EQ(result.code, code) << message;
    EXPECT_NE(result.errors.find("test: error: " + message), std::string::npos)
        << result.errors;
    if (code != 1)
      EXPECT_EQ(result.output, "");
  }
  std::remove(text.c_str());
}

TEST_F(RunTest, RunsModelsWithoutATokenizerByIds) {
  std::string path = getPath("tiny");
  ASSERT_TRUE(synthesize(*parseShape("1,64,96,2,1,40,1"), *findRecipe("f32"), 1,
                         nullptr, path));
  Result result = run({"-m", path, "--ids", "1,2", "-n", "3", "--temp", "0"});
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_EQ(result.output, "1,2,3,4,5\n");
  result = run({"-m", path, "-p", "x"});
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.output, "");
  std::remove(path.c_str());
}

} // namespace
