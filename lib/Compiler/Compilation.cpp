//===- Compilation.cpp - A module on its way through the stages -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"

#include "ignis/Compiler/Codegen.h"
#include "ignis/Compiler/ForwardGraph.h"
#include "ignis/Compiler/Pipeline.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/Program.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <mutex>

using namespace llvm;
using namespace ignis;

llvm::Expected<LoadedSource> LoadedSource::load(const ProgramSource &source) {
  LoadedSource loaded;
  loaded.model = source.model;
  loaded.trusted = source.trusted;
  if (!source.text.empty())
    loaded.text = MemoryBuffer::getMemBufferCopy(source.text, source.path);
  if (loaded.text || source.path.empty())
    return loaded;
  ignis::Expected<std::string> text = readFile(source.path);
  if (!text)
    return createStringError(text.error().message);
  loaded.text = MemoryBuffer::getMemBufferCopy(*text, source.path);
  if (mlir::isBytecode(*loaded.text) && !source.trusted)
    return createStringError(
        source.path + ": expects MLIR as text, found bytecode, whose reader "
                      "trusts what it reads (--trust-program takes it)");
  return loaded;
}

static mlir::DialectRegistry getRegistry() {
  mlir::DialectRegistry registry;
  ignis::registerAllDialects(registry);
  return registry;
}

/// What LLVM cannot go on from is one line too.
static void handleFatalErrors() {
  install_fatal_error_handler([](void *, const char *reason, bool) {
    endProgram(ExitCode::Failure, {reason});
  });
  install_bad_alloc_error_handler(
      [](void *, const char *, bool) { endWithoutMemory(); });
}

Compilation::Compilation(const CompileOptions &options,
                         const ignis::Target &target)
    : options(options), target(target),
      context(getRegistry(), mlir::MLIRContext::Threading::DISABLED) {
  static std::once_flag once;
  std::call_once(once, handleFatalErrors);
  context.getDiagEngine().registerHandler([this](mlir::Diagnostic &found) {
    if (found.getSeverity() != mlir::DiagnosticSeverity::Error ||
        !diagnostic.empty())
      return;
    raw_string_ostream out(diagnostic);
    if (auto at = dyn_cast<mlir::FileLineColLoc>(found.getLocation()))
      out << at.getFilename().getValue() << ':' << at.getLine() << ':'
          << at.getColumn() << ": ";
    out << found;
  });
}

llvm::Error Compilation::makeError(StringRef fallback) {
  return createStringError(inconvertibleErrorCode(),
                           diagnostic.empty() ? fallback : diagnostic);
}

/// Outside of strings and comments. MLIR's parser takes time in the third power
/// of the digits, and asks nobody whether it may go on.
static bool hasLongNumber(StringRef text, size_t most) {
  size_t digits = 0;
  bool isString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!isString && text.substr(i).starts_with("//")) {
      i = std::min(text.find('\n', i), text.size());
      digits = 0;
      continue;
    }
    isString ^= text[i] == '"';
    if (isString && text[i] == '\\')
      ++i; // what follows ends no string
    digits = !isString && llvm::isHexDigit(text[i]) ? digits + 1 : 0;
    if (digits > most)
      return true;
  }
  return false;
}

llvm::Error Compilation::begin(const LoadedSource &source) {
  if (!source.text) {
    GraphOptions graph;
    graph.cacheType = options.cacheType;
    graph.embeddings = options.embeddings;
    context.loadAllAvailableDialects();
    module = buildForward(&context, *source.model, graph);
    return llvm::Error::success();
  }
  isEdited = true;
  constexpr size_t mostDigits = 1000;
  if (!mlir::isBytecode(*source.text) &&
      hasLongNumber(source.text->getBuffer(), mostDigits))
    return createStringError(
        "%s: expects numbers of at most %zu digits, found a longer one",
        source.text->getBufferIdentifier().str().c_str(), mostDigits);
  module = mlir::parseSourceString<mlir::ModuleOp>(
      source.text->getBuffer(), &context, source.text->getBufferIdentifier());
  if (!module)
    return makeError("the program cannot be parsed");
  stage = detectStage(*module);
  if (stage >= Stage::LLVMDialect && !source.trusted)
    return createStringError(
        Twine(source.text->getBufferIdentifier()) +
        ": expects a program that can be checked, at most scheduled, found one "
        "of the LLVM dialect, which is code (--trust-program takes it)");
  return llvm::Error::success();
}

llvm::Error Compilation::begin(const ProgramSource &source) {
  auto loaded = LoadedSource::load(source);
  if (!loaded)
    return loaded.takeError();
  return begin(*loaded);
}

llvm::Error Compilation::runPasses(Stage to) {
  mlir::PassManager manager(&context);
  // A module that was just built is verified once, at the end.
  manager.enableVerifier(isEdited);
  PipelineOptions pipeline;
  pipeline.stopAfter = options.stopAfter;
  pipeline.maxTokens = options.maxTokens;
  pipeline.verify = isEdited || options.verify;
  pipeline.distribute = options.distribute;
  buildPipeline(manager, stage, to, pipeline);
  if (failed(manager.run(*module)) || failed(mlir::verify(*module)))
    return makeError("a pass failed");
  stage = to;
  return llvm::Error::success();
}

llvm::Error Compilation::runPassByPass(const PassVisitor &visit) {
  PipelineOptions pipeline;
  pipeline.maxTokens = options.maxTokens;
  pipeline.reorder = true;
  for (std::unique_ptr<mlir::Pass> &pass :
       listPasses(stage, Stage::Scheduled, pipeline)) {
    std::string name = pass->getArgument().str();
    mlir::PassManager manager(&context);
    addPass(manager, std::move(pass));
    if (failed(manager.run(*module)))
      return makeError("a pass failed");
    if (llvm::Error error = visit(name, *module))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error Compilation::runTo(Stage to) {
  if (to < stage)
    return createStringError(inconvertibleErrorCode(),
                             "the program is past stage " +
                                 Twine(getStageName(to)) + " already, at " +
                                 getStageName(stage));
  if (Stage last = std::min(to, Stage::LLVMDialect); stage < last)
    if (llvm::Error error = runPasses(last))
      return error;
  if (to < Stage::LLVM || stage >= Stage::LLVM)
    return llvm::Error::success();

  auto created = target.createMachine();
  if (!created)
    return created.takeError();
  machine = std::move(*created);
  llvmModule = translateToLLVM(*module, llvmContext, *machine);
  if (!llvmModule)
    return makeError("the program cannot be translated to LLVM IR");
  if (options.stopAfter >= Stage::LLVM)
    optimize(*llvmModule, *machine);
  stage = Stage::LLVM;
  return llvm::Error::success();
}

std::string ignis::toText(mlir::ModuleOp module) {
  std::string text;
  raw_string_ostream out(text);
  mlir::OpPrintingFlags flags;
  flags.printNameLocAsPrefix();
  module.print(out, flags);
  return text;
}

llvm::Expected<std::string> Compilation::emit(Stage to) {
  if (llvm::Error error = runTo(to))
    return std::move(error);
  std::string text;
  raw_string_ostream out(text);
  if (to <= Stage::LLVMDialect)
    return ignis::toText(*module);
  if (to == Stage::LLVM) {
    llvmModule->print(out, nullptr);
    return text;
  }
  SmallString<0> bytes;
  raw_svector_ostream stream(bytes);
  generateCode(*llvmModule, *machine,
               to == Stage::Asm ? CodeGenFileType::AssemblyFile
                                : CodeGenFileType::ObjectFile,
               stream);
  return std::string(bytes);
}
