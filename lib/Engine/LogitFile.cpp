//===- LogitFile.cpp - Rows of logits in a file ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LogitFile.h"

#include <bit>
#include <cerrno>
#include <cstring>

using namespace ignis;

static_assert(std::endian::native == std::endian::little,
              "rows are written as they stand in memory");

Expected<void> LogitFile::refuse() const {
  return makeError(ExitCode::Failure, "{}: cannot write: {}", path,
                   std::strerror(errno));
}

Expected<LogitFile> LogitFile::create(std::string path) {
  LogitFile logits;
  logits.path = std::move(path);
  logits.file.reset(std::fopen(logits.path.c_str(), "wb"));
  if (!logits.file)
    return tl::unexpected(logits.refuse().error());
  return logits;
}

Expected<void> LogitFile::write(std::span<const float> row) {
  if (std::fwrite(row.data(), sizeof(float), row.size(), file.get()) !=
      row.size())
    return refuse();
  return {};
}

Expected<void> LogitFile::close() {
  if (std::fclose(file.release()) != 0)
    return refuse();
  return {};
}
