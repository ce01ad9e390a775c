//===- HoverDocs.cpp - What an operation does, in an editor ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HoverDocs.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <unistd.h>

using namespace ignis;
using llvm::StringRef;

/// The reference page of the dialect, as mlir-tblgen writes it.
static constexpr char reference[] =
#include "DialectReference.inc"
    ;

//===----------------------------------------------------------------------===//
// Pages
//===----------------------------------------------------------------------===//

/// The first operation of the dialect that `text` names in quotes.
static StringRef findOperation(StringRef text) {
  StringRef name = text.split("\"ignis.").second;
  return name.take_while([](char c) { return c != '"'; });
}

/// What the reference says of ignis.`name`: from its summary to its example.
static StringRef findSection(StringRef name) {
  StringRef page(reference);
  std::string title = ("\n### `ignis." + name + "` ").str();
  size_t begin = page.find(title);
  if (name.empty() || begin == StringRef::npos)
    return {};
  StringRef section = page.drop_front(begin + 1).split('\n').second;
  size_t end = StringRef::npos;
  for (StringRef after : {"\nTraits: ", "\nInterfaces: ", "\nEffects: ",
                          "\n#### ", "\n### ", "\n## "})
    end = std::min(end, section.find(after));
  return section.take_front(end).trim();
}

std::string ignis::addDocs(StringRef message) {
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(message);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return message.str();
  }
  llvm::json::Object *reply = parsed->getAsObject();
  llvm::json::Object *result = reply ? reply->getObject("result") : nullptr;
  llvm::json::Object *contents =
      result ? result->getObject("contents") : nullptr;
  auto text = contents ? contents->getString("value") : std::nullopt;
  StringRef section = text ? findSection(findOperation(*text)) : StringRef();
  if (section.empty())
    return message.str();
  (*contents)["value"] = (*text + "\n\n" + section).str();
  bool isPretty = message.contains('\n');
  return isPretty ? llvm::formatv("{0:2}", *parsed).str()
                  : llvm::formatv("{0}", *parsed).str();
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

void ignis::relayMessages(int input, llvm::raw_ostream &output) {
  std::string pending;
  char bytes[4096];
  for (ssize_t count; (count = read(input, bytes, sizeof bytes)) > 0;) {
    pending.append(bytes, static_cast<size_t>(count));
    for (;;) {
      StringRef left(pending);
      size_t header = left.find("\r\n\r\n");
      size_t size;
      if (header == StringRef::npos ||
          left.take_front(header)
              .split("Content-Length: ")
              .second.split("\r\n")
              .first.getAsInteger(10, size) ||
          left.size() - header - 4 < size)
        break;
      std::string message = addDocs(left.substr(header + 4, size));
      output << "Content-Length: " << message.size() << "\r\n\r\n" << message;
      output.flush();
      pending.erase(0, header + 4 + size);
    }
  }
  output << pending;
  output.flush();
}
