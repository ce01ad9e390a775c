//===- LineReader.cpp - Lines that someone types --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/LineReader.h"

#include "ignis/Support/Print.h"

#include <cstdio>

#include <unistd.h>

using namespace ignis;

namespace {

class PlainReader : public LineReader {
public:
  bool isInteractive() const override { return isTerminal; }

  Expected<std::optional<std::string>>
  read(const std::string &prompt, const std::string &) override {
    if (isTerminal)
      print(stderr, "{}", prompt);
    std::string line;
    int c;
    while ((c = std::getchar()) != EOF && c != '\n')
      line += static_cast<char>(c);
    // A terminal that nobody edits drops what is beyond, without a word.
    constexpr size_t mostOfTerminal = 4095;
    if (isTerminal && line.size() >= mostOfTerminal)
      return makeError(ExitCode::Usage,
                       "a line has more than {} bytes, which the terminal cut: "
                       "expected several lines, or a pipe",
                       mostOfTerminal);
    if (c == EOF && line.empty())
      return std::nullopt;
    return line;
  }

private:
  const bool isTerminal = isatty(STDIN_FILENO) != 0;
};

} // namespace

std::unique_ptr<LineReader> ignis::makePlainReader() {
  return std::make_unique<PlainReader>();
}
