//===- Measure.cpp - Times a model beside the limits ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Measure.h"

#include "ignis/Engine/Group.h"
#include "ignis/Engine/RunStats.h"
#include "ignis/Runtime/WeightFormats.h"
#include "ignis/Support/Random.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <thread>

using namespace ignis;
using namespace ignis::bench;

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

double bench::mean(const std::vector<double> &values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

double bench::deviation(const std::vector<double> &values) {
  if (values.size() < 2)
    return 0;
  double middle = mean(values), squares = 0;
  for (double value : values)
    squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double bench::median(std::vector<double> values) {
  std::ranges::sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

//===----------------------------------------------------------------------===//
// What there is to do
//===----------------------------------------------------------------------===//

std::string Test::name() const {
  std::string name = prompt     ? fmt::format("pp{}", prompt)
                     : verified ? fmt::format("v{}", verified)
                                : fmt::format("tg{}", generated);
  if (texts > 1)
    name += fmt::format(" x{}", texts);
  return depth    ? fmt::format("{} @ d{}", name, depth)
         : shared ? fmt::format("{} @ s{}", name, shared)
                  : name;
}

ModelSize ModelSize::of(const ModelDescription &model) {
  const ModelTensor *table = model.find("token_embd.weight");
  const ModelTensor *head =
      model.config.tied ? table : model.find("output.weight");
  ModelSize size;
  std::map<std::string_view, uint64_t> bytesOfTypes;
  for (const ModelTensor &tensor : model.tensors) {
    auto bytes = static_cast<int64_t>(tensor.tensor->byteSize);
    size.fileBytes += bytes;
    size.parameters += std::max<int64_t>(tensor.rows, 1) * tensor.cols;
    if (tensor.rows == 0)
      continue;
    bytesOfTypes[findGGMLType(tensor.type)->name] += tensor.tensor->byteSize;
    if (&tensor == table && &tensor != head)
      continue; // one row of it is looked up
    size.readBytes += bytes;
    bool isOfBytes =
        findWeightFormat(tensor.type)->activation == Activation::Q8;
    int64_t macs = tensor.rows * tensor.cols;
    Products &products = &tensor == head ? size.head : size.layers;
    (isOfBytes ? products.ofBytes : products.ofFloats) += macs;
  }
  auto bySize = [](auto &a, auto &b) { return a.second < b.second; };
  size.kind =
      fmt::format("{} {}", getArchitecture(model.config.family),
                  std::ranges::max_element(bytesOfTypes, bySize)->first);
  return size;
}

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

Expected<Bench> Bench::create(const GGUFFile &file,
                              const ModelDescription &description,
                              const ignis_program &program,
                              const ExecutorOptions &options) {
  Bench bench;
  bench.size = ModelSize::of(description);
  Expected<std::unique_ptr<Model>> model =
      Model::create(file, description, program, Rank::of(options.group));
  if (!model)
    return tl::unexpected(std::move(model.error()));
  bench.model = std::move(*model);
  if (options.group)
    if (auto agreed = agreeWithRanks(*bench.model, options); !agreed)
      return tl::unexpected(std::move(agreed.error()));
  Expected<std::unique_ptr<Executor>> executor =
      Executor::create(*bench.model, options);
  if (!executor)
    return tl::unexpected(std::move(executor.error()));
  bench.executor = std::move(*executor);

  char reason[IGNIS_ERROR_SIZE];
  bench.team.reset(
      ignis_rt_team_create(options.kernels, options.threads, 0, reason));
  if (bench.team)
    bench.meter.reset(ignis_rt_meter_create(bench.team.get(), reason));
  if (!bench.meter)
    return makeError(ExitCode::Failure, "{} threads: {}", options.threads,
                     reason);

  Random random(0);
  bench.tokens.resize(static_cast<size_t>(options.context));
  for (int32_t &token : bench.tokens)
    token = static_cast<int32_t>(
        random.next() % static_cast<uint64_t>(description.config.vocab));
  return bench;
}

/// The executor and the meter have a team each, whose threads spin for 200 µs
/// once they are done: time for them to let go of their CPUs.
static void letThreadsSleep() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Products Bench::productsOf(const Test &test) const {
  if (test.prompt)
    return size.productsOf(test.prompt);
  int64_t rows = test.tokens(); // each with logits
  return {(size.layers.ofBytes + size.head.ofBytes) * rows,
          (size.layers.ofFloats + size.head.ofFloats) * rows};
}

Expected<Result> Bench::measure(const Test &test, int repetitions) {
  if (auto prepared = prepare(test); !prepared)
    return tl::unexpected(std::move(prepared.error()));
  Result result{test, executor->isa(), executor->threads(), {}, {}, {}};
  int64_t calls = test.verified ? Test::verifyCalls : test.generated;
  auto bytes = static_cast<double>(size.readBytes * calls);
  Products products = productsOf(test);
  // Per repetition: what the machine can do, then what was done.
  std::vector<double> reads, multiplies;
  for (int i = 0; i != repetitions; ++i) {
    letThreadsSleep();
    if (!test.prompt)
      reads.push_back(ignis_rt_meter_read(meter.get()));
    if (test.prompt || test.hasFewRows())
      multiplies.push_back(sampleMultiply(products));
    letThreadsSleep();
    Expected<double> seconds = run(test);
    if (!seconds)
      return tl::unexpected(std::move(seconds.error()));
    result.seconds.push_back(*seconds);
  }
  auto rateOf = [&](double work, const std::vector<double> &limits) {
    std::vector<double> rates, shares;
    for (size_t i = 0; i != limits.size(); ++i) {
      rates.push_back(work / result.seconds[i]);
      shares.push_back(rates.back() / limits[i]);
    }
    return limits.empty()
               ? Result::Rate{}
               : Result::Rate{median(rates), median(limits), median(shares)};
  };
  result.read = rateOf(bytes, reads);
  result.multiply = rateOf(static_cast<double>(products.sum()), multiplies);
  return result;
}

static Expected<void> ignoreRow(const Executor::Row &) { return {}; }

/// Fills the cache with what is before, with other tokens for each text, and
/// touches what the test will use.
Expected<void> Bench::prepare(const Test &test) {
  texts.clear();
  for (int64_t i = 0; i != test.texts; ++i) {
    std::vector<int32_t> begin(tokens.begin(), tokens.begin() + test.before());
    if (!begin.empty())
      std::ranges::rotate(begin, begin.begin() +
                                     i % static_cast<int64_t>(begin.size()));
    texts.emplace_back(*executor);
    if (auto fed =
            executor->feed(texts.back(), begin, test.before(), ignoreRow);
        !fed)
      return fed;
  }
  Test warmUp = test;
  warmUp.generated = std::min<int64_t>(test.generated, 1);
  if (Expected<double> ran = run(warmUp); !ran)
    return tl::unexpected(std::move(ran.error()));
  return {};
}

/// The seconds until a text that begins as another did has its first logits.
Expected<double> Bench::runShared(const Test &test) {
  auto prompt = std::span<const int32_t>(tokens).first(
      static_cast<size_t>(test.before() + test.length()));
  Stopwatch watch;
  Sequence text(*executor);
  int64_t known = text.reuse(prompt);
  if (auto fed =
          executor->feed(text, prompt.subspan(static_cast<size_t>(known)),
                         std::ssize(prompt) - known - 1, ignoreRow);
      !fed)
    return tl::unexpected(std::move(fed.error()));
  double seconds = watch.seconds();
  text.takeBack(test.shared); // nobody has computed the prompt next time
  return seconds;
}

/// Returns the seconds. The tokens that are timed are the same in every run.
Expected<double> Bench::run(const Test &test) {
  if (test.shared)
    return runShared(test);
  for (Sequence &text : texts)
    text.truncate(test.depth);
  auto rest = std::span<const int32_t>(tokens).subspan(
      static_cast<size_t>(test.depth), static_cast<size_t>(test.length()));
  Stopwatch watch;
  if (test.prompt) {
    if (auto fed = executor->feed(texts[0], rest, test.prompt - 1, ignoreRow);
        !fed)
      return tl::unexpected(std::move(fed.error()));
    return watch.seconds();
  }
  int64_t calls = test.verified ? Test::verifyCalls : test.generated;
  for (int64_t call = 0; call != calls; ++call) {
    std::vector<Executor::Feed> feeds;
    for (Sequence &text : texts) {
      text.truncate(test.verified ? test.depth : test.depth + call);
      feeds.push_back(
          {&text,
           test.verified ? rest : rest.subspan(static_cast<size_t>(call), 1),
           0});
    }
    Expected<Executor::Outcome> outcome = executor->run(feeds, ignoreRow);
    if (!outcome)
      return tl::unexpected(std::move(outcome.error()));
    if (*outcome != Executor::Outcome::Done)
      return makeError(ExitCode::Failure, "{}: no pages are left", test.name());
  }
  return watch.seconds();
}

/// What the machine could do now, in multiply-adds of this mixture.
double Bench::sampleMultiply(const Products &products) {
  double leastSeconds = 0;
  if (products.ofBytes)
    leastSeconds += static_cast<double>(products.ofBytes) /
                    ignis_rt_meter_multiply(meter.get());
  if (products.ofFloats)
    leastSeconds += static_cast<double>(products.ofFloats) /
                    ignis_rt_meter_multiply_float(meter.get());
  return static_cast<double>(products.sum()) / leastSeconds;
}
