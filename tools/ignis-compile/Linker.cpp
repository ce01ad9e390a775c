//===- Linker.cpp - The system's linker driver ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Linker.h"

#include "ignis/Support/OutputFile.h"

#include "llvm/Config/llvm-config.h"

using namespace ignis;

//===----------------------------------------------------------------------===//
// Finding one
//===----------------------------------------------------------------------===//

/// Clang links for any target whose libraries are there.
static Expected<bool> hasLibraries(const std::vector<std::string> &clang,
                                   const TemporaryDirectory &directory) {
  std::vector<std::string> query = clang;
  query.push_back("-print-file-name=libstdc++.a");
  Expected<ProcessResult> result = runProcess(query, directory);
  if (!result)
    return tl::unexpected(std::move(result.error()));
  return result->succeeded && result->output.starts_with('/');
}

Expected<Linker> Linker::find(const TargetName &target, const std::string &name,
                              const TemporaryDirectory &directory) {
  if (!name.empty()) {
    std::string path = findProgram(name);
    if (path.empty())
      return makeError(ExitCode::Usage, "--linker: found no program {}", name);
    return Linker({path});
  }

  const std::string version = "-" + std::to_string(LLVM_VERSION_MAJOR);
  for (const std::string &suffix : {version, std::string()}) {
    std::string path = findProgram("clang++" + suffix);
    if (path.empty())
      continue;
    std::vector<std::string> command = {path, "--target=" + target.directory};
    for (const std::string &lld : {version, std::string()})
      if (!findProgram("ld.lld" + lld).empty()) {
        command.push_back("-fuse-ld=lld" + lld);
        break;
      }
    Expected<bool> usable = hasLibraries(command, directory);
    if (!usable)
      return tl::unexpected(std::move(usable.error()));
    if (*usable)
      return Linker(std::move(command));
  }

  std::string gcc = target.directory + "-g++";
  if (std::string path = findProgram(gcc); !path.empty())
    return Linker({path});
  return makeError(ExitCode::Failure,
                   "found no linker for {}: looked on PATH for clang++{} and "
                   "clang++ with that target's libraries, and for {} (--linker "
                   "names another)",
                   target.directory, version, gcc);
}

//===----------------------------------------------------------------------===//
// Linking
//===----------------------------------------------------------------------===//

/// The line that says what is wrong.
static std::string findReason(std::string_view output) {
  std::string first;
  while (!output.empty()) {
    size_t end = std::min(output.find('\n'), output.size());
    std::string line(output.substr(0, end));
    if (line.find("error") != std::string::npos)
      return line;
    if (first.empty())
      first = line;
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return first.empty() ? "no reason was given" : first;
}

Expected<void> Linker::run(std::vector<std::string> arguments,
                           const std::vector<std::string> &inputs,
                           const std::string &output,
                           const TemporaryDirectory &directory) const {
  arguments.insert(arguments.begin(), command.begin(), command.end());
  arguments.insert(arguments.end(),
                   {"-s", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now", "-pthread",
                    "-o", output});
  arguments.insert(arguments.end(), inputs.begin(), inputs.end());
  arguments.push_back("-lm");
  Expected<ProcessResult> result = runProcess(arguments, directory);
  if (!result)
    return tl::unexpected(std::move(result.error()));
  if (!result->succeeded)
    return makeError(ExitCode::Failure, "linking with {} failed: {}",
                     command[0], findReason(result->output));
  return {};
}

Expected<void> Linker::linkProgram(const std::vector<std::string> &inputs,
                                   const std::string &output,
                                   const TemporaryDirectory &directory) const {
  return run({"-static-pie"}, inputs, output, directory);
}

Expected<void> Linker::linkRank(const std::vector<std::string> &inputs,
                                const std::string &output,
                                const TemporaryDirectory &directory) const {
  std::vector<std::string> all = inputs;
  all.push_back("-lmpi");
  return run({"-pie", "-static-libstdc++", "-static-libgcc",
              "-Wl,-u,ignis_transport_open"},
             all, output, directory);
}

Expected<void> Linker::linkLibrary(const std::vector<std::string> &inputs,
                                   const std::string &name,
                                   const std::string &output,
                                   const TemporaryDirectory &directory) const {
  // The runtime's own ignis_rt functions are hidden when they are compiled.
  std::string exports = output + ".exports";
  if (auto written = writeFile(exports, "{ global: ignis_*; local: *; };\n");
      !written)
    return written;
  // -Wl would take a comma in a name for the end of an option.
  return run({"-shared", "-static-libstdc++", "-static-libgcc", "-Wl,-z,defs",
              // One function of each file of the interface pulls it in.
              "-Wl,-u,ignis_model_load", "-Wl,-u,ignis_executor_create",
              "-Wl,-u,ignis_sequence_create", "-Xlinker", "--soname=" + name, "-Xlinker",
              "--version-script=" + exports},
             inputs, output, directory);
}
