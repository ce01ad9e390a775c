//===- CAPITestCase.h - A model behind the C interface ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_CAPI_CAPITESTCASE_H
#define IGNIS_TEST_UNIT_CAPI_CAPITESTCASE_H

#include "../Engine/FakeProgram.h"

#include "ignis/Engine/Package.h"
#include "ignis/Model/Bundled.h"
#include "ignis/ignis.h"

namespace ignis::test {

using Tokens = std::vector<int32_t>;

/// The bundled model, with a program that counts instead of computing.
class CAPITestCase : public testing::Test {
protected:
  void SetUp() override {
    file = std::make_unique<GGUFFile>(
        *GGUFFile::fromBytes(getBundledModel(), "bundled"));
    description = *ModelDescription::read(*file);
    fake = std::make_unique<FakeProgram>(description);
    fake->next = [](int32_t token, int64_t) { return (token + 1) % 2048; };
    package = {.program = &fake->program,
               .max_tokens = 8,
               .cpu = "any",
               .features = "",
               .path = "/nowhere/bundled.gguf",
               .model = getBundledModel().data(),
               .model_size = getBundledModel().size()};
    options = {.context = 16, .positions = 0, .batch = 0, .threads = 1};
    sampling = ignis_default_sampling();
    sampling.temperature = 0;
  }
  void TearDown() override {
    // In the order in which they were made: each keeps what it needs.
    ignis_model_free(model);
    ignis_executor_free(executor);
    for (ignis_sequence *sequence : sequences)
      ignis_sequence_free(sequence);
  }

  void load() {
    ASSERT_EQ(ignis_model_load(&package, nullptr, &model, &error), IGNIS_OK)
        << error.message;
    EXPECT_STREQ(error.message, "");
    ASSERT_EQ(ignis_executor_create(model, &options, &executor, &error),
              IGNIS_OK)
        << error.message;
  }

  ignis_sequence *begin(const Tokens &tokens) {
    ignis_sequence *sequence = nullptr;
    EXPECT_EQ(ignis_sequence_create(executor, &sampling, &sequence, &error),
              IGNIS_OK)
        << error.message;
    sequences.push_back(sequence);
    EXPECT_EQ(
        ignis_sequence_append(sequence, tokens.data(), tokens.size(), &error),
        IGNIS_OK)
        << error.message;
    return sequence;
  }

  Tokens stepOne(ignis_sequence *sequence) {
    EXPECT_EQ(ignis_step(&sequence, 1, &error), IGNIS_OK) << error.message;
    return chosen(sequence);
  }
  static Tokens chosen(const ignis_sequence *sequence) {
    size_t count = 0;
    const int32_t *tokens = ignis_sequence_chosen(sequence, &count);
    return Tokens(tokens, tokens + count);
  }

  /// The refusal's message.
  std::string refuse(ignis_status expected) {
    auto *before = reinterpret_cast<ignis_model *>(&error);
    ignis_model *result = before;
    EXPECT_EQ(ignis_model_load(&package, nullptr, &result, &error), expected);
    EXPECT_EQ(result, nullptr);
    return error.message;
  }

  std::unique_ptr<GGUFFile> file;
  ModelDescription description;
  std::unique_ptr<FakeProgram> fake;
  ignis_package package;
  ignis_executor_options options;
  ignis_sampling sampling;
  ignis_error error = {"unset"};
  ignis_model *model = nullptr;
  ignis_executor *executor = nullptr;
  std::vector<ignis_sequence *> sequences;
};

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_CAPI_CAPITESTCASE_H
