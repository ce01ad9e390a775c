//===- Executors.cpp - Executors of the C interface -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include "ignis/Engine/KernelChoice.h"

#include <limits>

using namespace ignis;

ignis_executor_options ignis_default_executor_options(void) { return {}; }

static Expected<void> checkOptions(const ignis_executor_options &options,
                                   int64_t mostTokens) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  auto isCount = [&](int64_t value) { return value >= 0 && value <= most; };
  if (!isCount(options.context) || !isCount(options.positions) ||
      options.threads < 0 || options.threads > 1024)
    return makeError(ExitCode::Usage,
                     "expected context and positions of 0 to {} and 0 to 1024 "
                     "threads, found {}, {} and {}",
                     most, options.context, options.positions, options.threads);
  if (options.batch < 0 || options.batch > mostTokens)
    return makeError(ExitCode::Usage,
                     "batch: the program was compiled for at most {} tokens, "
                     "found {}",
                     mostTokens, options.batch);
  return {};
}

ignis_status ignis_executor_create(const ignis_model *model,
                                   const ignis_executor_options *options,
                                   ignis_executor **executor,
                                   ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkPresent({"a model", "a place for the executor"},
                                    model, executor);
        !checked)
      return checked;
    *executor = nullptr;
    const auto chosen = options ? *options : ignis_default_executor_options();
    if (auto checked = checkOptions(chosen, model->model->mostTokens); !checked)
      return checked;
    Expected<const ignis_kernels *> kernels = findKernels(/*name=*/"");
    if (!kernels)
      return tl::unexpected(std::move(kernels.error()));
    ExecutorOptions given;
    given.kernels = *kernels;
    given.context = chosen.context;
    given.positions = chosen.positions;
    given.batch = chosen.batch > 0 ? chosen.batch : model->model->mostTokens;
    given.threads = chosen.threads;
    auto created = Executor::create(*model->model->model, given);
    if (!created)
      return tl::unexpected(std::move(created.error()));
    *executor = new ignis_executor{std::make_shared<StartedExecutor>(
        StartedExecutor{model->model, std::move(*created)})};
    return {};
  });
}

void ignis_executor_free(ignis_executor *executor) { delete executor; }

int64_t ignis_executor_context(const ignis_executor *executor) {
  return executor ? executor->executor->executor->context() : 0;
}

int64_t ignis_executor_memory(const ignis_executor *executor) {
  return executor ? executor->executor->executor->memory().sum() : 0;
}
