//===- Side.cpp - One of two runs that are compared -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Side.h"

#include "ignis/Engine/KernelChoice.h"
#include "ignis/Model/Bundled.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Text/Tokenizer.h"

#include <algorithm>
#include <cstring>

using namespace ignis;
using namespace ignis::diff;

namespace {

/// A program at work on one text.
struct Running {
  std::optional<CompiledProgram> program;
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> executor;
  std::optional<Sequence> sequence;

  Expected<void> create(const GGUFFile &file,
                        const ModelDescription &description,
                        const ProgramSource &source,
                        const CompileOptions &compile,
                        const ExecutorOptions &options);
  /// The likeliest token behind these, if what the program gives is finite.
  Expected<std::optional<int32_t>> feed(std::span<const int32_t> tokens);
  /// The pages with the last `count` positions.
  std::vector<uint8_t> readCache(int64_t count) const;
  std::span<const std::byte> output(int64_t rows) const {
    return {executor->lastOutput(),
            static_cast<size_t>(rows) * model->rowBytes()};
  }
};

/// Runs two programs beside each other: the one that is asked for, and the same
/// without a plan of its memory, in which every value can be looked at.
class LiveSide : public Side {
public:
  static Expected<std::unique_ptr<Side>> open(const SideOptions &options,
                                              Work &work);

  const TracedProgram &program() const override { return traced; }
  Expected<std::optional<Call>> next(const Call *other) override;

private:
  Expected<void> openModel(const SideOptions &options, const Work &work);
  Expected<void> preparePrompt(Work &work) const;
  Expected<void> compile(const SideOptions &options, const Work &work);
  std::vector<int32_t> takeTokens();
  Expected<void> checkPlan(int64_t count) const;
  Call collect(std::vector<int32_t> tokens, const std::string &function) const;

  std::optional<GGUFFile> file;
  std::optional<ModelDescription> description;
  Running observed, asked;
  TracedProgram traced;
  std::vector<int32_t> prompt;
  size_t fed = 0; ///< tokens of it
  int64_t toPredict = 0;
  std::optional<int32_t> likeliest;
};

class RecordedSide : public Side {
public:
  explicit RecordedSide(TraceReader reader) : reader(std::move(reader)) {}

  const TracedProgram &program() const override { return reader.program(); }
  Expected<std::optional<Call>> next(const Call *) override {
    return reader.next();
  }
  bool isRecorded() const override { return true; }

private:
  TraceReader reader;
};

} // namespace

//===----------------------------------------------------------------------===//
// One program
//===----------------------------------------------------------------------===//

Expected<void> Running::create(const GGUFFile &file,
                               const ModelDescription &description,
                               const ProgramSource &source,
                               const CompileOptions &compile,
                               const ExecutorOptions &options) {
  auto compiled = CompiledProgram::compile(source, compile);
  if (!compiled)
    return tl::unexpected(std::move(compiled.error()));
  program = std::move(*compiled);
  auto made = Model::create(file, description, *program->get());
  if (!made)
    return tl::unexpected(std::move(made.error()));
  model = std::move(*made);
  auto started = Executor::create(*model, options);
  if (!started)
    return tl::unexpected(std::move(started.error()));
  executor = std::move(*started);
  sequence.emplace(*executor);
  return {};
}

Expected<std::optional<int32_t>>
Running::feed(std::span<const int32_t> tokens) {
  std::optional<int32_t> likeliest;
  const Executor::Feed feed{&*sequence, tokens, 0};
  // What is not finite is a value like others here.
  auto outcome = executor->run(
      {&feed, 1},
      [&](const Executor::Row &row) -> Expected<void> {
        likeliest = row.likeliest();
        return {};
      },
      [&](size_t, const Error &) -> Expected<void> {
        likeliest.reset();
        return {};
      });
  if (!outcome)
    return tl::unexpected(std::move(outcome.error()));
  if (*outcome == Executor::Outcome::NoPages)
    return makeError(ExitCode::Failure,
                     "expected a text of at most {} tokens, found more",
                     executor->context());
  return likeliest;
}

