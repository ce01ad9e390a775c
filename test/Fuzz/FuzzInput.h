//===- FuzzInput.h - What an input is read as -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_FUZZ_FUZZINPUT_H
#define IGNIS_TEST_FUZZ_FUZZINPUT_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace ignis::fuzz {

/// Ends the program, as a finding, unless `holds`. `what` says what should.
inline void require(bool holds, const char *what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Takes numbers and texts off the front of an input; at its end, zeros.
class Input {
public:
  Input(const uint8_t *data, size_t size)
      : rest_(reinterpret_cast<const char *>(data), size) {}

  uint8_t byte() {
    if (rest_.empty())
      return 0;
    auto value = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  /// Up to 65535.
  unsigned number() {
    unsigned low = byte();
    return low | static_cast<unsigned>(byte()) << 8;
  }
  /// Up to the next zero byte, which goes too, or to the end.
  std::string_view text() {
    size_t length = std::min(rest_.find('\0'), rest_.size());
    std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    return found;
  }
  std::string_view rest() const { return rest_; }

private:
  std::string_view rest_;
};

} // namespace ignis::fuzz

#endif // IGNIS_TEST_FUZZ_FUZZINPUT_H
