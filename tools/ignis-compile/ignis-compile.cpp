//===- ignis-compile.cpp - Compiles a model to one executable -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddedModel.h"
#include "Linker.h"
#include "WorkingDirectory.h"

#include "ignis/Support/CommandLine.h"

#include "llvm/Support/FileSystem.h"

#include <filesystem>

using namespace ignis;
namespace fs = std::filesystem;

namespace {

/// What the command line asks for.
struct Command {
  std::string model;
  std::string output;
  std::string triple;
  std::string cpu;
  std::string linker;
  bool embed = false;
  int64_t batch = 512;
  ignis_type cacheType = IGNIS_TYPE_F16;
};

/// The steps, in the order of its members.
class Build {
public:
  explicit Build(const Command &command) : command(command) {}

  Expected<void> perform();

private:
  Expected<void> loadModel();
  Expected<void> prepare();
  Expected<void> compile();
  Expected<void> embed();
  Expected<void> link();

  const Command &command;
  HeldSignals signals;
  std::optional<GGUFFile> file;
  std::optional<Qwen2Model> model;
  TargetName target;
  std::string archive; ///< what every program links
  std::optional<Linker> linker;
  std::optional<WorkingDirectory> directory;
  std::vector<std::string> objects;
};

} // namespace

static constexpr std::string_view kOutput = "output";
static constexpr const char *kModelSymbol = "ignis_embedded_model";

/// Takes the value out of `from`, or hands on its error.
template <typename T>
static Expected<void> take(Expected<T> from, std::optional<T> &into) {
  if (!from)
    return tl::unexpected(std::move(from.error()));
  into.emplace(std::move(*from));
  return {};
}

Expected<void> Build::loadModel() {
  if (auto done = take(GGUFFile::open(command.model), file); !done)
    return done;
  std::error_code ignored;
  if (fs::equivalent(command.model, command.output, ignored))
    return makeError(ExitCode::Usage,
                     "{}: the program would take the place of the model",
                     command.output);
  Expected<uint64_t> parts = file->uintOr("split.count", 1);
  if (!parts)
    return tl::unexpected(std::move(parts.error()));
  if (command.embed && *parts > 1)
    return makeError(ExitCode::Usage,
                     "{}: --embed takes one file, the model is split into {}",
                     command.model, *parts);
  return take(Qwen2Model::read(*file), model);
}

/// The folder with one folder a target: in an installation as in a build, it is
/// reached from the program's own.
static fs::path getTargetsDirectory() {
  static const int anchor = 0;
  fs::path program = llvm::sys::fs::getMainExecutable(
      "ignis-compile", const_cast<int *>(&anchor));
  return program.parent_path().parent_path() / "lib" / "ignis";
}

static std::string listTargets(const fs::path &directory) {
  std::string names;
  std::error_code ignored;
  for (const fs::directory_entry &entry :
       fs::directory_iterator(directory, ignored))
    names += (names.empty() ? "" : ", ") + entry.path().filename().string();
  return names.empty() ? "nothing" : names;
}

/// Everything that can be refused before the work begins.
Expected<void> Build::prepare() {
  Expected<TargetName> found = getTargetName(command.triple);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  target = *found;
  fs::path targets = getTargetsDirectory();
  archive = targets / target.directory / "libignis.a";
  if (!fs::exists(archive))
    return makeError(ExitCode::Failure, "found no libraries for {}: {} has {}",
                     target.directory, targets.string(), listTargets(targets));
  if (auto done = take(Linker::find(target, command.linker, signals), linker);
      !done)
    return done;
  return take(WorkingDirectory::create(command.output), directory);
}

Expected<void> Build::compile() {
  CompileOptions options;
  options.triple = target.triple;
  options.cpu = command.cpu;
  options.maxTokens = command.batch;
  options.cacheType = command.cacheType;
  PackageOptions package;
  package.symbol = "ignis_main_package";
  package.modelPath = fs::absolute(command.model).lexically_normal();
  if (command.embed) {
    package.embeddedSymbol = kModelSymbol;
    package.embeddedSize = file->fileSize();
  }
  Expected<std::string> object = compilePackage(*model, options, package);
  if (!object)
    return tl::unexpected(std::move(object.error()));
  objects.push_back(directory->path("program.o"));
  return writeFile(objects.back(), *object);
}

Expected<void> Build::embed() {
  if (!command.embed)
    return {};
  objects.push_back(directory->path("model.o"));
  return writeEmbeddedModel(objects.back(), command.model, file->fileSize(),
                            kModelSymbol, target.elfMachine, signals);
}

Expected<void> Build::link() {
  std::vector<std::string> inputs = objects;
  inputs.push_back(archive);
  if (auto done =
          linker->linkProgram(inputs, directory->path(kOutput), signals);
      !done)
    return done;
  if (auto checked = signals.check(); !checked)
    return checked;
  return directory->move(kOutput, command.output);
}

Expected<void> Build::perform() {
  for (auto step : {&Build::loadModel, &Build::prepare, &Build::compile,
                    &Build::embed, &Build::link})
    if (auto done = (this->*step)(); !done)
      return done;
  return {};
}

static void addOptions(CLI::App &app, Command &command) {
  app.add_option("-m,--model", command.model, "A GGUF file of a Qwen2 model")
      ->required();
  app.add_option("-o,--output", command.output, "The executable to write")
      ->required();
  app.add_option("--target", command.triple,
                 "Where it is to run, such as aarch64-linux-gnu; default: a "
                 "machine like this one");
  app.add_option("--cpu", command.cpu,
                 "The least CPU it is to run on, by LLVM's name, or native; "
                 "default: x86-64-v3 or ARMv8.0");
  app.add_flag("--embed", command.embed,
               "Put the model inside; without, the program reads the file -m");
  app.add_option("-b,--batch-size", command.batch,
                 "Tokens of a prompt computed at once, at most")
      ->check(CLI::Range(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  const std::map<std::string, ignis_type> types = {{"f16", IGNIS_TYPE_F16},
                                                   {"f32", IGNIS_TYPE_F32}};
  app.add_option_function<std::string>(
         "--cache-type",
         [&command, types](const std::string &name) {
           command.cacheType = types.at(name);
         },
         "Of keys and values: f16 (default) or f32")
      ->check(CLI::IsMember(types));
  app.add_option("--linker", command.linker,
                 "The compiler that links, instead of clang++ or the target's "
                 "g++ on PATH");
}

int main(int argc, char **argv) {
  const std::string name = "ignis-compile";
  CLI::App app(
      "Compiles a Qwen2 model to one executable, which has the options "
      "of ignis-run and needs no compiler.",
      name);
  app.set_version_flag("--version", name + " " IGNIS_VERSION);
  Command command;
  addOptions(app, command);
  if (auto code = parseCommandLine(app, {argv + 1, argv + argc}))
    return *code;
  Expected<void> done = Build(command).perform();
  if (done)
    return static_cast<int>(ExitCode::Success);
  if (done.error().code == ExitCode::Interrupted)
    return static_cast<int>(ExitCode::Interrupted);
  return reportError(name, done.error());
}
