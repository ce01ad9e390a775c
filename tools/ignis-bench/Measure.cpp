//===- Measure.cpp - Times a model beside the limits ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Measure.h"

#include "ignis/Engine/RunStats.h"
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
  std::string name =
      prompt ? fmt::format("pp{}", prompt) : fmt::format("tg{}", generated);
  return depth ? fmt::format("{} @ d{}", name, depth) : name;
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
    bool isOfBytes = tensor.type == IGNIS_TYPE_Q8_0;
    int64_t macs = tensor.rows * tensor.cols;
    Products &products = &tensor == head ? size.head : size.layers;
    (isOfBytes ? products.ofBytes : products.ofFloats) += macs;
  }
  auto bySize = [](auto &a, auto &b) { return a.second < b.second; };
  size.type = std::ranges::max_element(bytesOfTypes, bySize)->first;
  return size;
}

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

Expected<Bench> Bench::create(const GGUFFile &file,
                              const ModelDescription &model,
                              const ignis_program &program,
                              const SessionOptions &options) {
  Bench bench;
  bench.size = ModelSize::of(model);
  Expected<std::unique_ptr<Session>> session =
      Session::create(file, model, program, options);
  if (!session)
    return tl::unexpected(std::move(session.error()));
  bench.session = std::move(*session);

  char reason[IGNIS_ERROR_SIZE];
  bench.team.reset(ignis_rt_team_create(options.kernels, options.threads,
                                        0, reason));
  if (bench.team)
    bench.meter.reset(ignis_rt_meter_create(bench.team.get(), reason));
  if (!bench.meter)
    return makeError(ExitCode::Failure, "{} threads: {}", options.threads,
                     reason);

  Random random(0);
  bench.tokens.resize(static_cast<size_t>(options.context));
  for (int32_t &token : bench.tokens)
    token = static_cast<int32_t>(random.next() %
                                 static_cast<uint64_t>(model.config.vocab));
  return bench;
}

/// The session and the meter have a team each, whose threads spin for 200 µs
/// once they are done: time for them to let go of their CPUs.
static void letThreadsSleep() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Expected<Result> Bench::measure(const Test &test, int repetitions) {
  if (auto prepared = prepare(test); !prepared)
    return tl::unexpected(std::move(prepared.error()));
  Result result{test, session->isa(), session->threads(), {}, 0, 0, 0};
  double work =
      static_cast<double>(test.prompt ? size.productsOf(test.prompt).sum()
                                      : size.readBytes * test.generated);
  std::vector<double> rates, limits, shares;
  for (int i = 0; i != repetitions; ++i) {
    letThreadsSleep();
    limits.push_back(sampleLimit(test));
    letThreadsSleep();
    Expected<double> seconds = run(test);
    if (!seconds)
      return tl::unexpected(std::move(seconds.error()));
    result.seconds.push_back(*seconds);
    rates.push_back(work / *seconds);
    shares.push_back(rates.back() / limits.back());
  }
  result.rate = median(std::move(rates));
  result.limit = median(std::move(limits));
  result.share = median(std::move(shares));
  return result;
}

/// Fills the cache up to the depth and touches what the test will use.
Expected<void> Bench::prepare(const Test &test) {
  auto ignore = [](std::span<const float>) { return Expected<void>(); };
  session->rewind(0);
  auto depth = std::span(tokens).first(static_cast<size_t>(test.depth));
  if (auto fed = session->feed(depth, test.depth, ignore); !fed)
    return fed;
  Test warmUp = test;
  warmUp.generated = std::min<int64_t>(test.generated, 1);
  if (Expected<double> ran = run(warmUp); !ran)
    return tl::unexpected(std::move(ran.error()));
  return {};
}

/// Returns the seconds. The tokens after `depth` are the same in every run.
Expected<double> Bench::run(const Test &test) {
  session->rewind(test.depth);
  auto rest = std::span<const int32_t>(tokens).subspan(
      static_cast<size_t>(test.depth), static_cast<size_t>(test.tokens()));
  size_t atOnce = test.prompt ? rest.size() : 1;
  Stopwatch watch;
  for (; !rest.empty(); rest = rest.subspan(atOnce))
    if (auto fed = session->feed(rest.first(atOnce)); !fed)
      return tl::unexpected(std::move(fed.error()));
  return watch.seconds();
}

/// What the machine could do now, in the unit of the test's rate.
double Bench::sampleLimit(const Test &test) {
  if (!test.prompt)
    return ignis_rt_meter_read(meter.get());
  Products products = size.productsOf(test.prompt);
  double leastSeconds = 0;
  if (products.ofBytes)
    leastSeconds += static_cast<double>(products.ofBytes) /
                    ignis_rt_meter_multiply(meter.get());
  if (products.ofFloats)
    leastSeconds += static_cast<double>(products.ofFloats) /
                    ignis_rt_meter_multiply_float(meter.get());
  return static_cast<double>(products.sum()) / leastSeconds;
}
