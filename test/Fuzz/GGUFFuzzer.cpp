//===- GGUFFuzzer.cpp - Any bytes as a model file -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All that is read of a file before a program computes with it: the header, the
// description of the model, the numbers of its tensors, the tokenizer. A
// tokenizer that is accepted bears any text.
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/CheckFinite.h"
#include "ignis/Model/ModelDescription.h"
#include "ignis/Text/CheckText.h"

#include <cstring>

using namespace ignis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // Aligned as a mapping is, and no byte more.
  std::unique_ptr<std::byte[]> bytes(new std::byte[size]);
  if (size != 0)
    std::memcpy(bytes.get(), data, size);
  Expected<GGUFFile> file = GGUFFile::fromBytes({bytes.get(), size}, "fuzz");
  if (!file)
    return 0;
  for (const GGUFFile::Entry &entry : file->entries()) {
    (void)file->uint(entry.key);
    (void)file->real(entry.key);
    (void)file->string(entry.key);
    (void)file->boolOr(entry.key, false);
    (void)file->strings(entry.key);
    (void)file->int32s(entry.key);
    (void)file->floats(entry.key);
  }
  (void)checkFinite(*file);
  Expected<ModelDescription> model = ModelDescription::read(*file);
  if (model)
    (void)checkText(*file, model->config.vocab);
  Expected<Tokenizer> tokenizer = Tokenizer::load(*file);
  if (tokenizer)
    for (SpecialTokens special :
         {SpecialTokens::AsText, SpecialTokens::Recognised})
      (void)tokenizer->decode(
          tokenizer->encode("To be,\n <|im_end|>\u00e9\xff 12", special),
          special);
  return 0;
}
