//===- Compiler.h - From a model to a program that runs --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the tools see of the compiler. No header of LLVM is needed here.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_COMPILER_H
#define IGNIS_COMPILER_COMPILER_H

#include "ignis/Compiler/Stage.h"
#include "ignis/Model/ModelDescription.h"
#include "ignis/Runtime/ABI.h"
#include "ignis/Support/Error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ignis {

/// Where a program comes from: the graph of a model, or a module at any printed
/// MLIR stage.
struct ProgramSource {
  const ModelDescription *model = nullptr;
  std::string path; ///< of a file with the module, unless empty
  std::string text; ///< the module, unless empty
  /// Whether what cannot be checked is taken too: a module of the LLVM dialect,
  /// which is code, and bytecode, which can crash MLIR's reader.
  bool trusted = false;
};

struct CompileOptions {
  /// Optimising passes after this stage are left out.
  Stage stopAfter = Stage::Object;
  ignis_type cacheType = IGNIS_TYPE_F16;
  /// Largest number of tokens a call takes.
  int64_t maxTokens = 512;
  /// With an entry for states too: see IGNIS_EMBED_ENTRY.
  bool embeddings = false;
  /// Check memory plan and schedule, as is done for a module from a file.
  bool verify = false;
  /// For any number of ranks instead of one.
  bool distribute = false;
  /// The kernels that run beside generated code; decides on its target.
  std::string isa;
  /// Another machine than this one, and its CPU (empty: the least supported).
  std::string triple;
  std::string cpu;
  /// Where objects are kept: by default the user's cache; empty for nowhere.
  std::optional<std::string> objectDirectory;
};

/// Seconds.
struct CompileTimes {
  double mlir = 0; ///< from the graph to the LLVM dialect
  double llvm = 0; ///< from there to an object
  double link = 0; ///< loading the object
  bool cached = false;
};

/// A program in this process's memory.
class CompiledProgram {
public:
  static Expected<CompiledProgram> compile(const ProgramSource &source,
                                           const CompileOptions &options);
  CompiledProgram(CompiledProgram &&) noexcept;
  CompiledProgram &operator=(CompiledProgram &&) noexcept;
  ~CompiledProgram();

  /// Valid as long as this object.
  const ignis_program *get() const;
  const CompileTimes &times() const;

private:
  struct Impl;
  explicit CompiledProgram(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

/// The program as it stands after one pass.
struct PassResult {
  std::string pass;
  int64_t operations; ///< of @forward that count: all but the embedding lookup
  const ignis_program *program; ///< during the call
};

/// Calls `visit` with the graph of `source.model`, with the module at
/// `source.path` if there is one, with what each pass of the pipeline then
/// makes of it, and with the optimised program. The rest of the way to machine
/// code is done by naive passes.
Expected<void>
visitPasses(const ProgramSource &source, const CompileOptions &options,
            const std::function<Expected<void>(const PassResult &)> &visit);

/// The program as it stands after `stage`: text, or an object file's bytes.
Expected<std::string> emitStage(const ProgramSource &source, Stage stage,
                                const CompileOptions &options);

} // namespace ignis

#endif // IGNIS_COMPILER_COMPILER_H
