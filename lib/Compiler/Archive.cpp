//===- Archive.cpp - Static libraries -------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Archive.h"

#include "ConvertError.h"

#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace ignis;

namespace {
/// Members of the archive to be written, and what they lie in.
struct Members {
  std::vector<NewArchiveMember> list;
  std::vector<object::OwningBinary<object::Archive>> archives;

  llvm::Error addObject(const std::string &path);
  llvm::Error addArchive(const std::string &path);
};
} // namespace

llvm::Error Members::addObject(const std::string &path) {
  auto member = NewArchiveMember::getFile(path, /*Deterministic=*/true);
  if (!member)
    return member.takeError();
  // Not the folder it lies in: the same objects make the same archive.
  member->MemberName = sys::path::filename(member->MemberName);
  list.push_back(std::move(*member));
  return llvm::Error::success();
}

llvm::Error Members::addArchive(const std::string &path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createFileError(path, buffer.getError());
  auto archive = object::Archive::create(**buffer);
  if (!archive)
    return archive.takeError();
  llvm::Error error = llvm::Error::success();
  for (const object::Archive::Child &child : (*archive)->children(error)) {
    auto member = NewArchiveMember::getOldMember(child, /*Deterministic=*/true);
    if (!member)
      return joinErrors(std::move(error), member.takeError());
    list.push_back(std::move(*member));
  }
  archives.emplace_back(std::move(*archive), std::move(*buffer));
  return error;
}

ignis::Expected<void> ignis::writeArchive(const std::string &path,
                                          std::span<const std::string> files) {
  Members members;
  for (const std::string &file : files)
    if (llvm::Error error = StringRef(file).ends_with(".a")
                                ? members.addArchive(file)
                                : members.addObject(file))
      return convertError(std::move(error));
  // Not by a name of LLVM's choosing, which takes each % of a path for a digit.
  std::error_code failed;
  raw_fd_ostream out(path, failed);
  if (failed)
    return makeError(ExitCode::Failure, "{}: cannot write: {}", path,
                     failed.message());
  llvm::Error error = writeArchiveToStream(
      out, members.list, SymtabWritingMode::NormalSymtab,
      object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  out.close();
  failed = out.error();
  out.clear_error();
  if (error)
    return convertError(std::move(error));
  if (failed)
    return makeError(ExitCode::Failure, "{}: cannot write: {}", path,
                     failed.message());
  return {};
}
