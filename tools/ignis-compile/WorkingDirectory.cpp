//===- WorkingDirectory.cpp - Where output is before it is whole ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WorkingDirectory.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

using namespace ignis;
namespace fs = std::filesystem;

static auto cannotWrite(const std::string &path, std::string_view why) {
  return makeError(ExitCode::Failure, "{}: cannot write: {}", path, why);
}

Expected<WorkingDirectory> WorkingDirectory::create(const std::string &output) {
  std::error_code ignored;
  if (output.empty() || output.ends_with('/') ||
      fs::is_directory(output, ignored))
    return cannotWrite(output, "expected the name of a file");
  std::string pattern = output + ".XXXXXX";
  if (!mkdtemp(pattern.data()))
    return cannotWrite(output, std::strerror(errno));
  return WorkingDirectory(pattern);
}

WorkingDirectory::~WorkingDirectory() {
  std::error_code ignored;
  if (!path_.empty())
    fs::remove_all(path_, ignored);
}

Expected<void> WorkingDirectory::move(std::string_view name,
                                      const std::string &output) const {
  if (std::rename(path(name).c_str(), output.c_str()) == 0)
    return {};
  return cannotWrite(output, std::strerror(errno));
}

Expected<void> ignis::writeFile(const std::string &path,
                                std::string_view content) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  bool isWritten = file && std::fwrite(content.data(), 1, content.size(),
                                       file) == content.size();
  if (file)
    isWritten &= std::fclose(file) == 0;
  if (isWritten)
    return {};
  return cannotWrite(path, std::strerror(errno));
}