std::vector<uint8_t> Running::readCache(int64_t count) const {
  std::vector<uint8_t> bytes;
  int64_t first = sequence->position() - count;
  constexpr int64_t page = IGNIS_PAGE_POSITIONS;
  for (int64_t at = first / page * page; at < sequence->position();
       at += page) {
    std::vector<uint8_t> read = sequence->readPage(at);
    bytes.insert(bytes.end(), read.begin(), read.end());
  }
  return bytes;
}

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

Expected<void> LiveSide::openModel(const SideOptions &options,
                                   const Work &work) {
  auto opened = options.modelPath.empty() ? openBundledModel()
                                          : GGUFFile::open(options.modelPath);
  if (!opened)
    return tl::unexpected(std::move(opened.error()));
  file = std::move(*opened);
  if (auto leaves = checkLeavesModel(work.recordPath, *file); !leaves)
    return leaves;
  auto read = ModelDescription::read(*file);
  if (!read)
    return tl::unexpected(std::move(read.error()));
  description = std::move(*read);
  return {};
}

Expected<void> LiveSide::preparePrompt(Work &work) const {
  // Beside a recording there is none.
  bool isText = work.prompt || !work.promptPath.empty();
  if (!isText || !work.ids.empty())
    return {};
  std::string text = work.prompt.value_or("");
  if (!work.promptPath.empty()) {
    auto read = readFile(work.promptPath);
    if (!read)
      return tl::unexpected(std::move(read.error()));
    text = std::move(*read);
  }
  auto tokenizer = Tokenizer::load(*file);
  if (!tokenizer)
    return tl::unexpected(std::move(tokenizer.error()));
  work.ids = tokenizer->encode(text, SpecialTokens::Recognised);
  tokenizer->prependBegin(work.ids);
  if (work.ids.empty())
    return makeError(ExitCode::Usage,
                     "expected a prompt of at least one token, found none");
  return {};
}

Expected<void> LiveSide::compile(const SideOptions &options, const Work &work) {
  auto kernels = findKernels(options.isa);
  if (!kernels)
    return tl::unexpected(std::move(kernels.error()));
  ExecutorOptions run = options.executor;
  run.kernels = *kernels;
  run.batch = work.batch;
  const ProgramSource source{&*description, options.programPath, "",
                             options.trustsProgram};
  CompileOptions compile;
  compile.stopAfter = options.stopAfter;
  compile.cacheType = options.cacheType;
  compile.maxTokens = work.batch;
  compile.isa = ignis_rt_kernels_name(*kernels);
  if (auto made = asked.create(*file, *description, source, compile, run);
      !made)
    return made;
  compile.stopAfter = std::min(options.stopAfter, Stage::Bufferized);
  if (auto made = observed.create(*file, *description, source, compile, run);
      !made)
    return made;
  auto values = listValues(source, compile);
  if (!values)
    return tl::unexpected(std::move(values.error()));

  const ignis_program &program = *observed.program->get();
  int threads = observed.executor->threads();
  traced.description = fmt::format(
      "{}{}, {}, {} thread{}", file->path(),
      options.programPath.empty() ? "" : " by " + options.programPath,
      compile.isa, threads, threads == 1 ? "" : "s");
  traced.values = std::move(*values);
  traced.layers = program.model.layers;
  traced.kvHeads = program.model.kv_heads;
  traced.headDim = program.model.head_dim;
  traced.kvBytes = program.kv_type == IGNIS_TYPE_F16 ? 2 : 4;
  return {};
}

