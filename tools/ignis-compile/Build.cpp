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

#include "ignis/Compiler/Archive.h"
#include "ignis/Engine/Handles.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Support/Signals.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/CheckText.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

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
  Expected<void> prepareOutput();
  Expected<void> findTarget();
  Expected<void> checkEmbedding() const;
  Expected<void> compile();
  Expected<void> embed();
  Expected<void> link();
  Expected<void> publish();

  const Command &command;
  OutputKind kind;
  std::string name;      ///< of a library
  std::string symbol;    ///< of the package
  std::string modelPath; ///< wherever the program is started
  const std::atomic<bool> &interrupted = catchSignals();
  std::optional<GGUFFile> file;
  std::optional<ModelDescription> model;
  TargetName target;
  fs::path archives; ///< the target's folder
  std::optional<TemporaryDirectory> directory;
  std::optional<Linker> linker;
  std::vector<std::string> objects; ///< in `directory`
  std::string linked;               ///< there too
  std::optional<OutputFile> output, header;
};

} // namespace

static OutputKind getKind(const std::string &output) {
  return output.ends_with(".a")    ? OutputKind::StaticLibrary
         : output.ends_with(".so") ? OutputKind::SharedLibrary
                                   : OutputKind::Program;
}

static std::string makeAbsolute(const std::string &path) {
  if (path == "-")
    return path;
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
      modelPath(command.model == "-" ? "standard input"
                                       : makeAbsolute(command.model)) {}

Expected<void> Build::checkCommand() {
  if (command.server && kind != OutputKind::Program)
    return makeError(ExitCode::Usage,
                     "--server is for programs: expected an output that ends "
                     "in neither .a nor .so");
  if (command.mpi && kind != OutputKind::Program)
    return makeError(ExitCode::Usage,
                     "--mpi is for programs: expected an output that ends in "
                     "neither .a nor .so");
  if (!command.header.empty() && kind == OutputKind::Program)
    return makeError(ExitCode::Usage,
                     "--emit-header is for libraries: expected an output that "
                     "ends in .a or .so, got {}",
                     command.output);
  if (command.model == "-" && !command.embed)
    return makeError(ExitCode::Usage,
                     "-m -: a program cannot read standard input again: "
                     "expected --embed with it");
  return {};
}

Expected<void> Build::loadModel() {
  if (auto done = take(GGUFFile::open(command.model), file); !done)
    return done;
  const std::string written[] = {command.output, command.header};
  if (auto checked = checkOutputs(written, *file); !checked)
    return checked;
  return take(ModelDescription::read(*file), model);
}

/// Refuses what cannot be written before the work begins.
Expected<void> Build::prepareOutput() {
  auto fileKind = kind == OutputKind::StaticLibrary ? OutputFile::Kind::Data
                                                    : OutputFile::Kind::Program;
  if (auto done = take(OutputFile::create(command.output, fileKind), output);
      !done)
    return done;
  if (!command.header.empty())
    if (auto done = take(OutputFile::create(command.header), header); !done)
      return done;
  return take(TemporaryDirectory::create(), directory);
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
  if (auto checked = checkText(*file, model->config.vocab); !checked)
    return tl::unexpected(std::move(checked.error()));
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
  if (command.mpi && !fs::exists(archives / "libignis-mpi.a"))
    return makeError(ExitCode::Failure,
                     "--mpi: found no {}: a build makes it that is configured "
                     "where Open MPI is (libopenmpi-dev; for AArch64 on another "
                     "machine tools/openmpi-aarch64.sh unpacks one)",
                     (archives / "libignis-mpi.a").string());
  if (kind == OutputKind::StaticLibrary)
    return {};
  return take(Linker::find(target, command.linker, *directory), linker);
}

//===----------------------------------------------------------------------===//
// The work
//===----------------------------------------------------------------------===//

Expected<void> Build::compile() {
  CompileOptions options;
  options.triple = target.triple;
  options.cpu = command.cpu;
  options.maxTokens = command.batch;
  options.distribute = command.distribute || command.mpi;
  options.cacheType = command.cacheType;
  options.embeddings = command.embeddings;
  PackageOptions package;
  package.symbol = symbol;
  if (!command.embed) {
    package.modelPath = modelPath;
  } else { // the same bytes make the same program, whatever their file's name
    package.embeddedSymbol = symbol + "_model";
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
  if (auto done = writeEmbeddedModel(objects.back(), file->bytes(),
                                     symbol + "_model", target.elfMachine);
      !done)
    return done;
  return file->checkUnchanged();
}

Expected<void> Build::link() {
  linked = directory->path("output");
  std::vector<std::string> inputs = objects;
  if (kind == OutputKind::Program)
    inputs.push_back(archives / (command.server ? "libignis-server.a"
                                                : "libignis-main.a"));
  inputs.push_back(archives / "libignis.a");
  if (command.mpi)
    inputs.push_back(archives / "libignis-mpi.a");
  switch (kind) {
  case OutputKind::Program:
    return command.mpi ? linker->linkRank(inputs, linked, *directory)
                       : linker->linkProgram(inputs, linked, *directory);
  case OutputKind::StaticLibrary:
    return writeArchive(linked, inputs);
  case OutputKind::SharedLibrary:
    return linker->linkLibrary(inputs, fs::path(command.output).filename(),
                               linked, *directory);
  }
}

static Expected<void> copyFile(const std::string &path, OutputFile &output) {
  std::unique_ptr<std::FILE, Destroyer<std::fclose>> file(
      std::fopen(path.c_str(), "rb"));
  std::vector<char> piece(size_t{1} << 20);
  while (size_t size =
             file ? std::fread(piece.data(), 1, piece.size(), file.get()) : 0)
    if (auto written = output.write(std::string_view(piece.data(), size));
        !written)
      return written;
  if (file && !std::ferror(file.get()))
    return {};
  return makeError(ExitCode::Failure, "{}: cannot read: {}", path,
                   std::strerror(errno));
}

Expected<void> Build::publish() {
  if (header)
    if (auto done = header->write(
            writeLibraryHeader(name, symbol, modelPath, model->config));
        !done)
      return done;
  if (auto done = copyFile(linked, *output); !done)
    return done;
  if (interrupted)
    return makeError(ExitCode::Interrupted, "interrupted");
  if (header)
    if (auto done = header->finish(); !done)
      return done;
  return output->finish();
}

Expected<void> Build::perform() {
  for (auto step : {&Build::checkCommand, &Build::loadModel,
                    &Build::prepareOutput, &Build::findTarget, &Build::compile,
                    &Build::embed, &Build::link, &Build::publish}) {
    Expected<void> done = (this->*step)();
    // What was published stays; what failed may have failed for that.
    if (interrupted && !(done && step == &Build::publish))
      return makeError(ExitCode::Interrupted, "interrupted");
    if (!done)
      return done;
  }
  return {};
}

Expected<void> ignis::build(const Command &command) {
  return Build(command).perform();
}
