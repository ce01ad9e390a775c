//===- Package.cpp - Programs compiled ahead of time ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Package.h"

#include "Compilation.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/IR/Constants.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace ignis;

static auto convert(llvm::Error error) {
  return ignis::makeError(ExitCode::Failure, "{}", toString(std::move(error)));
}

//===----------------------------------------------------------------------===//
// Targets
//===----------------------------------------------------------------------===//

ignis::Expected<TargetName> ignis::getTargetName(const std::string &triple) {
  auto target =
      Target::named(triple.empty() ? sys::getProcessTriple() : triple, "");
  if (!target)
    return makeError(ExitCode::Usage, "{}", toString(target.takeError()));
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
ignis::compilePackage(const Qwen2Model &model, const CompileOptions &options,
                      const PackageOptions &package) {
  auto target = findTarget(options);
  if (!target)
    return makeError(ExitCode::Usage, "{}", toString(target.takeError()));
  Compilation compilation(options, *target);
  if (llvm::Error error = compilation.begin({&model, nullptr}))
    return convert(std::move(error));
  if (llvm::Error error = compilation.runTo(Stage::LLVM))
    return convert(std::move(error));
  describe(compilation.getLLVMModule(), *target, options, package);
  auto object = compilation.emit(Stage::Object);
  if (!object)
    return convert(object.takeError());
  return std::move(*object);
}

//===----------------------------------------------------------------------===//
// Archives
//===----------------------------------------------------------------------===//

ignis::Expected<void> ignis::writeArchive(const std::string &path,
                                          std::span<const std::string> files) {
  std::vector<NewArchiveMember> members;
  std::vector<object::OwningBinary<object::Archive>> opened;
  for (const std::string &file : files) {
    if (!StringRef(file).ends_with(".a")) {
      auto member = NewArchiveMember::getFile(file, /*Deterministic=*/true);
      if (!member)
        return convert(member.takeError());
      members.push_back(std::move(*member));
      continue;
    }
    auto buffer = MemoryBuffer::getFile(file, /*IsText=*/false,
                                        /*RequiresNullTerminator=*/false);
    if (!buffer)
      return makeError(ExitCode::Failure, "{}: cannot read: {}", file,
                       buffer.getError().message());
    auto archive = object::Archive::create(**buffer);
    if (!archive)
      return convert(archive.takeError());
    llvm::Error error = llvm::Error::success();
    for (const object::Archive::Child &child : (*archive)->children(error)) {
      auto member = NewArchiveMember::getOldMember(child, true);
      if (!member) {
        consumeError(std::move(error));
        return convert(member.takeError());
      }
      members.push_back(std::move(*member));
    }
    if (error)
      return convert(std::move(error));
    opened.emplace_back(std::move(*archive), std::move(*buffer));
  }
  if (llvm::Error error = llvm::writeArchive(
          path, members, SymtabWritingMode::NormalSymtab,
          object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false))
    return convert(std::move(error));
  return {};
}
