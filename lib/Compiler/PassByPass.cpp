//===- PassByPass.cpp - What each pass makes of a program -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"
#include "ConvertError.h"

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace ignis;

/// Operations of @forward, or of the only function.
static int64_t countOperations(mlir::ModuleOp module) {
  auto forward = module.lookupSymbol<mlir::func::FuncOp>("forward");
  int64_t count = 0;
  if (forward)
    forward.walk([&](ComputeOpInterface op) {
      count += !llvm::isa<EmbeddingOp>(op.getOperation());
    });
  return count;
}

namespace {
using Visitor = std::function<Expected<void>(const PassResult &)>;

/// Compiles what passes leave, and shows it.
class PassByPass {
public:
  PassByPass(const ProgramSource &source, const CompileOptions &options,
             const Visitor &visit)
      : source(source), visit(visit), naive(options), optimised(options) {
    naive.stopAfter = Stage::Ignis;
    naive.objectDirectory = optimised.objectDirectory = "";
  }

  Expected<void> run(const Target &target);

private:
  /// Goes on from `module` without any pass that optimises.
  Expected<void> show(llvm::StringRef pass, mlir::ModuleOp module);
  Expected<void> show(llvm::StringRef pass, int64_t operations,
                      const ProgramSource &program,
                      const CompileOptions &options);

  const ProgramSource &source;
  const Visitor &visit;
  CompileOptions naive, optimised;
};
} // namespace

Expected<void> PassByPass::show(llvm::StringRef pass, int64_t operations,
                                const ProgramSource &program,
                                const CompileOptions &options) {
  Expected<CompiledProgram> compiled =
      CompiledProgram::compile(program, options);
  if (!compiled)
    return tl::unexpected(std::move(compiled.error()));
  return visit({pass.str(), operations, compiled->get()});
}

Expected<void> PassByPass::show(llvm::StringRef pass, mlir::ModuleOp module) {
  return show(pass, countOperations(module),
              {source.model, "after " + pass.str(), toText(module)}, naive);
}

static Expected<void> toExpected(llvm::Error error) {
  if (!error)
    return {};
  return convertError(std::move(error));
}

Expected<void> PassByPass::run(const Target &target) {
  Compilation graph(naive, target);
  if (auto begun = toExpected(graph.begin(ProgramSource{source.model, "", ""}));
      !begun)
    return begun;
  if (auto shown = show("graph", graph.getModule()); !shown)
    return shown;

  Compilation compilation(optimised, target);
  if (auto begun = toExpected(compilation.begin(source)); !begun)
    return begun;
  if (!source.path.empty())
    if (auto shown = show(source.path, compilation.getModule()); !shown)
      return shown;

  Expected<void> shown;
  int64_t operations = 0;
  llvm::Error failure = compilation.runPassByPass(
      [&](llvm::StringRef pass, mlir::ModuleOp module) -> llvm::Error {
        operations = countOperations(module);
        shown = show(pass, module);
        if (shown)
          return llvm::Error::success();
        return llvm::createStringError(shown.error().message);
      });
  if (auto ran = toExpected(std::move(failure)); !ran)
    return shown ? ran : shown;
  return show("all, optimised", operations, source, optimised);
}

Expected<void> ignis::visitPasses(
    const ProgramSource &source, const CompileOptions &options,
    const std::function<Expected<void>(const PassResult &)> &visit) {
  auto target = Target::host(options.isa);
  if (!target)
    return convertError(target.takeError());
  return PassByPass(source, options, visit).run(*target);
}
