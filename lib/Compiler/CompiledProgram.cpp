//===- CompiledProgram.cpp - A program in this process's memory -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"
#include "ConvertError.h"
#include "ObjectKey.h"

#include "ignis/Compiler/ObjectStore.h"
#include "ignis/Support/Program.h"

#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/TargetSelect.h"

#include <chrono>
#include <cstring>

using namespace llvm;
using namespace ignis;

namespace {
class Stopwatch {
public:
  /// Seconds since construction or the last lap.
  double lap() {
    auto now = std::chrono::steady_clock::now();
    std::chrono::duration<double> elapsed = now - start;
    start = now;
    return elapsed.count();
  }

private:
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
};
} // namespace

//===----------------------------------------------------------------------===//
// Linking
//===----------------------------------------------------------------------===//

/// What compiled code may call.
static orc::SymbolMap getRuntimeSymbols(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
  auto add = [&](StringRef name, auto *function) {
    symbols[jit.mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                          JITSymbolFlags::Exported |
                                              JITSymbolFlags::Callable};
  };
#define IGNIS_RT_FUNCTION(name) add(#name, &name);
#include "ignis/Runtime/Functions.def"
  // Code generation may call these for copies it makes.
  add("memcpy", static_cast<void *(*)(void *, const void *, size_t)>(&memcpy));
  add("memset", static_cast<void *(*)(void *, int, size_t)>(&memset));
  return symbols;
}

static llvm::Expected<std::unique_ptr<orc::LLJIT>>
link(std::unique_ptr<MemoryBuffer> object, const ignis_program *&program) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto jit =
      orc::LLJITBuilder()
          .setObjectLinkingLayerCreator([](orc::ExecutionSession &session) {
            return std::make_unique<orc::ObjectLinkingLayer>(session);
          })
          .setPlatformSetUp(orc::setUpInactivePlatform)
          .setLinkProcessSymbolsByDefault(false)
          .create();
  if (!jit)
    return jit.takeError();
  // What a lookup returns says that it failed, what was reported on the way
  // why.
  auto reason = std::make_shared<std::string>();
  (*jit)->getExecutionSession().setErrorReporter(
      [reason](llvm::Error error) { *reason += toString(std::move(error)); });
  if (llvm::Error error = (*jit)->getMainJITDylib().define(
          orc::absoluteSymbols(getRuntimeSymbols(**jit))))
    return std::move(error);
  if (llvm::Error error = (*jit)->addObjectFile(std::move(object)))
    return std::move(error);
  auto symbol = (*jit)->lookup("ignis_compiled_program");
  if (!symbol) {
    std::string failure = toString(symbol.takeError());
    return createStringError(reason->empty() ? failure : *reason);
  }
  program = symbol->toPtr<const ignis_program *>();
  return jit;
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

struct CompiledProgram::Impl {
  std::unique_ptr<orc::LLJIT> jit;
  const ignis_program *program = nullptr;
  CompileTimes times;

  llvm::Error compile(const ProgramSource &source,
                      const CompileOptions &options);
  llvm::Error link(std::unique_ptr<MemoryBuffer> object);
};

llvm::Error CompiledProgram::Impl::compile(const ProgramSource &source,
                                           const CompileOptions &options) {
  Stopwatch watch;
  auto target = ignis::Target::host(options.isa);
  if (!target)
    return target.takeError();
  auto loaded = LoadedSource::load(source);
  if (!loaded)
    return loaded.takeError();

  Compilation compilation(options, *target);
  if (llvm::Error error = compilation.begin(*loaded))
    return error;

  ObjectStore store(options.objectDirectory
                        ? *options.objectDirectory
                        : ObjectStore::getDefaultDirectory());
  std::string key =
      getObjectKey(*loaded, compilation.getModule(), options, *target);
  if (std::unique_ptr<MemoryBuffer> kept = store.load(key)) {
    llvm::Error error = link(std::move(kept));
    times.cached = !error;
    if (!error)
      return llvm::Error::success();
    // What cannot be used is made anew.
    consumeError(std::move(error));
    store.remove(key);
  }

  if (llvm::Error error = compilation.runTo(Stage::LLVMDialect))
    return error;
  times.mlir = watch.lap();
  auto bytes = compilation.emit(Stage::Object);
  if (!bytes)
    return bytes.takeError();
  store.store(key, *bytes);
  times.llvm = watch.lap();
  return link(MemoryBuffer::getMemBufferCopy(*bytes, "ignis"));
}

llvm::Error CompiledProgram::Impl::link(std::unique_ptr<MemoryBuffer> object) {
  Stopwatch watch;
  auto linked = ::link(std::move(object), program);
  times.link = watch.lap();
  if (!linked)
    return linked.takeError();
  jit = std::move(*linked);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// What the tools see
//===----------------------------------------------------------------------===//

CompiledProgram::CompiledProgram(std::unique_ptr<Impl> impl)
    : impl(std::move(impl)) {}
CompiledProgram::CompiledProgram(CompiledProgram &&) noexcept = default;
CompiledProgram &
CompiledProgram::operator=(CompiledProgram &&) noexcept = default;
CompiledProgram::~CompiledProgram() = default;

const ignis_program *CompiledProgram::get() const { return impl->program; }
const CompileTimes &CompiledProgram::times() const { return impl->times; }

ignis::Expected<CompiledProgram>
CompiledProgram::compile(const ProgramSource &source,
                         const CompileOptions &options) {
  FaultStack faults; // this may be a thread of its own
  auto impl = std::make_unique<Impl>();
  if (llvm::Error error = impl->compile(source, options))
    return convertError(std::move(error));
  return CompiledProgram(std::move(impl));
}

ignis::Expected<std::string> ignis::emitStage(const ProgramSource &source,
                                              Stage stage,
                                              const CompileOptions &options) {
  auto target = options.triple.empty()
                    ? ignis::Target::host(options.isa)
                    : ignis::Target::named(options.triple, options.cpu);
  if (!target)
    return convertError(target.takeError());
  Compilation compilation(options, *target);
  if (llvm::Error error = compilation.begin(source))
    return convertError(std::move(error));
  auto text = compilation.emit(stage);
  if (!text)
    return convertError(text.takeError());
  return std::move(*text);
}
