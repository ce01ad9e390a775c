//===- Server.cpp - Serves models over HTTP -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/Server.h"

#include "Routes.h"

#include "ignis/Engine/KernelChoice.h"
#include "ignis/Engine/Machine.h"
#include "ignis/Engine/MemoryLimit.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/Escape.h"

using namespace ignis;

namespace {

/// The steps of a run.
class ServerRun {
public:
  ServerRun(const std::string &name, const ServerOptions &options,
            ProgramProvider &provider)
      : name(name), options(options), provider(provider),
        interrupted(catchSignals()) {}

  Expected<void> perform();

private:
  Expected<void> chooseNames();
  Expected<void> load(size_t index);
  std::optional<Limits> measureLimits() const;

  const std::string &name;
  ServerOptions options;
  ProgramProvider &provider;
  const std::atomic<bool> &interrupted;
  std::vector<std::string> names; ///< of the models
  std::vector<std::unique_ptr<ServedModel>> models;
};

} // namespace

/// A file's name, without folder and ending.
static std::string makeName(const std::string &path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".gguf"))
    name.resize(name.size() - 5);
  return name;
}

/// One for each model, before any is loaded.
Expected<void> ServerRun::chooseNames() {
  for (size_t i = 0; i != std::max<size_t>(options.models.size(), 1); ++i) {
    std::string called = i < options.aliases.size() ? options.aliases[i]
                         : i < options.models.size()
                             ? makeName(options.models[i])
                             : "ignis";
    if (std::ranges::count(names, called) != 0)
      return makeError(ExitCode::Usage,
                       "two models are called {}: expected names of their own "
                       "(--alias)",
                       called);
    names.push_back(std::move(called));
  }
  return {};
}

Expected<void> ServerRun::load(size_t index) {
  bool isGiven = index < options.models.size();
  Expected<GGUFFile> file = isGiven ? GGUFFile::open(options.models[index])
                                    : provider.openOwnModel();
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Expected<ModelDescription> description = ModelDescription::read(*file);
  if (!description)
    return tl::unexpected(std::move(description.error()));
  auto program = provider.provide(*file, *description, options.engine);
  if (!program)
    return tl::unexpected(std::move(program.error()));

  constexpr int64_t usual = 4096; // each of many texts is no book
  ServedModelOptions served;
  served.executor = options.engine.executor;
  served.scheduler = options.scheduler;
  served.lookup = options.engine.lookup;
  served.embeddings = options.engine.embeddings;
  served.mostMemory = options.engine.mostMemory;
  served.chatTemplate = options.chatTemplate;
  served.templatePath = options.templatePath;
  if (served.executor.context == 0)
    served.executor.context =
        std::min(usual, description->config.context_length);
  if (served.executor.positions == 0)
    served.executor.positions =
        served.executor.context * options.scheduler.parallel;
  for (const auto &model : models)
    served.takenMemory += model->memory().sum();
  if (options.timeLimit > 0)
    served.timeLimit = std::chrono::seconds(options.timeLimit);
  if (const ignis_group *group = served.executor.group;
      group && group->rank > 0) {
    auto model = Model::create(*file, *description, **program, Rank::of(group));
    if (!model)
      return tl::unexpected(std::move(model.error()));
    auto checked = checkMemoryLimit(MemoryNeed::of(**model, served.executor),
                                    served.mostMemory);
    return checked ? computeForFirst(**model, served.executor) : checked;
  }
  auto model = ServedModel::create(names[index], std::move(*file),
                                   *description, **program, served);
  if (!model)
    return tl::unexpected(std::move(model.error()));
  print(stderr, "{}: {}: {} kernels, {} threads, {} positions\n", name,
        escapeControls(names[index]),
        (*model)->executor().isa(), (*model)->executor().threads(),
        served.executor.context);
  models.push_back(std::move(*model));
  return {};
}

