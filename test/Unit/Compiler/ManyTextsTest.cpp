//===- ManyTextsTest.cpp - Texts in one call do not change each other -----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random histories of up to 32 texts in one executor: fed together in any
// order, drafted, forked, cut, saved and loaded, forgotten and begun again from
// pages that are still there. Every row must have the logits, bit for bit, that
// its text gets alone, from its beginning, token by token.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/Executor.h"
#include "ignis/Model/Synthesize.h"
#include "ignis/Support/Random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include <unistd.h>

using namespace ignis;

namespace {

using Tokens = std::vector<int32_t>;
using Hashes = std::vector<uint64_t>;

uint64_t hashOf(std::span<const float> logits) {
  uint64_t hash = 0xcbf29ce484222325;
  for (float logit : logits) {
    uint32_t bits;
    std::memcpy(&bits, &logit, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3;
  }
  return hash;
}

struct Setting {
  const char *weights; ///< a recipe
  ignis_type cache;
  const char *isa;
};

/// Every instruction set with three formats and both types of the cache.
std::vector<Setting> listSettings() {
  std::vector<Setting> settings;
  const char *formats[] = {"q8_0", "q4_0", "f16"};
  bool available;
  for (int i = 0; const char *isa = ignis_rt_isa_at(i, &available); ++i)
    for (int format = 0; format != 3; ++format)
      settings.push_back({formats[format],
                          (i + format) % 2 ? IGNIS_TYPE_F32 : IGNIS_TYPE_F16,
                          isa});
  return settings;
}

class ManyTexts : public testing::TestWithParam<Setting> {
protected:
  static constexpr int64_t context = 700;

  void SetUp() override {
    char reason[IGNIS_ERROR_SIZE];
    kernels = ignis_rt_find_kernels(GetParam().isa, reason);
    if (!kernels)
      GTEST_SKIP() << reason;
    path = testing::TempDir() + std::to_string(getpid()) +
           "-ignis-many-texts.gguf";
    ModelConfig config = *parseShape("2,64,96,2,1,112,1");
    config.context_length = context;
    ASSERT_TRUE(
        synthesize(config, *findRecipe(GetParam().weights), 7, nullptr, path));
    Expected<GGUFFile> opened = GGUFFile::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    file = std::make_unique<GGUFFile>(std::move(*opened));
    description = *ModelDescription::read(*file);
    CompileOptions options;
    options.cacheType = GetParam().cache;
    options.isa = ignis_rt_kernels_name(kernels);
    options.maxTokens = 96;
    auto compiled = CompiledProgram::compile({&description, "", ""}, options);
    ASSERT_TRUE(compiled) << compiled.error().message;
    program = std::make_unique<CompiledProgram>(std::move(*compiled));
    auto created = Model::create(*file, description, *program->get());
    ASSERT_TRUE(created) << created.error().message;
    model = std::move(*created);
    alone = create({.batch = 96, .threads = 1});
  }
  void TearDown() override { std::remove(path.c_str()); }

  std::unique_ptr<Executor> create(ExecutorOptions options) {
    options.kernels = kernels;
    auto created = Executor::create(*model, options);
    EXPECT_TRUE(created) << created.error().message;
    return std::move(*created);
  }

  /// Of each position of a text that nothing is beside.
  Hashes computeAlone(const Tokens &tokens) {
    Hashes hashes;
    Sequence sequence(*alone);
    auto sink = [&](const Executor::Row &row) -> Expected<void> {
      hashes.push_back(hashOf(row.logits));
      return {};
    };
    EXPECT_TRUE(alone->feed(sequence, tokens, 0, sink));
    return hashes;
  }

  std::string path;
  const ignis_kernels *kernels = nullptr;
  std::unique_ptr<GGUFFile> file;
  ModelDescription description;
  std::unique_ptr<CompiledProgram> program;
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> alone;
};

/// A text, and what was seen of its rows: 0 where none was asked for.
struct Text {
  Sequence sequence;
  Hashes seen;
};

class History {
public:
  History(Executor &executor, uint64_t seed, std::string path)
      : executor(executor), random(seed), path(std::move(path)) {}

  int64_t upTo(int64_t most) {
    return static_cast<int64_t>(random.next() %
                                static_cast<uint64_t>(most + 1));
  }

  void step() {
    switch (upTo(12)) {
    case 0:
      return begin();
    case 1:
      return fork();
    case 2:
      return truncate();
    case 3:
      return saveAndLoad();
    case 4:
      return forget();
    case 5:
      return draft();
    default:
      return feed();
    }
  }

  /// Compares all that was seen of a text; true if anything was.
  template <typename Alone>
  void verify(Alone computeAlone) {
    std::vector<std::pair<Tokens, Hashes>> all = std::move(dropped);
    for (Text &text : texts)
      all.emplace_back(tokensOf(text), text.seen);
    for (auto &[tokens, seen] : all) {
      Hashes expected = computeAlone(tokens);
      ASSERT_EQ(seen.size(), expected.size());
      for (size_t i = 0; i != seen.size(); ++i)
        if (seen[i] != 0) {
          ++compared;
          ASSERT_EQ(seen[i], expected[i])
              << "position " << i << " of " << seen.size();
        }
    }
  }

  int64_t compared = 0, full = 0, drafted = 0;
  int64_t parts = 0; ///< of pages, that texts began with

private:
  static Tokens tokensOf(const Text &text) {
    std::span<const int32_t> tokens = text.sequence.tokens();
    return {tokens.begin(), tokens.end()};
  }

  void begin() {
    if (texts.size() < 32)
      texts.push_back({Sequence(executor), {}});
    // A text that begins as another did or does: pages are there already.
    if (texts.empty())
      return;
    Text &text = texts.back();
    if (!text.seen.empty())
      return;
    size_t which = pick(texts.size() + prompts.size());
    Tokens prompt;
    if (which < prompts.size())
      prompt = prompts[which];
    else
      prompt = tokensOf(texts[which - prompts.size()]);
    if (prompt.empty())
      return;
    // Up to anywhere.
    if (upTo(1))
      prompt[pick(prompt.size())] = static_cast<int32_t>(upTo(3));
    int64_t known = text.sequence.reuse(prompt);
    EXPECT_LT(known, static_cast<int64_t>(prompt.size()));
    parts += known % IGNIS_PAGE_POSITIONS != 0;
    text.seen.resize(static_cast<size_t>(known));
    Tokens rest(prompt.begin() + known, prompt.end());
    rest.resize(std::min<size_t>(rest.size(), 60));
    feedTexts({&text}, {rest});
  }

  void fork() {
    if (texts.empty() || texts.size() >= 32)
      return;
    Text &from = texts[pick(texts.size())];
    texts.push_back({from.sequence.fork(), from.seen});
  }

  void truncate() {
    if (texts.empty())
      return;
    Text &text = texts[pick(texts.size())];
    drop(text);
    auto kept = upTo(text.sequence.position());
    text.sequence.truncate(kept);
    text.seen.resize(static_cast<size_t>(kept));
  }

  /// Tokens that are guessed are computed with the one that is due; of those
  /// that were guessed wrong nothing stays.
  void draft() {
    if (texts.empty())
      return;
    Text &text = texts[pick(texts.size())];
    int64_t count =
        std::min(2 + upTo(14), executor.context() - text.sequence.position());
    if (count < 2)
      return;
    int64_t before = text.sequence.position();
    Tokens tokens(static_cast<size_t>(count));
    for (int32_t &token : tokens)
      token = static_cast<int32_t>(upTo(3));
    if (!feedTexts({&text}, {tokens}, /*firstRow=*/0))
      return;
    drop(text); // the rows of wrong guesses are right ones, too
    int64_t kept = before + 1 + upTo(count - 1);
    text.sequence.takeBack(kept);
    text.seen.resize(static_cast<size_t>(kept));
    ++drafted;
  }

  void saveAndLoad() {
    if (texts.empty())
      return;
    Text &text = texts[pick(texts.size())];
    bool hasRoom = text.sequence.position() + 2 <= executor.context();
    const SavedText given = {hasRoom ? Tokens{1, 2} : Tokens{},
                             {{1, 2, 3, 4}, 0.5},
                             "note"};
    auto saved = text.sequence.save(path, given);
    ASSERT_TRUE(saved) << saved.error().message;
    if (upTo(1))
      text.sequence.truncate(0);
    SavedText beside;
    auto loaded = Sequence::load(executor, path, beside);
    if (!loaded) {
      // The text's own pages may be all that there were.
      EXPECT_NE(loaded.error().message.find("expected room"), std::string::npos)
          << loaded.error().message;
      text.seen.resize(static_cast<size_t>(text.sequence.position()));
      return;
    }
    text.sequence = std::move(*loaded);
    EXPECT_EQ(beside.pending, given.pending);
    EXPECT_EQ(beside.sampler.random, given.sampler.random);
    EXPECT_EQ(beside.sampler.mostSurprise, given.sampler.mostSurprise);
    EXPECT_EQ(beside.note, given.note);
  }

  void forget() {
    if (texts.empty())
      return;
    size_t which = pick(texts.size());
    drop(texts[which]);
    prompts.push_back(tokensOf(texts[which]));
    std::swap(texts[which], texts.back());
    texts.pop_back();
  }

  void feed() {
    std::vector<Text *> chosen;
    std::vector<Tokens> tokens;
    int64_t left = executor.batch();
    for (Text &text : texts) {
      int64_t count = std::min({1 + (upTo(3) ? 0 : upTo(40)), left,
                                executor.context() - text.sequence.position()});
      if (!upTo(2) || count < 1)
        continue;
      chosen.push_back(&text);
      tokens.emplace_back(static_cast<size_t>(count));
      for (int32_t &token : tokens.back())
        token = static_cast<int32_t>(upTo(3)); // few, so that texts agree
      left -= count;
    }
    feedTexts(chosen, tokens);
  }

  /// Wants logits from `firstRow` on, or from any; false if nothing was fed.
  bool feedTexts(std::vector<Text *> chosen, std::vector<Tokens> tokens,
                 std::optional<int64_t> firstRow = std::nullopt) {
    if (chosen.empty())
      return false;
    std::vector<Executor::Feed> feeds;
    for (size_t i = 0; i != chosen.size(); ++i) {
      auto count = static_cast<int64_t>(tokens[i].size());
      feeds.push_back({&chosen[i]->sequence, tokens[i],
                       firstRow ? *firstRow : upTo(count)});
    }
    // Any order of arrival.
    for (size_t i = feeds.size() - 1; i > 0; --i) {
      size_t other = pick(i + 1);
      std::swap(feeds[i], feeds[other]);
      std::swap(chosen[i], chosen[other]);
    }
    std::vector<int64_t> before;
    for (Text *text : chosen)
      before.push_back(text->sequence.position());
    std::vector<std::pair<size_t, std::pair<int64_t, uint64_t>>> rows;
    auto sink = [&](const Executor::Row &row) -> Expected<void> {
      rows.push_back({row.feed, {row.position, hashOf(row.logits)}});
      return {};
    };
    auto outcome = executor.run(feeds, sink);
    if (!outcome) {
      ADD_FAILURE() << outcome.error().message;
      return false;
    }
    if (*outcome == Executor::Outcome::NoPages) {
      ++full;
      for (size_t i = 0; i != chosen.size(); ++i)
        EXPECT_EQ(chosen[i]->sequence.position(), before[i]);
      forget();
      return false;
    }
    for (Text *text : chosen)
      text->seen.resize(static_cast<size_t>(text->sequence.position()));
    for (auto &[feed, row] : rows)
      chosen[feed]->seen[static_cast<size_t>(row.first)] = row.second;
    return true;
  }

  void drop(const Text &text) {
    dropped.emplace_back(tokensOf(text), text.seen);
  }
  size_t pick(size_t count) {
    return static_cast<size_t>(upTo(static_cast<int64_t>(count) - 1));
  }

  Executor &executor;
  Random random;
  std::string path;
  std::vector<Text> texts;
  std::vector<Tokens> prompts; ///< of texts that ended
  std::vector<std::pair<Tokens, Hashes>> dropped;
};

TEST_P(ManyTexts, EveryRowIsThatOfItsTextAlone) {
  constexpr int threads[] = {1, 2, 3, 5, 7, 8};
  int64_t compared = 0, full = 0, drafted = 0, parts = 0;
  Executor::PageCounts counts{};
  for (uint64_t seed = 0; seed != 6; ++seed) {
    SCOPED_TRACE(seed);
    // 8 pages for all of them are not enough, 60 are.
    int64_t pages = seed % 2 ? 60 : 8;
    auto executor = create({.positions = pages * IGNIS_PAGE_POSITIONS,
                            .batch = 96,
                            .threads = threads[seed]});
    History history(*executor, seed, path + ".saved");
    for (int i = 0; i != 120; ++i)
      history.step();
    counts = executor->pageCounts();
    history.verify([&](const Tokens &tokens) { return computeAlone(tokens); });
    compared += history.compared;
    full += history.full;
    drafted += history.drafted;
    parts += history.parts;
    EXPECT_EQ(counts.pages, pages);
  }
  std::remove((path + ".saved").c_str());
  EXPECT_GT(compared, 2000);
  EXPECT_GT(full, 0);
  EXPECT_GT(drafted, 20);
  EXPECT_GT(parts, 20);
}

/// One long text beside short ones, over the border between two chunks.
TEST_P(ManyTexts, LongTextsBesideShortOnes) {
  auto executor = create({.positions = 1500, .batch = 96, .threads = 2});
  Tokens tokens(650);
  Random random(5);
  for (int32_t &token : tokens)
    token = static_cast<int32_t>(random.next() % 112);
  Hashes expected = computeAlone(tokens), seen(tokens.size());
  Sequence text(*executor);
  for (size_t at = 0; at < tokens.size();) {
    size_t count = std::min<size_t>(1 + random.next() % 60, tokens.size() - at);
    Sequence beside(*executor);
    Tokens few(1 + random.next() % 30, 3);
    auto sink = [&](const Executor::Row &row) -> Expected<void> {
      if (row.feed == 1)
        seen[static_cast<size_t>(row.position)] = hashOf(row.logits);
      return {};
    };
    Executor::Feed feeds[] = {{&beside, few, 0},
                              {&text, std::span(tokens).subspan(at, count), 0}};
    auto outcome = executor->run(feeds, sink);
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_EQ(*outcome, Executor::Outcome::Done);
    at += count;
  }
  EXPECT_EQ(seen, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Settings, ManyTexts, testing::ValuesIn(listSettings()),
    [](const testing::TestParamInfo<Setting> &info) {
      const Setting &setting = info.param;
      return fmt::format("{}_{}_cache_{}", setting.isa, setting.weights,
                         setting.cache == IGNIS_TYPE_F16 ? "f16" : "f32");
    });

} // namespace
