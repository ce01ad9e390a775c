//===- ignis-bench.cpp - Measures a model's speed -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "ignis/Compiler/Compiler.h"
#include "ignis/Model/Bundled.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/Progress.h"

#include <algorithm>
#include <cstdlib>
#include <functional>

using namespace ignis;
using namespace ignis::bench;

namespace {

struct BenchOptions {
  std::string modelPath;   ///< empty: the bundled model
  std::string programPath; ///< empty: the model's graph
  std::vector<int64_t> prompts = {512};
  std::vector<int64_t> generated = {128};
  std::vector<int64_t> depths = {0};
  std::vector<int> threads;
  std::vector<std::string> isas; ///< empty: IGNIS_ISA, or the best there is
  int64_t batch = 512;
  int repetitions = 5;
  bool json = false;
  bool kernels = false;
};

} // namespace

static void addOptions(CLI::App &app, BenchOptions &options) {
  constexpr int64_t most = 1 << 24;
  app.add_option("-m,--model", options.modelPath,
                 "A GGUF file; without it, the bundled model");
  app.add_option("--program", options.programPath,
                 "Go on from this module, as ignis-run --emit prints it, "
                 "instead of from the model's graph");
  auto addList = [&](const char *name, auto &list, auto least, auto greatest,
                     const char *help) {
    return app.add_option(name, list, help)
        ->delimiter(',')
        ->check(CLI::Range(least, greatest));
  };
  addList("-p,--n-prompt", options.prompts, int64_t{0}, most,
          "Tokens of a prompt, fed in batches; 0: no such test")
      ->capture_default_str();
  addList("-n,--n-gen", options.generated, int64_t{0}, most,
          "Tokens fed one by one; 0: no such test")
      ->capture_default_str();
  addList("-d,--n-depth", options.depths, int64_t{0}, most,
          "Tokens before those that are timed")
      ->capture_default_str();
  addList("-t,--threads", options.threads, 1, 1024,
          "By default as many as the process may use");
  app.add_option("--isa", options.isas,
                 "Kernels, such as scalar or avx2; by default the best")
      ->delimiter(',');
  app.add_option("-b,--batch-size", options.batch, "Tokens in one call at most")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("-r,--repetitions", options.repetitions,
                 "How often each test is timed")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option_function<std::string>(
         "-o,--output",
         [&](const std::string &name) { options.json = name == "json"; },
         "md (default), a table, or json")
      ->check(CLI::IsMember({"md", "json"}));
  CLI::Option *kernels = app.add_flag(
      "--kernels", options.kernels,
      "Measure single kernels at the shapes of a 0.5B model instead");
  for (const char *name : {"-m", "--program", "-p", "-n", "-d", "-b"})
    kernels->excludes(app.get_option(name));
}

static std::vector<Test> listTests(const BenchOptions &options) {
  std::vector<Test> tests;
  for (int64_t depth : options.depths) {
    for (int64_t prompt : options.prompts)
      if (prompt > 0)
        tests.push_back({prompt, 0, depth});
    for (int64_t generated : options.generated)
      if (generated > 0)
        tests.push_back({0, generated, depth});
  }
  return tests;
}

/// The kernels to measure. Nothing is measured before all names were found to
/// be right.
static Expected<std::vector<const ignis_kernels *>>
findKernels(const BenchOptions &options) {
  std::vector<const char *> names;
  for (const std::string &isa : options.isas)
    names.push_back(isa.c_str());
  if (names.empty())
    names.push_back(std::getenv("IGNIS_ISA"));
  std::vector<const ignis_kernels *> found;
  for (const char *name : names) {
    char reason[IGNIS_ERROR_SIZE];
    found.push_back(ignis_rt_find_kernels(name, reason));
    if (!found.back())
      return makeError(ExitCode::Usage, "{}", reason);
  }
  return found;
}

