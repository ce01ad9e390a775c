//===- PageFiles.c - The files of the page, as they are -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include <stddef.h>

const char ignis_page_html[] = {
#embed "Page/index.html"
};
const size_t ignis_page_html_size = sizeof(ignis_page_html);

const char ignis_page_css[] = {
#embed "Page/chat.css"
};
const size_t ignis_page_css_size = sizeof(ignis_page_css);

const char ignis_page_chat[] = {
#embed "Page/chat.js"
};
const size_t ignis_page_chat_size = sizeof(ignis_page_chat);

const char ignis_page_store[] = {
#embed "Page/store.js"
};
const size_t ignis_page_store_size = sizeof(ignis_page_store);

const char ignis_page_icon[] = {
#embed "Page/icon.svg"
};
const size_t ignis_page_icon_size = sizeof(ignis_page_icon);

const char ignis_page_marked[] = {
#embed IGNIS_MARKED
};
const size_t ignis_page_marked_size = sizeof(ignis_page_marked);

const char ignis_page_purify[] = {
#embed IGNIS_PURIFY
};
const size_t ignis_page_purify_size = sizeof(ignis_page_purify);
