//===- ignis-bench.cpp - Measures a model's speed -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/Group.h"
#include "ignis/Engine/KernelChoice.h"
#include "ignis/Engine/Options.h"
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
  std::vector<int64_t> parallel; ///< texts; 1 is the test of -n itself
  std::vector<int64_t> verified;
  std::vector<int64_t> shared;
  std::vector<int> threads;
  std::vector<std::string> isas; ///< empty: as chooseKernels has it
  int64_t batch = 512;
  int repetitions = 5;
  double rankTimeout = Options().rankTimeout;
  bool trustsProgram = false;
  bool json = false;
  bool kernels = false;
  bool formats = false;
};

} // namespace

namespace {
struct Range {
  int64_t first = 0, last = 0;
};
} // namespace

/// Reads "3" or "4..8"; says what is wrong with it, if something is.
static std::string readRange(const std::string &text, Range &range) {
  size_t dots = text.find("..");
  std::string first = text.substr(0, dots);
  std::string last = dots == text.npos ? first : text.substr(dots + 2);
  auto check = inRange(int64_t{1}, int64_t{1024});
  for (const std::string &end : {first, last})
    if (std::string wrong = check(end); !wrong.empty())
      return wrong;
  range = {std::stoll(first), std::stoll(last)};
  return range.first <= range.last
             ? ""
             : "expected a range from less to more, found " + text;
}

/// Texts or rows, of which there may be ranges: 1,2,4..8.
static CLI::Option *addCounts(CommandLine &app, const char *name,
                              std::vector<int64_t> &counts, const char *help) {
  auto add = [&counts](const std::vector<std::string> &texts) {
    counts.clear();
    for (const std::string &text : texts) {
      Range range;
      readRange(text, range); // which was checked
      for (int64_t count = range.first; count <= range.last; ++count)
        counts.push_back(count);
    }
  };
  auto check = [](const std::string &text) {
    Range range;
    return readRange(text, range);
  };
  return app.add_option_function<std::vector<std::string>>(name, add, help)
      ->delimiter(',')
      ->check(check)
      ->type_name("N[..M],...");
}