/// None where there is not plenty of memory to measure with.
std::optional<Limits> ServerRun::measureLimits() const {
  constexpr int64_t plenty = int64_t{2} << 30;
  Machine machine = Machine::read();
  for (int64_t limit : {machine.availableMemory, machine.groupMemory,
                        machine.addresses})
    if (limit != 0 && limit < plenty)
      return std::nullopt;
  const ExecutorOptions &executor = options.engine.executor;
  Expected<Limits> measured = Limits::measure(
      executor.kernels,
      executor.threads > 0 ? executor.threads : machine.threads);
  return measured ? std::optional(*measured) : std::nullopt;
}

Expected<void> ServerRun::perform() {
  if (auto chosen = chooseNames(); !chosen)
    return chosen;
  if (names.size() > 1 && options.engine.executor.group)
    return makeError(ExitCode::Usage,
                     "several ranks serve one model: expected one -m, found {}",
                     names.size());
  if (options.engine.embeddings && options.engine.executor.group)
    return makeError(ExitCode::Usage,
                     "--embeddings: expected to be started alone, found several "
                     "ranks");
  Expected<const ignis_kernels *> kernels = findKernels(options.engine.isa);
  if (!kernels)
    return tl::unexpected(std::move(kernels.error()));
  options.engine.executor.kernels = *kernels;
  std::optional<Limits> limits = measureLimits(); // before memory is taken
  Routes routes(options, models, limits, interrupted);
  HttpServer server(
      options.http,
      [&](const HttpRequest &request) { return routes.needsWork(request); },
      [&](const std::shared_ptr<HttpExchange> &exchange) {
        routes.handle(exchange);
      });
  const ignis_group *group = options.engine.executor.group;
  bool isServing = !group || group->rank == 0;
  Expected<int> port = 0;
  if (isServing) // a port that is taken is no reason to load a model
    port = server.bind();
  if (!port)
    return tl::unexpected(std::move(port.error()));
  for (size_t i = 0; i != names.size(); ++i) {
    if (auto loaded = load(i); !loaded)
      return loaded;
    if (interrupted)
      return makeError(ExitCode::Interrupted, "interrupted");
  }
  if (!isServing)
    return {};
  if (auto listening = server.listen(); !listening)
    return listening;
  for (const auto &model : models)
    model->start();
  print(stdout, "http://{}:{}\n",
        options.http.host.find(':') == std::string::npos
            ? options.http.host
            : "[" + options.http.host + "]",
        *port);
  if (auto flushed = flushOutput(); !flushed)
    return flushed;
  server.run(interrupted);
  for (const auto &model : models)
    model->drain();
  return {};
}

int ignis::runServer(const std::string &program,
                     std::vector<std::string> arguments,
                     ProgramProvider &provider) {
  const Launch launch = Launch::ofProcess();
  const std::string name = launch.introduce(program);
  ServerOptions options;
  provider.setDefaults(options.engine);
  CommandLine app("Answers requests of OpenAI's HTTP interface with Qwen "
                  "models, and serves a page to talk to them.",
                  program);
  addServerOptions(app, options);
  if (auto code = app.parseArguments(std::move(arguments)))
    return *code;
  if (options.doctor) {
    print(stdout, "{}", reportMachine(options.models));
    Expected<void> flushed = flushOutput();
    return flushed ? 0 : reportError(name, flushed.error());
  }
  Expected<void> done = provider.completeOptions();
  if (done)
    done = completeServerOptions(options);
  auto run = [&] { return ServerRun(name, options, provider).perform(); };
  auto runRank = [&](const ignis_group &group) {
    options.engine.executor.group = &group;
    return run();
  };
  if (done)
    done = launch.ranks > 1
               ? runAsRank(provider.transport(), options.engine.executor.threads,
                           options.engine.rankTimeout, runRank)
               : run();
  return done ? static_cast<int>(ExitCode::Success)
              : reportError(name, done.error());
}
