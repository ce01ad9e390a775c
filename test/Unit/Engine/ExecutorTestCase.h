//===- ExecutorTestCase.h - An executor of a program that is none *- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_ENGINE_EXECUTORTESTCASE_H
#define IGNIS_TEST_UNIT_ENGINE_EXECUTORTESTCASE_H

#include "FakeProgram.h"

#include "ignis/Engine/Executor.h"

namespace ignis::test {

using Tokens = std::vector<int32_t>;

/// An executor, and a text for it.
struct Prepared {
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> executor;
  Sequence text;
};

class ExecutorTestCase : public TinyModel {
protected:
  Expected<Prepared> create(ExecutorOptions options = {}) {
    if (options.threads == 0)
      options.threads = 2;
    auto loaded = Model::create(*file, model, fake->program);
    if (!loaded)
      return tl::unexpected(std::move(loaded.error()));
    auto executor = Executor::create(**loaded, options);
    if (!executor)
      return tl::unexpected(std::move(executor.error()));
    Sequence text(**executor);
    return Prepared{std::move(*loaded), std::move(*executor), std::move(text)};
  }

  std::string refusal() {
    auto setup = create();
    return setup ? "" : setup.error().message;
  }
};

/// Feeds the text, and returns the likeliest to follow.
inline Expected<int32_t> feed(Prepared &setup, const Tokens &tokens) {
  int32_t best = -1;
  auto keep = [&](const Executor::Row &row) -> Expected<void> {
    best = row.likeliest();
    return {};
  };
  auto fed = setup.executor->feed(
      setup.text, tokens, static_cast<int64_t>(tokens.size()) - 1, keep);
  if (!fed)
    return tl::unexpected(std::move(fed.error()));
  return best;
}

inline Expected<void> ignore(const Executor::Row &) { return {}; }

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_ENGINE_EXECUTORTESTCASE_H
