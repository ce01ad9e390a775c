//===- ModuleMutator.h - Mistakes in the text of a module ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_FUZZ_MODULEMUTATOR_H
#define IGNIS_TEST_FUZZ_MODULEMUTATOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <random>
#include <string>

namespace ignis::test {

/// Makes mistakes in texts.
class ModuleMutator {
public:
  explicit ModuleMutator(unsigned seed) : random(seed) {}

  std::string mutate(llvm::StringRef text) {
    llvm::SmallVector<llvm::StringRef> words = split(text);
    for (size_t i = 0, count = 1 + pick(3); i < count; ++i)
      makeMistake(words);
    return llvm::join(words, "");
  }

private:
  size_t pick(size_t count) { return random() % count; }

  static bool isWord(char c) {
    return llvm::isAlnum(c) || llvm::StringRef("_$.%@#^-").contains(c);
  }

  static llvm::SmallVector<llvm::StringRef> split(llvm::StringRef text) {
    llvm::SmallVector<llvm::StringRef> words;
    while (!text.empty()) {
      size_t length = text.find_if_not(isWord);
      words.push_back(text.take_front(std::max<size_t>(length, 1)));
      text = text.drop_front(words.back().size());
    }
    return words;
  }

  void makeMistake(llvm::SmallVectorImpl<llvm::StringRef> &words) {
    static constexpr llvm::StringRef numbers[] = {
        "0", "1", "-1", "31", "33", "?", "9223372036854775807", "1.5", "x"};
    auto isBlank = [](llvm::StringRef word) { return word.trim().empty(); };
    if (llvm::all_of(words, isBlank)) { // there is nothing to mistake
      words.push_back(numbers[pick(std::size(numbers))]);
      return;
    }
    size_t at = pick(words.size());
    while (isBlank(words[at]))
      at = pick(words.size());
    switch (pick(6)) {
    case 0:
      words[at] = "";
      break;
    case 1:
      words.insert(words.begin() + at, words[at]);
      break;
    case 2:
      std::swap(words[at], words[pick(words.size())]);
      break;
    case 3: // by another of its kind
      words[at] = pickLike(words, words[at]);
      break;
    case 4:
      words[at] = numbers[pick(std::size(numbers))];
      break;
    case 5: { // a line is missing
      auto isBreak = [](llvm::StringRef word) { return word == "\n"; };
      auto end = std::find_if(words.begin() + at, words.end(), isBreak);
      words.erase(words.begin() + at, end);
      break;
    }
    }
  }

  llvm::StringRef pickLike(llvm::ArrayRef<llvm::StringRef> words,
                           llvm::StringRef word) {
    llvm::SmallVector<llvm::StringRef> like;
    for (llvm::StringRef other : words)
      if (!other.empty() && other.front() == word.front() && other != word)
        like.push_back(other);
    return like.empty() ? word : like[pick(like.size())];
  }

  std::mt19937 random;
};

} // namespace ignis::test

#endif // IGNIS_TEST_FUZZ_MODULEMUTATOR_H
