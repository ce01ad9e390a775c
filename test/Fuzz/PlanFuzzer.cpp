//===- PlanFuzzer.cpp - Any table and certificate as a plan ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table of buffers, with offsets or without, up to a zero byte, and a
// certificate. What is printed is read as what it was; what a small table's
// buffers are placed and certified as is checked; and a certificate that is
// accepted says nothing that a search finds wrong.
//
//===----------------------------------------------------------------------===//

#include "FuzzInput.h"

#include "ignis/Analysis/BufferTable.h"
#include "ignis/Analysis/PlacementSearch.h"
#include "ignis/Analysis/PlanCertificate.h"

using namespace ignis;
using fuzz::Input;
using fuzz::require;

static constexpr int64_t steps = 2000;

static bool holds(llvm::Error error) {
  bool isError = static_cast<bool>(error);
  llvm::consumeError(std::move(error));
  return !isError;
}

static std::string print(const BufferTable &table) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printBufferTable(table, os);
  return text;
}

/// The least height that a search finds.
static int64_t place(BufferTable &table) {
  Placed placed = findPlacement(table.blocks, steps);
  PlanCertificate made = certify(table.blocks, placed, steps);
  require(holds(checkCertificate(table.blocks, placed.offsets, made)),
          "what certifies is checked");
  return getHeight(table.blocks, placed.offsets);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input input(data, size);
  llvm::Expected<BufferTable> table = parseBufferTable(input.text());
  auto certificate = parseCertificate(input.rest());
  if (!certificate)
    llvm::consumeError(certificate.takeError());
  if (!table) {
    llvm::consumeError(table.takeError());
    return 0;
  }
  std::string text = print(*table);
  auto again = parseBufferTable(text);
  require(again && print(*again) == text, "a table is read as it was printed");
  constexpr size_t mostBlocks = 12;
  int64_t found = table->blocks.size() <= mostBlocks ? place(*table) : -1;
  if (!certificate || !table->offsets ||
      !holds(checkCertificate(table->blocks, *table->offsets, *certificate)))
    return 0;
  require(found < 0 || found >= certificate->lowerBound ||
              certificate->minimal == PlanCertificate::Minimal::Claimed,
          "nothing is lower than a bound that was proven");
  return 0;
}