static void addOptions(CommandLine &app, BenchOptions &options) {
  constexpr int64_t most = 1 << 24;
  app.add_option("-m,--model", options.modelPath,
                 "A GGUF file; default: the bundled model")
      ->type_name("FILE");
  app.add_option("--program", options.programPath,
                 "Go on from this module, as ignis-run --emit prints it, "
                 "instead of from the model's graph")
      ->type_name("FILE");
  app.add_flag("--trust-program", options.trustsProgram,
               "Take --program in the LLVM dialect and as bytecode too, which "
               "cannot be checked: only one of your own");
  auto addList = [&](const char *name, auto &list, auto least, auto greatest,
                     const char *help) {
    return app.add_option(name, list, help)
        ->delimiter(',')
        ->check(inRange(least, greatest))
        ->type_name("N,...");
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
  addCounts(app, "--parallel", options.parallel,
            "Texts that are generated at once, -n tokens of each");
  addCounts(
      app, "--verify-cost", options.verified,
      "Rows of one text in a call, all with logits, as drafts are verified; "
      "beside one row's time where 1 is among them");
  addList("--shared-prefix", options.shared, int64_t{1}, most,
          "Tokens that another text has computed, before those of -p");
  addList("-t,--threads", options.threads, 1, 1024,
          "Default: as many as the process may use");
  app.add_option("--isa", options.isas,
                 "Kernels, such as scalar or avx2; default: those that "
                 "IGNIS_ISA names, or the best that this CPU runs")
      ->type_name("NAME,...")
      ->delimiter(',');
  app.add_option("-b,--batch-size", options.batch, "Tokens in one call at most")
      ->check(inRange(1, 1 << 20))
      ->capture_default_str();
  app.add_option("-r,--repetitions", options.repetitions,
                 "How often each test is timed")
      ->check(inRange(1, 100000))
      ->capture_default_str();
  addRankOptions(app, options.rankTimeout);
  addChoice<bool>(app, "-o,--output", {{"md", false}, {"json", true}},
                  options.json, "Print a table (md, the default) or json");
  app.add_flag("--kernels", options.kernels,
               "Measure single kernels at the shapes of a 0.5B model instead");
  app.add_flag(
      "--formats", options.formats,
      "Measure products with one token and with 512 for every weight format "
      "instead, with every ISA that this CPU runs, and print their shares of "
      "what it reads and of what it multiplies");
  app.rules.exclude("--kernels --formats",
                    "--model --program --n-prompt --n-gen --n-depth "
                    "--batch-size --parallel --verify-cost --shared-prefix",
                    "it is about no model");
  app.rules.excludeEachOther("--kernels --formats", "");
  app.rules.require("--trust-program", "--program");
}

static std::vector<Test> listTests(const BenchOptions &options) {
  std::vector<Test> tests;
  for (int64_t depth : options.depths) {
    for (int64_t prompt : options.prompts)
      if (prompt > 0)
        tests.push_back({prompt, 0, depth});
    std::vector<int64_t> parallel = options.parallel;
    if (parallel.empty())
      parallel = {1};
    for (int64_t generated : options.generated)
      for (int64_t texts : parallel)
        if (generated > 0)
          tests.push_back({0, generated, depth, texts});
    for (int64_t rows : options.verified)
      tests.push_back({0, 0, depth, 1, rows});
  }
  for (int64_t shared : options.shared)
    for (int64_t prompt : options.prompts)
      if (prompt > 0)
        tests.push_back({.prompt = prompt, .shared = shared});
  return tests;
}

/// The kernels to measure. Nothing is measured before all names were found to
/// be right.
static Expected<std::vector<const ignis_kernels *>>
findAllKernels(const BenchOptions &options) {
  std::vector<std::string> names = options.isas;
  bool available;
  if (names.empty() && options.formats)
    for (int i = 0; const char *name = ignis_rt_isa_at(i, &available); ++i)
      if (available)
        names.emplace_back(name);
  if (names.empty())
    names.emplace_back();
  std::vector<const ignis_kernels *> all;
  for (const std::string &name : names) {
    Expected<const ignis_kernels *> found = findKernels(name);
    if (!found)
      return tl::unexpected(std::move(found.error()));
    all.push_back(*found);
  }
  return all;
}

/// An empty text on all ranks but the first.
static Expected<std::string> benchModel(const BenchOptions &options,
                                        const ignis_group *group) {
  std::vector<Test> tests = listTests(options);
  if (tests.empty())
    return makeError(
        ExitCode::Usage,
        "expected a test, found neither -p nor -n above 0 nor --verify-cost");
  Expected<GGUFFile> file = options.modelPath.empty()
                                ? openBundledModel()
                                : GGUFFile::open(options.modelPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Expected<ModelDescription> model = ModelDescription::read(*file);
  if (!model)
    return tl::unexpected(std::move(model.error()));

  ExecutorOptions executorOptions;
  executorOptions.pack = PackPolicy::Always;
  executorOptions.batch = options.batch;
  executorOptions.group = group;
  for (const Test &test : tests) {
    int64_t length = test.before() + test.length();
    constexpr int64_t page = IGNIS_PAGE_POSITIONS;
    executorOptions.context = std::max(executorOptions.context, length);
    // Who has computed a shared beginning keeps it.
    executorOptions.positions = std::max(executorOptions.positions,
                                         (length + page - 1) / page * page *
                                             (test.texts + (test.shared > 0)));
    if (std::max(test.texts, test.verified) > options.batch)
      return makeError(ExitCode::Usage,
                       "{}: expected at most {} rows in a call (-b)",
                       test.name(), options.batch);
  }

  std::vector<Result> results;
  Progress progress(/*shows=*/!group || group->rank == 0);
  auto measureAll = [&](const ignis_kernels *kernels) -> Expected<void> {
    std::string isa = ignis_rt_kernels_name(kernels);
    executorOptions.kernels = kernels;
    CompileOptions compileOptions;
    compileOptions.maxTokens = options.batch;
    compileOptions.isa = isa;
    compileOptions.distribute = group != nullptr;
    progress.show("compiling");
    Expected<CompiledProgram> program = CompiledProgram::compile(
        {&*model, options.programPath, "", options.trustsProgram},
        compileOptions);
    if (!program)
      return tl::unexpected(std::move(program.error()));
    for (int threads : options.threads) {
      executorOptions.threads = threads;
      if (group && group->rank > 0) {
        auto part =
            Model::create(*file, *model, *program->get(), Rank::of(group));
        Expected<void> done = part ? computeForFirst(**part, executorOptions)
                                   : tl::unexpected(std::move(part.error()));
        if (!done)
          return done;
        continue;
      }
      Expected<Bench> bench =
          Bench::create(*file, *model, *program->get(), executorOptions);
      if (!bench)
        return tl::unexpected(std::move(bench.error()));
      for (const Test &test : tests) {
        progress.show(
            fmt::format("{}, {} threads: {}", isa, threads, test.name()));
        Expected<Result> result = bench->measure(test, options.repetitions);
        if (!result)
          return tl::unexpected(std::move(result.error()));
        results.push_back(std::move(*result));
      }
    }
    return {};
  };
  auto sets = findAllKernels(options);
  if (!sets)
    return tl::unexpected(std::move(sets.error()));
  for (const ignis_kernels *kernels : *sets)
    if (auto done = file->explain(measureAll(kernels)); !done)
      return tl::unexpected(std::move(done.error()));
  if (results.empty())
    return std::string();
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
      auto *bench =
          options.formats ? ignis_rt_bench_formats : ignis_rt_bench_kernels;
      if (!team ||
          !bench(team.get(), options.repetitions, keep, &measured, reason))
        return makeError(ExitCode::Failure, "{} threads: {}", threads, reason);
      for (const ignis_kernel_result &result : measured)
        results.push_back({result, isa, threads});
    }
    return {};
  };
  auto sets = findAllKernels(options);
  if (!sets)
    return tl::unexpected(std::move(sets.error()));
  for (const ignis_kernels *kernels : *sets)
    if (auto done = measureAll(kernels); !done)
      return tl::unexpected(std::move(done.error()));
  return options.json      ? formatJSON(results)
         : options.formats ? formatFormatTable(results)
                           : formatTable(results);
}

