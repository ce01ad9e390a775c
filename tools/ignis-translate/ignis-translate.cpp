//===- ignis-translate.cpp - From a model's file to the ignis dialect -----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/ForwardGraph.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/OutputFile.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/Support/raw_ostream.h"

using namespace ignis;

static constexpr const char *description =
    "Prints the forward pass of a Qwen model as MLIR, one operation for each "
    "of the model's. Reads no more than the file's header.";

namespace {
struct Options {
  std::string model;
  std::string output = "-";
  GraphOptions graph;
  bool debugInfo = false;
};
} // namespace

static Expected<void> translate(const Options &options) {
  Expected<GGUFFile> file =
      GGUFFile::open(options.model, GGUFFile::Mode::Header);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Expected<ModelDescription> model = ModelDescription::read(*file);
  if (!model)
    return tl::unexpected(std::move(model.error()));

  if (auto leaves = checkLeavesModel(options.output, *file); !leaves)
    return leaves;
  Expected<OutputFile> output = OutputFile::create(options.output);
  if (!output)
    return tl::unexpected(std::move(output.error()));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(options.debugInfo);
  flags.printNameLocAsPrefix();
  std::string text;
  llvm::raw_string_ostream stream(text);
  buildForward(&context, *model, options.graph)->print(stream, flags);
  if (auto written = output->write(text); !written)
    return written;
  return output->finish();
}

static int run(int argc, char **argv) {
  Options options;
  CommandLine app(description, "ignis-translate");
  bool ggufToIgnis = false;
  app.add_flag("--gguf-to-ignis", ggufToIgnis, "From GGUF to the ignis dialect")
      ->required();
  app.add_option("-m,--model,model", options.model, "A GGUF file")
      ->required()
      ->type_name("FILE");
  app.add_option("--tokens", options.graph.tokens,
                 "Tokens per call; any number without this")
      ->type_name("N")
      ->check(inRange(int64_t(1), int64_t(1) << 20));
  addChoice<Logits>(app, "--logits",
                    {{"caller", Logits::Caller},
                     {"local", Logits::Local},
                     {"argmax", Logits::Argmax}},
                    options.graph.logits,
                    "caller: the rows asked for, to the caller's memory "
                    "(default); local: all rows, to a buffer of the "
                    "function's own; argmax: the likeliest tokens of the rows "
                    "asked for");
  addChoice<ignis_type>(
      app, "--cache-type", {{"f16", IGNIS_TYPE_F16}, {"f32", IGNIS_TYPE_F32}},
      options.graph.cacheType, "Of keys and values: f16 (default) or f32");
  app.add_option("-o,--output", options.output, "Output file, - for stdout")
      ->type_name("FILE");
  app.add_flag("--debug-info", options.debugInfo,
               "Print locations: the name of what each operation computes");

  if (auto code = app.parseArguments({argv + 1, argv + argc}))
    return *code;
  if (Expected<void> done = translate(options); !done)
    return reportError(app.get_name(), done.error());
  return static_cast<int>(ExitCode::Success);
}

int main(int argc, char **argv) {
  return runProgram("ignis-translate", [&] { return run(argc, argv); });
}
