//===- CAPIErrorsTest.cpp - What the C interface refuses ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CAPITestCase.h"

#include <sys/wait.h>
#include <unistd.h>

using namespace ignis;
using namespace ignis::test;

namespace {

using CAPIErrorsTest = CAPITestCase;

TEST_F(CAPIErrorsTest, RefusesNull) {
  load();
  ignis_sequence *sequence = begin({1}), *none = nullptr;
  size_t count = 0;
  int32_t token = 1;
  const ignis_message message = {nullptr, "x"};
  auto misused = [&](ignis_status status) {
    EXPECT_EQ(status, IGNIS_MISUSED);
    EXPECT_NE(std::string(error.message).find("found null"), std::string::npos)
        << error.message;
  };
  ignis_model *loaded = nullptr;
  misused(ignis_model_load(nullptr, nullptr, &loaded, &error));
  misused(ignis_model_load(&package, nullptr, nullptr, &error));
  misused(ignis_executor_create(nullptr, nullptr, &executor, &error));
  misused(ignis_executor_create(model, nullptr, nullptr, &error));
  misused(ignis_sequence_create(nullptr, nullptr, &none, &error));
  misused(ignis_sequence_create(executor, nullptr, nullptr, &error));
  misused(ignis_sequence_fork(nullptr, &none, &error));
  misused(ignis_sequence_fork(sequence, nullptr, &error));
  misused(ignis_sequence_append(nullptr, &token, 1, &error));
  misused(ignis_sequence_append(sequence, nullptr, 1, &error));
  misused(ignis_sequence_restart(nullptr, &token, 1, &error));
  misused(ignis_sequence_save(nullptr, "x", &error));
  misused(ignis_sequence_save(sequence, nullptr, &error));
  misused(ignis_sequence_load(nullptr, "x", nullptr, &none, &error));
  misused(ignis_sequence_load(executor, nullptr, nullptr, &none, &error));
  misused(ignis_sequence_load(executor, "x", nullptr, nullptr, &error));
  misused(ignis_step(nullptr, 1, &error));
  misused(ignis_step(&none, 1, &error));
  misused(
      ignis_model_tokenize(nullptr, "x", 1, false, &token, 1, &count, &error));
  misused(ignis_model_tokenize(model, nullptr, 1, false, &token, 1, &count,
                               &error));
  misused(
      ignis_model_tokenize(model, "x", 1, false, nullptr, 1, &count, &error));
  misused(
      ignis_model_tokenize(model, "x", 1, false, &token, 1, nullptr, &error));
  misused(
      ignis_model_detokenize(model, nullptr, 1, nullptr, 0, &count, &error));
  misused(
      ignis_model_detokenize(model, &token, 1, nullptr, 0, nullptr, &error));
  misused(ignis_model_chat(model, nullptr, 1, &token, 1, &count, &error));
  misused(ignis_model_chat(model, &message, 1, &token, 1, &count, &error));
  EXPECT_EQ(ignis_model_vocab(nullptr), 0);
  EXPECT_FALSE(ignis_model_is_end(nullptr, 1));
  EXPECT_EQ(ignis_executor_context(nullptr), 0);
  EXPECT_EQ(ignis_executor_memory(nullptr), 0);
  EXPECT_EQ(ignis_sequence_length(nullptr), 0);
  EXPECT_EQ(ignis_sequence_position(nullptr), 0);
  EXPECT_EQ(ignis_sequence_chosen(nullptr, nullptr), nullptr);
  EXPECT_EQ(ignis_sequence_log_probabilities(nullptr, nullptr), nullptr);
  EXPECT_EQ(ignis_sequence_logits(nullptr), nullptr);
  EXPECT_STREQ(ignis_sequence_text(nullptr, nullptr), "");
}

TEST_F(CAPIErrorsTest, RefusesWhatCannotBeComputed) {
  load();
  ignis_sequence *sequence = begin({});
  EXPECT_EQ(ignis_step(&sequence, 1, &error), IGNIS_MISUSED);
  EXPECT_STREQ(error.message,
               "sequence 0: expected tokens to compute, found an empty text");
  int32_t wrong = 2048;
  EXPECT_EQ(ignis_sequence_append(sequence, &wrong, 1, &error), IGNIS_MISUSED);
  EXPECT_NE(std::string(error.message).find("token 2048"), std::string::npos);
  Tokens many(17, 1);
  EXPECT_EQ(ignis_sequence_append(sequence, many.data(), 17, &error),
            IGNIS_MISUSED);
  EXPECT_STREQ(error.message, "expected a text of at most 16 tokens, found 17");
  EXPECT_EQ(ignis_sequence_append(sequence, many.data(), 16, &error), IGNIS_OK);
  EXPECT_STREQ(error.message, "");
  stepOne(sequence);
  stepOne(sequence);
  EXPECT_EQ(ignis_step(&sequence, 1, &error), IGNIS_MISUSED);
  EXPECT_STREQ(error.message,
               "sequence 0: the context of 16 positions is full");
}

TEST_F(CAPIErrorsTest, RefusesOptions) {
  load();
  ignis_executor *refused = nullptr;
  // Their bytes are 0 in 64 bits.
  for (int64_t many : {int64_t{1} << 62, int64_t{1} << 31}) {
    for (int64_t ignis_executor_options::*field :
         {&ignis_executor_options::context,
          &ignis_executor_options::positions}) {
      ignis_executor_options large = options;
      large.*field = many;
      EXPECT_EQ(ignis_executor_create(model, &large, &refused, &error),
                IGNIS_MISUSED);
      EXPECT_NE(std::string(error.message).find("0 to 2147483647"),
                std::string::npos);
    }
  }
  options.threads = 1025;
  EXPECT_EQ(ignis_executor_create(model, &options, &refused, &error),
            IGNIS_MISUSED);
  EXPECT_NE(std::string(error.message).find("1025"), std::string::npos);
  options.threads = 1;
  options.batch = 9;
  EXPECT_EQ(ignis_executor_create(model, &options, &refused, &error),
            IGNIS_MISUSED);
  EXPECT_STREQ(error.message,
               "batch: the program was compiled for at most 8 tokens, found 9");
  sampling.top_p = NAN;
  ignis_sequence *sequence = nullptr;
  EXPECT_EQ(ignis_sequence_create(executor, &sampling, &sequence, &error),
            IGNIS_MISUSED);
  EXPECT_NE(std::string(error.message).find("top_p"), std::string::npos);
}

TEST_F(CAPIErrorsTest, RefusesModels) {
  package.model = nullptr;
  // Nobody here has a command line.
  EXPECT_EQ(refuse(IGNIS_INVALID_MODEL),
            "/nowhere/bundled.gguf: cannot open: No such file or directory (the "
            "program was compiled from it)");
  package.model = getBundledModel().data();
  package.model_size = 100;
  refuse(IGNIS_INVALID_MODEL);
  package.model_size = getBundledModel().size();
  fake->program.model.layers = 7;
  EXPECT_NE(refuse(IGNIS_INVALID_MODEL).find("compiled for 7, found 6"),
            std::string::npos);
}

TEST_F(CAPIErrorsTest, RefusesConversationsWithoutATemplate) {
  load();
  const ignis_message message = {"user", "x"};
  int32_t token;
  size_t count;
  EXPECT_EQ(ignis_model_chat(model, &message, 1, &token, 1, &count, &error),
            IGNIS_INVALID_MODEL);
  EXPECT_STREQ(error.message,
               "the embedded model: key 'tokenizer.chat_template': expected a template for "
               "a conversation, found none");
}

TEST_F(CAPIErrorsTest, RefusesCPUs) {
  package.features = "no-such-feature";
  EXPECT_EQ(refuse(IGNIS_FAILED), "this CPU lacks no-such-feature: the program "
                                  "was compiled for any");
}

TEST_F(CAPIErrorsTest, CutsLongMessages) {
  std::string path(2000, 'x');
  EXPECT_EQ(ignis_model_load(&package, path.c_str(), &model, &error),
            IGNIS_INVALID_MODEL);
  EXPECT_EQ(std::string(error.message), std::string(511, 'x'));
}

TEST_F(CAPIErrorsTest, AForkedProcessIsRefused) {
  options.threads = 2;
  load();
  ignis_sequence *sequence = begin({1});
  stepOne(sequence);
  pid_t child = fork();
  if (child == 0) {
    bool isRefused =
        ignis_step(&sequence, 1, &error) == IGNIS_MISUSED &&
        std::string_view(error.message).starts_with("the process was forked");
    ignis_model_free(model);
    ignis_executor_free(executor);
    ignis_sequence_free(sequence); // which waits for no thread
    _exit(isRefused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(stepOne(sequence), Tokens{3});
}

} // namespace