Expected<std::unique_ptr<Side>> LiveSide::open(const SideOptions &options,
                                               Work &work) {
  auto side = std::make_unique<LiveSide>();
  if (auto opened = side->openModel(options, work); !opened)
    return tl::unexpected(std::move(opened.error()));
  if (auto prepared = side->preparePrompt(work); !prepared)
    return tl::unexpected(std::move(prepared.error()));
  if (auto compiled = side->compile(options, work); !compiled)
    return tl::unexpected(std::move(compiled.error()));
  if (auto checked = checkTokens(work.ids, side->observed.model->vocab());
      !checked)
    return tl::unexpected(std::move(checked.error()));
  side->prompt = work.ids;
  side->toPredict = work.predict - 1;
  return side;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// The tokens of the next call; none if it is done.
std::vector<int32_t> LiveSide::takeTokens() {
  auto batch = static_cast<size_t>(observed.executor->batch());
  if (fed != prompt.size()) {
    std::span<const int32_t> rest = std::span(prompt).subspan(fed);
    rest = rest.first(std::min(rest.size(), batch));
    fed += rest.size();
    return {rest.begin(), rest.end()};
  }
  if (toPredict <= 0 || !likeliest)
    return {};
  --toPredict;
  return {*likeliest};
}

/// Whether what was asked for gives what was looked at.
Expected<void> LiveSide::checkPlan(int64_t count) const {
  bool isSame =
      std::ranges::equal(asked.output(count), observed.output(count)) &&
      asked.readCache(count) == observed.readCache(count);
  if (isSame)
    return {};
  return makeError(
      ExitCode::Failure,
      "{}: the plan of the memory or the schedule changes the result at "
      "positions {} to {}, where no value can be looked at: ignis-run "
      "--verify-passes and --verify-schedule-by-execution find the pass",
      traced.description, observed.sequence->position() - count,
      observed.sequence->position() - 1);
}

Call LiveSide::collect(std::vector<int32_t> tokens,
                       const std::string &function) const {
  Call call;
  call.function = function;
  call.tokens = std::move(tokens);
  call.position = observed.sequence->position() - call.rows();
  // Of what lies between the values, nobody has written all.
  std::span<const uint8_t> arena = observed.executor->lastArena();
  for (const ListedValue &value : traced.values) {
    if (value.place != ListedValue::Place::Arena || value.function != function)
      continue;
    auto at = static_cast<size_t>(value.perToken * call.rows() + value.constant);
    auto end = at + static_cast<size_t>(value.rowBytes * call.rows());
    call.arena.resize(std::max(call.arena.size(), end));
    std::ranges::copy(arena.subspan(at, end - at), &call.arena[at]);
  }
  auto output = observed.output(call.rows());
  call.output.resize(output.size());
  std::memcpy(call.output.data(), output.data(), output.size());
  call.cache = observed.readCache(call.rows());
  return call;
}

Expected<std::optional<Call>> LiveSide::next(const Call *other) {
  std::vector<int32_t> tokens = other ? other->tokens : takeTokens();
  if (tokens.empty())
    return std::nullopt;
  const Model &model = *observed.model;
  if (other) {
    if (auto checked = checkTokens(tokens, model.vocab()); !checked)
      return tl::unexpected(std::move(checked.error()));
    if (std::ssize(tokens) > observed.executor->batch())
      return makeError(ExitCode::Usage,
                       "expected calls of at most {} tokens (-b), found one of "
                       "{}",
                       observed.executor->batch(), tokens.size());
  }
  const ignis_entry &entry =
      tokens.size() == 1 ? model.single() : *model.anyCount();
  auto found = observed.feed(tokens);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  likeliest = *found;
  if (auto fed = asked.feed(tokens); !fed)
    return tl::unexpected(std::move(fed.error()));
  if (auto checked = checkPlan(std::ssize(tokens)); !checked)
    return tl::unexpected(std::move(checked.error()));
  return collect(std::move(tokens), entry.name);
}

Expected<std::unique_ptr<Side>>
ignis::diff::openSide(const SideOptions &options, Work &work) {
  if (options.tracePath.empty())
    return LiveSide::open(options, work);
  auto reader = TraceReader::open(options.tracePath);
  if (!reader)
    return tl::unexpected(std::move(reader.error()));
  return std::make_unique<RecordedSide>(std::move(*reader));
}
