//===- Page.cpp - The page that is served at / ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Page.h"

#include <cstddef>

using namespace ignis;

// C++ gets it with C++26; clang has it for all.
#pragma clang diagnostic ignored "-Wc23-extensions"

static constexpr unsigned char page[] = {
#embed "Page/index.html"
};

static constexpr unsigned char style[] = {
#embed "Page/chat.css"
};

static constexpr unsigned char chat[] = {
#embed "Page/chat.js"
};

static constexpr unsigned char store[] = {
#embed "Page/store.js"
};

static constexpr unsigned char markdown[] = {
#embed "Page/markdown.js"
};

static constexpr unsigned char icon[] = {
#embed "Page/icon.svg"
};

static constexpr unsigned char marked[] = {
#embed IGNIS_MARKED
};

static constexpr unsigned char purify[] = {
#embed IGNIS_PURIFY
};

template <size_t size>
static std::string_view view(const unsigned char (&bytes)[size]) {
  return {reinterpret_cast<const char *>(bytes), size};
}

std::span<const PageFile> ignis::getPageFiles() {
  static constexpr const char *script = "text/javascript; charset=utf-8";
  static const PageFile files[] = {
      {"/", "text/html; charset=utf-8", view(page)},
      {"/chat.css", "text/css; charset=utf-8", view(style)},
      {"/chat.js", script, view(chat)},
      {"/store.js", script, view(store)},
      {"/markdown.js", script, view(markdown)},
      {"/icon.svg", "image/svg+xml", view(icon)},
      {"/marked.js", script, view(marked)},
      {"/purify.js", script, view(purify)},
  };
  return files;
}
