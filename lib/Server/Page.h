//===- Page.h - The page that is served at / ------------------ -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_PAGE_H
#define IGNIS_LIB_SERVER_PAGE_H

#include <span>
#include <string_view>

namespace ignis {

struct PageFile {
  const char *path, *type;
  std::string_view bytes;
};

std::span<const PageFile> getPageFiles();

} // namespace ignis

#endif // IGNIS_LIB_SERVER_PAGE_H