static Expected<void> measure(BenchOptions &options, const ignis_group *group) {
  if (options.threads.empty())
    options.threads = {ignis_rt_default_threads()};
  Expected<std::string> text =
      options.kernels || options.formats ? benchKernels(options)
                                         : benchModel(options, group);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  std::fwrite(text->data(), 1, text->size(), stdout);
  return flushOutput();
}

static int run(int argc, char **argv) {
  const Launch launch = Launch::ofProcess();
  const std::string name = launch.introduce("ignis-bench");
  CommandLine app("Measures how fast a model runs, and how much of what the "
                  "machine can do that is.",
                  "ignis-bench");
  BenchOptions options;
  addOptions(app, options);
  if (auto code = app.parseArguments({argv + 1, argv + argc}))
    return *code;
  Expected<void> done;
  if (launch.ranks > 1 && !options.kernels && !options.formats) {
    int threads = options.threads.empty() ? 0 : options.threads.front();
    done = runAsRank(loadTransport(), threads, options.rankTimeout,
                     [&](const ignis_group &group) {
                       return measure(options, &group);
                     });
  } else if (launch.rank == 0) {
    done = measure(options, nullptr);
  }
  return done ? 0 : reportError(name, done.error());
}

int main(int argc, char **argv) {
  return runProgram("ignis-bench", [&] { return run(argc, argv); });
}
