//===- Agreement.cpp - That all ranks are about to do the same ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Group.h"
#include "ignis/Engine/Worker.h"
#include "ignis/Support/Hash.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

using namespace ignis;

namespace {

/// What all ranks have in common, in a few words.
struct Fact {
  std::string_view what;
  ExitCode code; ///< if they have not
  std::string value;
};

/// Of all that is added, as text.
class FactHash {
public:
  void add(std::span<const std::byte> bytes) { hash.add(bytes); }
  void add(std::string_view text) {
    add(std::as_bytes(std::span(text)));
    add(int64_t{0}); // so that texts do not run into each other
  }
  void add(int64_t number) { add(std::as_bytes(std::span(&number, 1))); }
  std::string text() const { return fmt::format("{:016x}", hash.value()); }

private:
  Hash hash;
};

} // namespace

/// Of all that is said about the model and the tensors, and of a page at the
/// beginning, in the middle and at the end of each tensor: reading all of a
/// file that does not fit a machine is what ranks are there to avoid.
static std::string hashFile(const GGUFFile &file) {
  constexpr size_t page = 4096;
  FactHash hash;
  for (const GGUFFile::Entry &entry : file.entries()) {
    hash.add(entry.key);
    hash.add(entry.bytes);
  }
  for (const GGUFTensor &tensor : file.tensors()) {
    std::span<const std::byte> bytes = tensor.bytes();
    hash.add(tensor.name);
    hash.add(static_cast<int64_t>(bytes.size()));
    size_t size = std::min(page, bytes.size());
    hash.add(bytes.first(size));
    hash.add(bytes.subspan((bytes.size() - size) / 2, size));
    hash.add(bytes.last(size));
  }
  return hash.text();
}

/// Of what is said about the program: its code is each CPU's own.
static std::string hashProgram(const ignis_program &program) {
  FactHash hash;
  hash.add(program.model_hash);
  hash.add(program.head_units);
  for (const ignis_program_weight &weight :
       std::span(program.weights, static_cast<size_t>(program.weight_count))) {
    hash.add(weight.name);
    for (int64_t number :
         {weight.rows, weight.cols, weight.type, weight.parts, weight.units})
      hash.add(number);
  }
  for (const ignis_entry &entry :
       std::span(program.entries, static_cast<size_t>(program.entry_count))) {
    hash.add(entry.name);
    for (int64_t number :
         {entry.tokens, entry.candidates, entry.gathers,
          entry.gather_bytes_per_token, entry.gather_bytes_per_output,
          entry.gather_row_bytes})
      hash.add(number);
  }
  return hash.text();
}

static std::vector<Fact> listFacts(const Model &model,
                                   const ExecutorOptions &options) {
  const ignis_program &program = model.program();
  MemoryNeed need = MemoryNeed::of(model, options);
  return {
      {"version", ExitCode::Failure,
       fmt::format("{} ({}), interface {}", IGNIS_VERSION, IGNIS_COMMIT,
                   program.abi_version)},
      {"model file (-m)", ExitCode::InvalidModel, hashFile(model.file())},
      {"type of keys and values (--cache-type)", ExitCode::Usage,
       program.kv_type == IGNIS_TYPE_F16 ? "f16" : "f32"},
      {"pages of keys and values (-c)", ExitCode::Usage,
       std::to_string(need.pages)},
      {"tokens in a call (-b)", ExitCode::Usage, std::to_string(options.batch)},
      {"program", ExitCode::Failure, hashProgram(program)},
  };
}

Expected<void> ignis::agreeWithRanks(const Model &model,
                                     const ExecutorOptions &options) {
  const ignis_group &group = *options.group;
  std::vector<Fact> facts = listFacts(model, options);
  // A line a fact, in as many bytes whatever version a rank is of.
  using Record = std::array<char, 1024>;
  std::vector<Record> records(static_cast<size_t>(group.ranks), Record{});
  std::string text;
  for (const Fact &fact : facts)
    text += fact.value + '\n';
  text.copy(records[static_cast<size_t>(group.rank)].data(),
            sizeof(Record) - 1);
  std::vector<int64_t> sizes(records.size(), sizeof(Record));
  group.all_gather(group.context, records.data(), sizes.data());

  auto takeLine = [](std::string_view &rest) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
  };
  for (size_t rank = 1; rank != records.size(); ++rank) {
    records[rank].back() = '\0';
    std::string_view first(records[0].data()), other(records[rank].data());
    for (const Fact &fact : facts) {
      std::string_view expected = takeLine(first), found = takeLine(other);
      if (expected != found)
        return makeError(fact.code,
                         "{}: expected that of rank 0, {}, on every rank, "
                         "found {} on rank {}",
                         fact.what, expected, found, rank);
    }
  }
  return {};
}

Expected<void> ignis::computeForFirst(Model &model,
                                      const ExecutorOptions &options) {
  if (auto agreed = agreeWithRanks(model, options); !agreed)
    return agreed;
  Expected<std::unique_ptr<CallRunner>> runner =
      CallRunner::create(model, options);
  if (!runner)
    return tl::unexpected(std::move(runner.error()));
  return runWorker(**runner, *options.group);
}
