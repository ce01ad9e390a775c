//===- Model.cpp - A file's weights and the program for them --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Model.h"

#include "ignis/Runtime/Entries.h"

#include <cstring>

using namespace ignis;

Expected<std::unique_ptr<Model>>
Model::create(const GGUFFile &file, const ModelDescription &description,
              const ignis_program &program, Rank rank) {
  if (auto checked = checkProgram(program, file, description); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (!rank.isAlone() && program.head_units == 0)
    return makeError(ExitCode::Usage,
                     "the program was compiled for one rank alone, found {}: "
                     "compile it with --distribute",
                     rank.count);
  Expected<WeightTable> table = WeightTable::create(program, description, rank);
  if (!table)
    return tl::unexpected(std::move(table.error()));
  std::unique_ptr<Model> model(
      new Model(file, description, program, rank, std::move(*table)));
  if (auto chosen = model->chooseEntries(); !chosen)
    return tl::unexpected(std::move(chosen.error()));
  return model;
}

/// What memory is taken by, and what is read of a row.
static Expected<void> checkEntry(const ignis_entry &entry, int64_t vocab) {
  auto check = [&](const char *what, int64_t number, int64_t most) {
    if (0 <= number && number <= most)
      return Expected<void>();
    return Expected<void>(
        makeError(ExitCode::Failure,
                  "entry '{}' of the program: expected {} from 0 to {}, got {}",
                  entry.name, what, most, number));
  };
  constexpr int64_t mostBytes = int64_t{1} << 46;
  if (auto fits = check("candidates", entry.candidates, vocab); !fits)
    return fits;
  if (auto fits = check("bytes of scratch a token",
                        entry.scratch_bytes_per_token, mostBytes);
      !fits)
    return fits;
  for (const ignis_linear &piece :
       std::span(entry.arena_pieces,
                 static_cast<size_t>(entry.arena_piece_count)))
    for (int64_t bytes : {piece.a, piece.b})
      if (auto fits = check("bytes of the arena", bytes, mostBytes); !fits)
        return fits;
  return {};
}

Expected<void> Model::chooseEntries() {
  for (const ignis_entry &entry :
       std::span(program_.entries, static_cast<size_t>(program_.entry_count))) {
    if (auto checked = checkEntry(entry, program_.model.vocab); !checked)
      return checked;
    if (std::strcmp(entry.name, IGNIS_EMBED_ENTRY) == 0) {
      if (entry.tokens != 0 || entry.candidates != 0)
        return makeError(ExitCode::Failure,
                         "entry '{}' of the program: expected it to take any "
                         "number of tokens and to give states, found {} tokens "
                         "and {} candidates",
                         entry.name, entry.tokens, entry.candidates);
      embed_ = &entry;
    } else if (entry.tokens == 0)
      anyCount_ = &entry;
    else if (entry.tokens == 1)
      single_ = &entry;
  }
  if (!anyCount_ && !single_)
    return makeError(ExitCode::Failure,
                     "the program has no entry for one token or for any "
                     "number of them");
  if (!single_)
    single_ = anyCount_;
  if (anyCount_ && anyCount_->candidates != single_->candidates)
    return makeError(ExitCode::Failure,
                     "one entry of the program gives {} candidates, another "
                     "{}",
                     anyCount_->candidates, single_->candidates);
  return {};
}

size_t Model::rowBytes() const {
  return givesLogits()
             ? static_cast<size_t>(program_.model.vocab) * sizeof(float)
             : static_cast<size_t>(single_->candidates) * sizeof(uint64_t);
}

int64_t Model::stepBytes() const {
  const ModelTensor *table = description.find("token_embd.weight");
  bool isHead = description.config.tied || !table;
  return matrixBytes() -
         (isHead ? 0 : static_cast<int64_t>(table->tensor->byteSize));
}

int64_t Model::pageBytes() const {
  ignis_range heads = rank_.kvHeadsOf(program_);
  return ignis_rt_kv_page_bytes(program_.model.layers, heads.end - heads.begin,
                                program_.model.head_dim,
                                static_cast<ignis_type>(program_.kv_type));
}

void Model::pack(ignis_team *team, int64_t limit) {
  std::unique_lock alone(usage);
  if (allPacked)
    return;
  int64_t bytes = table.pack(team, limit, file_.isMapped());
  packed += bytes;
  allPacked = bytes == 0;
}

/// FNV-1a over words of eight bytes, in four lanes.
static uint64_t hashBytes(uint64_t hash, std::span<const std::byte> bytes) {
  constexpr uint64_t prime = 0x100000001b3;
  uint64_t lanes[4] = {hash, hash + 1, hash + 2, hash + 3};
  size_t at = 0;
  for (; at + 32 <= bytes.size(); at += 32)
    for (size_t lane = 0; lane != 4; ++lane) {
      uint64_t word;
      std::memcpy(&word, bytes.data() + at + 8 * lane, 8);
      lanes[lane] = (lanes[lane] ^ word) * prime;
      lanes[lane] ^= lanes[lane] >> 29;
    }
  for (; at != bytes.size(); ++at)
    lanes[0] = (lanes[0] ^ static_cast<uint64_t>(bytes[at])) * prime;
  for (uint64_t lane : lanes)
    hash = (hash ^ lane) * prime;
  return hash;
}

uint64_t Model::contentHash() const {
  std::call_once(hashed, [&] {
    hash = static_cast<uint64_t>(program_.model_hash);
    for (const GGUFTensor &tensor : file_.tensors())
      hash = hashBytes(hash, tensor.bytes());
  });
  return hash;
}
