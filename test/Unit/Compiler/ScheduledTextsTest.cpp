//===- ScheduledTextsTest.cpp - Each answer is that of its text alone -----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random requests with random lengths, options, grammars, common beginnings and
// cancellations, at random times: what is answered has the tokens and the
// log-probabilities, bit for bit, of the same request with nothing beside it.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/Logprobs.h"
#include "ignis/Engine/Scheduler.h"
#include "ignis/Grammar/Languages.h"
#include "ignis/Model/Synthesize.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdio>

#include <unistd.h>

using namespace ignis;

namespace {

class ScheduledTexts : public testing::Test {
protected:
  static constexpr int64_t context = 500;
  static constexpr int32_t vocab = 112;

  void SetUp() override {
    path = testing::TempDir() + std::to_string(getpid()) +
           "-ignis-scheduled-texts.gguf";
    ModelConfig config = *parseShape("2,64,96,2,1,112,1");
    config.context_length = context;
    ASSERT_TRUE(synthesize(config, *findRecipe("q8_0"), 7, nullptr, path));
    file = std::make_unique<GGUFFile>(*GGUFFile::open(path));
    description = *ModelDescription::read(*file);
    CompileOptions options;
    options.maxTokens = 96;
    options.isa = ignis_rt_kernels_name(ignis_rt_find_kernels(nullptr, reason));
    auto compiled = CompiledProgram::compile({&description, "", ""}, options);
    ASSERT_TRUE(compiled) << compiled.error().message;
    program = std::make_unique<CompiledProgram>(std::move(*compiled));
    model = *Model::create(*file, description, *program->get());
    // A vocabulary of single letters, and of pairs of them.
    std::vector<std::string> texts(vocab);
    for (int i = 0; i != 26; ++i) {
      texts[size_t(i)] = std::string(1, static_cast<char>('a' + i));
      texts[size_t(i) + 26] = texts[size_t(i)] + "a";
    }
    trie = std::make_shared<TokenTrie>(std::move(texts));
    grammar = std::make_shared<Automaton>(
        *Automaton::compile(*parseRegex("(ab?|ca|[d-z]a*)+")));
  }
  void TearDown() override { std::remove(path.c_str()); }

  TextRequest draw(Random &random) {
    TextRequest request;
    // Half of them begin alike.
    size_t length = 1 + random.next() % 300;
    Random own(random.next() % 2 ? 5 : random.next());
    for (size_t i = 0; i != length; ++i)
      request.prompt.push_back(static_cast<int32_t>(own.next() % vocab));
    request.mostTokens = static_cast<int64_t>(random.next() % 60);
    request.sampling.temperature = random.next() % 3 ? 0.9f : 0;
    request.sampling.topK = random.next() % 2 ? 0 : 40;
    request.sampling.repeatPenalty = random.next() % 4 ? 1 : 1.2f;
    request.seed = random.next();
    request.lookup = random.next() % 2;
    if (random.next() % 3 == 0)
      request.ends = {static_cast<int32_t>(random.next() % vocab)};
    if (random.next() % 3 == 0)
      request.constraint.emplace(grammar, trie, std::vector<int32_t>{111});
    return request;
  }

  char reason[IGNIS_ERROR_SIZE];
  std::string path;
  std::unique_ptr<GGUFFile> file;
  ModelDescription description;
  std::unique_ptr<CompiledProgram> program;
  std::unique_ptr<Model> model;
  std::shared_ptr<TokenTrie> trie;
  std::shared_ptr<Automaton> grammar;
};

struct Answer : TextListener {
  bool isWanted() const override { return wanted; }
  bool take(int32_t token, const Executor::Row &row) override {
    tokens.push_back(token);
    bits.push_back(
        std::bit_cast<uint64_t>(findLogprob(row.logits, token)));
    return true;
  }
  void end(Ending given, const Error &reason) override {
    EXPECT_EQ(reason.message, "");
    ending = given;
  }

  bool wanted = true;
  std::vector<int32_t> tokens;
  std::vector<uint64_t> bits;
  std::optional<Ending> ending;
};

TEST_F(ScheduledTexts, AnswersAreThoseOfEachAlone) {
  Random random(11);
  int cancelled = 0, answered = 0;
  for (int round = 0; round != 6; ++round) {
    ExecutorOptions options{.context = context,
                            .positions = round % 2 ? 6 * context : 2 * context,
                            .batch = round % 3 ? 96 : 7,
                            .threads = 1 + round % 2};
    auto busy = *Executor::create(*model, options);
    Scheduler scheduler(*busy, {.parallel = 6, .promptRows = 16});
    std::vector<TextRequest> requests;
    std::vector<std::shared_ptr<Answer>> answers;
    while (requests.size() != 32 || scheduler.step()) {
      for (auto left = random.next() % 5; left > 0 && requests.size() != 32;
           --left) {
        requests.push_back(draw(random));
        answers.push_back(std::make_shared<Answer>());
        ASSERT_TRUE(scheduler.check(requests.back()));
        scheduler.submit(requests.back(), answers.back());
      }
      if (random.next() % 24 == 0)
        answers[random.next() % answers.size()]->wanted = false;
      scheduler.step();
    }
    for (size_t i = 0; i != requests.size(); ++i) {
      ASSERT_TRUE(answers[i]->ending);
      auto executor = *Executor::create(
          *model, {.context = context, .batch = 96, .threads = 1});
      Scheduler alone(*executor, {});
      auto expected = std::make_shared<Answer>();
      alone.submit(requests[i], expected);
      while (alone.step())
        ;
      if (answers[i]->ending == Ending::Cancelled) {
        // What there was of it is a beginning.
        ++cancelled;
        expected->tokens.resize(answers[i]->tokens.size());
        expected->bits.resize(answers[i]->bits.size());
      } else {
        ++answered;
        EXPECT_EQ(answers[i]->ending, expected->ending);
      }
      EXPECT_EQ(answers[i]->tokens, expected->tokens) << round << ", " << i;
      EXPECT_EQ(answers[i]->bits, expected->bits) << round << ", " << i;
    }
    EXPECT_EQ(busy->pageCounts().available, busy->pageCounts().pages);
  }
  EXPECT_GT(cancelled, 5);
  EXPECT_GT(answered, 100);
}

} // namespace