static Expected<std::string> benchModel(const BenchOptions &options) {
  std::vector<Test> tests = listTests(options);
  if (tests.empty())
    return makeError(ExitCode::Usage,
                     "expected a test, found neither -p nor -n above 0");
  Expected<GGUFFile> file =
      options.modelPath.empty()
          ? GGUFFile::fromBytes(getBundledModel(), "the bundled model")
          : GGUFFile::open(options.modelPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Expected<ModelDescription> model = ModelDescription::read(*file);
  if (!model)
    return tl::unexpected(std::move(model.error()));

  SessionOptions sessionOptions;
  sessionOptions.pack = PackPolicy::Always;
  sessionOptions.batch = options.batch;
  for (const Test &test : tests)
    sessionOptions.context =
        std::max(sessionOptions.context, test.depth + test.tokens());

  std::vector<Result> results;
  Progress progress;
  auto measureAll = [&](const ignis_kernels *kernels) -> Expected<void> {
    std::string isa = ignis_rt_kernels_name(kernels);
    sessionOptions.kernels = kernels;
    CompileOptions compileOptions;
    compileOptions.maxTokens = options.batch;
    compileOptions.isa = isa;
    progress.show("compiling");
    Expected<CompiledProgram> program = CompiledProgram::compile(
        {&*model, options.programPath, ""}, compileOptions);
    if (!program)
      return tl::unexpected(std::move(program.error()));
    for (int threads : options.threads) {
      sessionOptions.threads = threads;
      Expected<Bench> bench =
          Bench::create(*file, *model, *program->get(), sessionOptions);
      if (!bench)
        return tl::unexpected(std::move(bench.error()));
      for (const Test &test : tests) {
        progress.show(fmt::format("{}, {} threads: {}", isa, threads,
                                  test.name()));
        Expected<Result> result = bench->measure(test, options.repetitions);
        if (!result)
          return tl::unexpected(std::move(result.error()));
        results.push_back(std::move(*result));
      }
    }
    return {};
  };
  auto sets = findKernels(options);
  if (!sets)
    return tl::unexpected(std::move(sets.error()));
  for (const ignis_kernels *kernels : *sets)
    if (auto done = measureAll(kernels); !done)
      return tl::unexpected(std::move(done.error()));
  RunFacts facts{file->path(), ModelSize::of(*model), options.batch};
  return options.json ? formatJSON(facts, results)
                      : formatTable(facts, results);
}

static Expected<std::string> benchKernels(const BenchOptions &options) {
  std::vector<KernelResult> results;
  Progress progress;
  auto measureAll = [&](const ignis_kernels *kernels) -> Expected<void> {
    std::string isa = ignis_rt_kernels_name(kernels);
    for (int threads : options.threads) {
      char reason[IGNIS_ERROR_SIZE];
      progress.show(fmt::format("{}, {} threads", isa, threads));
      TeamHandle team(ignis_rt_team_create(kernels, threads, 0, reason));
      auto keep = [](const ignis_kernel_result *result, void *all) {
        static_cast<std::vector<ignis_kernel_result> *>(all)->push_back(
            *result);
      };
      std::vector<ignis_kernel_result> measured;
      if (!team || !ignis_rt_bench_kernels(team.get(), options.repetitions,
                                           keep, &measured, reason))
        return makeError(ExitCode::Failure, "{} threads: {}", threads, reason);
      for (const ignis_kernel_result &result : measured)
        results.push_back({result, isa, threads});
    }
    return {};
  };
  auto sets = findKernels(options);
  if (!sets)
    return tl::unexpected(std::move(sets.error()));
  for (const ignis_kernels *kernels : *sets)
    if (auto done = measureAll(kernels); !done)
      return tl::unexpected(std::move(done.error()));
  return options.json ? formatJSON(results) : formatTable(results);
}

int main(int argc, char **argv) {
  CLI::App app("Measures how fast a model runs, and how much of what the "
               "machine can do that is.",
               "ignis-bench");
  app.set_version_flag("--version", "ignis-bench " IGNIS_VERSION);
  BenchOptions options;
  addOptions(app, options);
  if (auto code = parseCommandLine(app, {argv + 1, argv + argc}))
    return *code;
  if (options.threads.empty())
    options.threads = {ignis_rt_default_threads()};

  Expected<std::string> text =
      options.kernels ? benchKernels(options) : benchModel(options);
  if (!text)
    return reportError(app.get_name(), text.error());
  std::fwrite(text->data(), 1, text->size(), stdout);
  if (Expected<void> flushed = flushOutput(); !flushed)
    return reportError(app.get_name(), flushed.error());
  return 0;
}
