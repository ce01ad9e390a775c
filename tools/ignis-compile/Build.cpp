//===- Build.cpp - From a model to a program or a library -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Build.h"

#include "EmbeddedModel.h"
#include "LibraryHeader.h"
#include "Linker.h"
#include "WorkingDirectory.h"

#include "ignis/Compiler/Archive.h"
#include "ignis/Engine/LoadTokenizer.h"
#include "ignis/Model/OutputFile.h"
#include "ignis/Support/Take.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"

#include <filesystem>

using namespace ignis;
namespace fs = std::filesystem;

namespace {

enum class OutputKind { Program, StaticLibrary, SharedLibrary };

/// The steps, in the order of its members.
class Build {
public:
  explicit Build(const Command &command);

  Expected<void> perform();

private:
  Expected<void> checkCommand();
  Expected<void> loadModel();
  Expected<void> findTarget();
  Expected<void> checkEmbedding() const;
  Expected<void> prepareOutput();
  Expected<void> compile();
  Expected<void> embed();
  Expected<void> link();
  Expected<void> publish();

  const Command &command;
  OutputKind kind;
  std::string name;      ///< of a library
  std::string symbol;    ///< of the package
  std::string modelPath; ///< wherever the program is started
  HeldSignals signals;
  std::optional<GGUFFile> file;
  std::optional<ModelDescription> model;
  TargetName target;
  fs::path archives; ///< the target's folder
  std::optional<Linker> linker;
  std::optional<WorkingDirectory> directory, headerDirectory;
  std::vector<std::string> objects;
};

} // namespace

static constexpr std::string_view kOutput = "output";
static constexpr std::string_view kHeader = "header";

static OutputKind getKind(const std::string &output) {
  return output.ends_with(".a")    ? OutputKind::StaticLibrary
         : output.ends_with(".so") ? OutputKind::SharedLibrary
                                   : OutputKind::Program;
}

static std::string makeAbsolute(const std::string &path) {
  std::error_code failed;
  fs::path absolute = fs::absolute(path, failed);
  return failed ? path : absolute.lexically_normal().string();
}

//===----------------------------------------------------------------------===//
// What can be refused before the work begins
//===----------------------------------------------------------------------===//

Build::Build(const Command &command)
    : command(command), kind(getKind(command.output)),
      name(getLibraryName(command.output)),
      symbol(kind == OutputKind::Program ? "ignis_main_package"
                                         : "ignis_package_" + name),
      modelPath(makeAbsolute(command.model)) {}

Expected<void> Build::checkCommand() {
  if (!command.header.empty() && kind == OutputKind::Program)
    return makeError(ExitCode::Usage,
                     "--emit-header is for libraries: expected an output that "
                     "ends in .a or .so, got {}",
                     command.output);
  if (!command.header.empty() &&
      makeAbsolute(command.header) == makeAbsolute(command.output))
    return makeError(ExitCode::Usage,
                     "{}: the header would take the place of the output",
                     command.header);
  for (const std::string &written : {command.output, command.header})
    if (auto checked = checkLeavesModel(written, command.model); !checked)
      return checked;
  return {};
}

Expected<void> Build::loadModel() {
  if (auto done = take(GGUFFile::open(command.model), file); !done)
    return done;
  return take(ModelDescription::read(*file), model);
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

Expected<void> Build::checkEmbedding() const {
  Expected<uint64_t> parts = file->uintOr("split.count", 1);
  if (!parts)
    return tl::unexpected(std::move(parts.error()));
  if (*parts > 1)
    return makeError(ExitCode::Usage,
                     "{}: --embed takes one file, the model is split into {}",
                     command.model, *parts);
  // The program would refuse it each time it is started.
  if (hasTokenizer(*file))
    if (auto tokenizer = loadTokenizer(*file, *model); !tokenizer)
      return tl::unexpected(std::move(tokenizer.error()));
  // How far code reaches over it, less 16 MiB for all the rest.
  uint64_t reach = target.elfMachine == llvm::ELF::EM_X86_64 ? 2 : 4;
  uint64_t most = (reach << 30) - (uint64_t{16} << 20);
  if (file->fileSize() > most)
    return makeError(ExitCode::Usage,
                     "{}: --embed takes at most {} bytes on {}, the model has "
                     "{}",
                     command.model, most, target.directory, file->fileSize());
  return {};
}

Expected<void> Build::findTarget() {
  Expected<TargetName> found = getTargetName(command.triple);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  target = *found;
  if (command.embed)
    if (auto checked = checkEmbedding(); !checked)
      return checked;
  fs::path targets = getTargetsDirectory();
  archives = targets / target.directory;
  if (!fs::exists(archives / "libignis.a"))
    return makeError(ExitCode::Failure, "found no libraries for {}: {} has {}",
                     target.directory, targets.string(), listTargets(targets));
  if (kind == OutputKind::StaticLibrary)
    return {};
  return take(Linker::find(target, command.linker, signals), linker);
}

Expected<void> Build::prepareOutput() {
  if (!command.header.empty())
    if (auto done =
            take(WorkingDirectory::create(command.header), headerDirectory);
        !done)
      return done;
  return take(WorkingDirectory::create(command.output), directory);
}

//===----------------------------------------------------------------------===//
// The work
//===----------------------------------------------------------------------===//

Expected<void> Build::compile() {
  CompileOptions options;
  options.triple = target.triple;
  options.cpu = command.cpu;
  options.maxTokens = command.batch;
  options.cacheType = command.cacheType;
  PackageOptions package;
  package.symbol = symbol;
  package.modelPath = modelPath;
  if (command.embed) {
    package.embeddedSymbol = symbol + "_model";
    package.embeddedSize = file->fileSize();
  }
  Expected<std::string> object = compilePackage(*model, options, package);
  if (!object)
    return tl::unexpected(std::move(object.error()));
  objects.push_back(directory->path(name + ".o"));
  return writeFile(objects.back(), *object);
}

Expected<void> Build::embed() {
  if (!command.embed)
    return {};
  objects.push_back(directory->path(name + "-model.o"));
  return writeEmbeddedModel(objects.back(), command.model, file->fileSize(),
                            symbol + "_model", target.elfMachine, signals);
}

Expected<void> Build::link() {
  const std::string output = directory->path(kOutput);
  std::vector<std::string> inputs = objects;
  if (kind == OutputKind::Program)
    inputs.push_back(archives / "libignis-main.a");
  inputs.push_back(archives / "libignis.a");
  switch (kind) {
  case OutputKind::Program:
    return linker->linkProgram(inputs, output, signals);
  case OutputKind::StaticLibrary:
    return writeArchive(output, inputs);
  case OutputKind::SharedLibrary:
    return linker->linkLibrary(inputs, fs::path(command.output).filename(),
                               output, signals);
  }
}

Expected<void> Build::publish() {
  if (headerDirectory)
    if (auto done = writeFile(
            headerDirectory->path(kHeader),
            writeLibraryHeader(name, symbol, modelPath, model->config));
        !done)
      return done;
  if (auto done = signals.check(); !done)
    return done;
  if (headerDirectory)
    if (auto done = headerDirectory->move(kHeader, command.header); !done)
      return done;
  return directory->move(kOutput, command.output);
}

Expected<void> Build::perform() {
  for (auto step : {&Build::checkCommand, &Build::loadModel, &Build::findTarget,
                    &Build::prepareOutput, &Build::compile, &Build::embed,
                    &Build::link, &Build::publish})
    if (auto done = (this->*step)(); !done)
      return done;
  return {};
}

Expected<void> ignis::build(const Command &command) {
  return Build(command).perform();
}
