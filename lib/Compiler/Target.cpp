//===- Target.cpp - What code is generated for ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

#include <mutex>

using namespace llvm;

/// Generated code needs fused multiply-add: without it, each would be a call.
static constexpr StringRef leastX86 = "x86-64-v3";
static constexpr StringRef leastX86Features[] = {"avx2", "bmi2", "fma", "f16c"};

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
    InitializeAllAsmParsers();
  });
}

static Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

Expected<ignis::Target> ignis::Target::host(StringRef isa) {
  initializeTargets();
  ignis::Target target;
  target.triple = sys::getProcessTriple();
  StringMap<bool> available = sys::getHostCPUFeatures();
  if (Triple(target.triple).isX86()) {
    for (StringRef feature : leastX86Features)
      if (!available.lookup(feature))
        return makeError("generated code needs " + leastX86 +
                         ", this CPU lacks " + feature);
    if (isa == "scalar" || isa == "avx2") {
      target.cpu = leastX86;
      return target;
    }
  }
  target.cpu = sys::getHostCPUName();
  SubtargetFeatures features;
  for (const auto &feature : available)
    features.AddFeature(feature.getKey(), feature.getValue());
  target.features = features.getString();
  return target;
}

Expected<ignis::Target> ignis::Target::named(StringRef triple, StringRef cpu) {
  initializeTargets();
  ignis::Target target;
  target.triple = Triple::normalize(triple);
  Triple parsed(target.triple);
  if (parsed.getArch() != Triple::x86_64 && parsed.getArch() != Triple::aarch64)
    return makeError("expects a target of x86-64 or AArch64, got '" + triple +
                     "'");
  bool isX86 = parsed.getArch() == Triple::x86_64;
  target.cpu = !cpu.empty() ? cpu : isX86 ? leastX86 : "generic";

  std::string error;
  const llvm::Target *found = TargetRegistry::lookupTarget(parsed, error);
  if (!found)
    return makeError(error);
  std::unique_ptr<MCSubtargetInfo> subtarget(
      found->createMCSubtargetInfo(parsed, "", ""));
  if (!subtarget->isCPUStringValid(target.cpu))
    return makeError("expects a CPU of " + parsed.getArchName() + ", got '" +
                     target.cpu + "'");
  std::vector<std::string> features = target.listFeatures();
  if (isX86)
    for (StringRef feature : leastX86Features)
      if (!is_contained(features, feature))
        return makeError("generated code needs " + leastX86 + ", the CPU '" +
                         cpu + "' lacks " + feature);
  return target;
}

std::vector<std::string> ignis::Target::listFeatures() const {
  initializeTargets();
  static constexpr StringRef x86[] = {
#define IGNIS_X86_FEATURE(name) name,
#include "ignis/Runtime/CpuFeatures.def"
  };
  static constexpr StringRef aarch64[] = {
#define IGNIS_AARCH64_FEATURE(name, word, bit) name,
#include "ignis/Runtime/CpuFeatures.def"
  };
  std::string error;
  Triple parsed(triple);
  const llvm::Target *found = TargetRegistry::lookupTarget(parsed, error);
  std::vector<std::string> result;
  if (!found)
    return result;
  std::unique_ptr<MCSubtargetInfo> subtarget(
      found->createMCSubtargetInfo(parsed, cpu, features));
  ArrayRef<StringRef> known =
      parsed.isX86() ? ArrayRef<StringRef>(x86) : ArrayRef<StringRef>(aarch64);
  for (StringRef feature : known)
    if (subtarget->checkFeatures(("+" + feature).str()))
      result.push_back(feature.str());
  return result;
}

Expected<std::unique_ptr<TargetMachine>> ignis::Target::createMachine() const {
  initializeTargets();
  std::string error;
  Triple parsed(triple);
  const llvm::Target *found = TargetRegistry::lookupTarget(parsed, error);
  if (!found)
    return makeError(error);
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict;
  std::unique_ptr<TargetMachine> machine(
      found->createTargetMachine(parsed, cpu, features, options, Reloc::PIC_,
                                 CodeModel::Small, CodeGenOptLevel::Default));
  if (!machine)
    return makeError("no code can be generated for '" + triple + "'");
  return machine;
}
