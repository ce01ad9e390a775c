//===- ignis-compile.cpp - Compiles a model to one executable -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Build.h"

#include "ignis/Support/CommandLine.h"

using namespace ignis;

static void addOptions(CommandLine &app, Command &command) {
  app.add_option("-m,--model", command.model, "A GGUF file of a Qwen model")
      ->type_name("FILE")
      ->required();
  app.add_option("-o,--output", command.output,
                 "What to write: an executable, or a library for programs of "
                 "one's own if the name ends in .a or .so")
      ->type_name("FILE")
      ->required();
  app.add_option("--emit-header", command.header,
                 "Write the C header of a library here")
      ->type_name("FILE");
  app.add_option("--target", command.triple,
                 "Where it is to run, such as aarch64-linux-gnu; default: a "
                 "machine like this one")
      ->type_name("TRIPLE");
  app.add_option("--cpu", command.cpu,
                 "The least CPU it is to run on, by LLVM's name, or native; "
                 "default: x86-64-v3 or ARMv8.0")
      ->type_name("NAME");
  app.add_flag("--embed", command.embed,
               "Put the model inside; without, the program reads the file -m");
  app.add_flag("--server", command.server,
               "Write a server, which has the options of ignis-server");
  app.add_flag("--embeddings", command.embeddings,
               "With what a server computes embeddings by: half as long again "
               "to compile");
  app.add_flag("--distribute", command.distribute,
               "Divide the rows of the model among machines, however many run "
               "it together");
  app.add_flag("--mpi", command.mpi,
               "The same, and link Open MPI: mpirun starts the program on these "
               "machines");
  app.add_option("-b,--batch-size", command.batch,
                 "Tokens of a prompt computed at once, at most")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  addChoice<ignis_type>(
      app, "--cache-type", {{"f16", IGNIS_TYPE_F16}, {"f32", IGNIS_TYPE_F32}},
      command.cacheType, "Of keys and values: f16 (default) or f32");
  app.add_option("--linker", command.linker,
                 "The compiler that links, instead of clang++ or the target's "
                 "g++ on PATH")
      ->type_name("PROGRAM");
}

static int run(int argc, char **argv) {
  const std::string name = "ignis-compile";
  CommandLine app(
      "Compiles a Qwen model to one executable, which has the options "
      "of ignis-run and needs no compiler.",
      name);
  Command command;
  addOptions(app, command);
  if (auto code = app.parseArguments({argv + 1, argv + argc}))
    return *code;
  Expected<void> done = build(command);
  return done ? static_cast<int>(ExitCode::Success)
              : reportError(name, done.error());
}

int main(int argc, char **argv) {
  return runProgram("ignis-compile", [&] { return run(argc, argv); });
}
