//===- CompilePackage.cpp - Compiles programs ahead of time ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/CompilePackage.h"

#include "Compilation.h"
#include "ConvertError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/IR/Constants.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Targets
//===----------------------------------------------------------------------===//

ignis::Expected<TargetName> ignis::getTargetName(const std::string &triple) {
  auto target =
      Target::named(triple.empty() ? sys::getProcessTriple() : triple, "");
  if (!target)
    return convertError(target.takeError(), ExitCode::Usage);
  Triple parsed(target->triple);
  if (!parsed.isOSLinux())
    return makeError(ExitCode::Usage,
                     "expects a target of Linux, such as aarch64-linux-gnu, "
                     "got '{}'",
                     triple);
  if (parsed.getEnvironment() == Triple::UnknownEnvironment)
    parsed.setEnvironment(Triple::GNU);
  StringRef arch = Triple::getArchTypeName(parsed.getArch());
  return TargetName{
      parsed.str(), (arch + "-linux-" + parsed.getEnvironmentName()).str(),
      parsed.isX86() ? uint16_t(ELF::EM_X86_64) : uint16_t(ELF::EM_AARCH64)};
}

static llvm::Expected<ignis::Target> findTarget(const CompileOptions &options) {
  if (options.cpu != "native")
    return ignis::Target::named(options.triple, options.cpu);
  auto target = ignis::Target::host("");
  if (target &&
      Triple(target->triple).getArch() != Triple(options.triple).getArch())
    return createStringError("the CPU 'native' is one of " +
                             Triple(target->triple).getArchName() +
                             ", the target is " + options.triple);
  return target;
}

//===----------------------------------------------------------------------===//
// Descriptions
//===----------------------------------------------------------------------===//

/// Adds the ignis_package, and hides the program behind it.
static void describe(llvm::Module &module, const ignis::Target &target,
                     const CompileOptions &options,
                     const PackageOptions &package) {
  LLVMContext &context = module.getContext();
  auto *pointer = PointerType::getUnqual(context);
  auto number = [&](uint64_t value) {
    return ConstantInt::get(Type::getInt64Ty(context), value);
  };
  auto string = [&](StringRef text) {
    auto *bytes = ConstantDataArray::getString(context, text);
    auto *global = new GlobalVariable(module, bytes->getType(), true,
                                      GlobalValue::PrivateLinkage, bytes);
    global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    return global;
  };
  Constant *model = ConstantPointerNull::get(pointer);
  if (!package.embeddedSymbol.empty()) {
    auto *bytes = new GlobalVariable(module, Type::getInt8Ty(context), true,
                                     GlobalValue::ExternalLinkage, nullptr,
                                     package.embeddedSymbol);
    bytes->setVisibility(GlobalValue::HiddenVisibility);
    model = bytes;
  }
  GlobalVariable *program = module.getGlobalVariable("ignis_compiled_program");
  program->setLinkage(GlobalValue::InternalLinkage);

  // The fields of ignis_package.
  Constant *fields[] = {program,
                        number(options.maxTokens),
                        string(target.cpu),
                        string(join(target.listFeatures(), ",")),
                        string(package.modelPath),
                        model,
                        number(package.embeddedSize)};
  auto *value = ConstantStruct::getAnon(fields);
  new GlobalVariable(module, value->getType(), true,
                     GlobalValue::ExternalLinkage, value, package.symbol);
}

ignis::Expected<std::string>
ignis::compilePackage(const ModelDescription &model,
                      const CompileOptions &options,
                      const PackageOptions &package) {
  auto target = findTarget(options);
  if (!target)
    return convertError(target.takeError(), ExitCode::Usage);
  // What is shipped is checked once more than what runs at once.
  CompileOptions verified = options;
  verified.verify = true;
  Compilation compilation(verified, *target);
  if (llvm::Error error = compilation.begin(LoadedSource{&model, nullptr}))
    return convertError(std::move(error));
  if (llvm::Error error = compilation.runTo(Stage::LLVM))
    return convertError(std::move(error));
  describe(compilation.getLLVMModule(), *target, options, package);
  auto object = compilation.emit(Stage::Object);
  if (!object)
    return convertError(object.takeError());
  return std::move(*object);
}
