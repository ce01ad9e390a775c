//===- OutputFile.cpp - A file that appears when it is whole --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/OutputFile.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

tl::unexpected<Error> OutputFile::refuse(int errorNumber) const {
  return makeError(ExitCode::Failure, "{}: cannot write: {}", path,
                   std::strerror(errorNumber));
}

Expected<OutputFile> OutputFile::create(std::string path) {
  OutputFile output(std::move(path));
  struct stat status;
  bool isSpecial =
      stat(output.path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (!isSpecial)
    output.temporaryPath = fmt::format("{}.{}.part", output.path, getpid());
  const std::string &opened = isSpecial ? output.path : output.temporaryPath;
  output.file.reset(std::fopen(opened.c_str(), isSpecial ? "wb" : "wbx"));
  if (!output.file)
    return output.refuse(errno);
  return output;
}

OutputFile::~OutputFile() {
  if (file)
    removeTemporary();
}

void OutputFile::removeTemporary() const {
  if (!temporaryPath.empty())
    unlink(temporaryPath.c_str());
}

Expected<void> OutputFile::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    return refuse(errno);
  return {};
}

Expected<void> OutputFile::finish() {
  // Closing may be the first to learn that the disk is full.
  if (std::fclose(file.release()) == 0 &&
      (temporaryPath.empty() ||
       std::rename(temporaryPath.c_str(), path.c_str()) == 0))
    return {};
  int reason = errno;
  removeTemporary();
  return refuse(reason);
}

Expected<void> ignis::checkLeavesModel(const std::string &output,
                                       const std::string &model) {
  std::error_code ignored;
  if (!std::filesystem::equivalent(model, output, ignored))
    return {};
  return makeError(ExitCode::Usage,
                   "{}: the output would take the place of the model", output);
}
