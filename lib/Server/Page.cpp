//===- Page.cpp - The page that is served at / ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Page.h"

#include <cstddef>

/// A file's bytes, from PageFiles.c.
#define IGNIS_PAGE_FILE(name)                                                  \
  extern "C" const char ignis_page_##name[];                                   \
  extern "C" const size_t ignis_page_##name##_size
IGNIS_PAGE_FILE(html);
IGNIS_PAGE_FILE(css);
IGNIS_PAGE_FILE(chat);
IGNIS_PAGE_FILE(store);
IGNIS_PAGE_FILE(icon);
IGNIS_PAGE_FILE(marked);
IGNIS_PAGE_FILE(purify);
#undef IGNIS_PAGE_FILE

using namespace ignis;

std::span<const PageFile> ignis::getPageFiles() {
  static constexpr const char *script = "text/javascript; charset=utf-8";
#define IGNIS_PAGE_BYTES(name)                                                 \
  { ignis_page_##name, ignis_page_##name##_size }
  static const PageFile files[] = {
      {"/", "text/html; charset=utf-8", IGNIS_PAGE_BYTES(html)},
      {"/chat.css", "text/css; charset=utf-8", IGNIS_PAGE_BYTES(css)},
      {"/chat.js", script, IGNIS_PAGE_BYTES(chat)},
      {"/store.js", script, IGNIS_PAGE_BYTES(store)},
      {"/icon.svg", "image/svg+xml", IGNIS_PAGE_BYTES(icon)},
      {"/marked.js", script, IGNIS_PAGE_BYTES(marked)},
      {"/purify.js", script, IGNIS_PAGE_BYTES(purify)},
  };
#undef IGNIS_PAGE_BYTES
  return files;
}
