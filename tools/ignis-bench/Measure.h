//===- Measure.h - Times a model beside the limits -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A repetition and a sample of the limit it is held against follow one another,
// so that a machine that slows down slows both.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_BENCH_MEASURE_H
#define IGNIS_BENCH_MEASURE_H

#include "ignis/Engine/Executor.h"
#include "ignis/Runtime/Bench.h"

#include <string>
#include <vector>

namespace ignis::bench {

/// What is timed, after `depth` tokens of each text: a prompt, generated
/// tokens, or calls with several rows of one text, of which all want logits;
/// or a prompt behind `shared` tokens that another text has computed.
struct Test {
  int64_t prompt = 0;
  int64_t generated = 0; ///< one call each; 0 if `prompt` is not
  int64_t depth = 0;
  int64_t texts = 1;    ///< that are generated in the same calls
  int64_t verified = 0; ///< rows of a call
  int64_t shared = 0;   ///< of a prompt's text, instead of a depth

  /// How often as many rows as few texts have are computed.
  static constexpr int64_t verifyCalls = 16;
  /// Whether it is neither as fast as memory nor as arithmetic for certain.
  bool hasFewRows() const { return texts > 1 || verified > 0; }
  /// Tokens before those that are timed.
  int64_t before() const { return depth + shared; }
  /// Positions of a text behind those.
  int64_t length() const { return prompt + generated + verified; }
  int64_t tokens() const {
    return prompt + generated * texts + verified * verifyCalls;
  }
  /// "pp512", "tg64 @ d4096", "pp16 @ s2000", "tg64 x8", "v4".
  std::string name() const;
};

/// Multiply-adds of matrices, by what is multiplied.
struct Products {
  int64_t ofBytes = 0;  ///< of quantised activations
  int64_t ofFloats = 0; ///< all other types, in binary32

  int64_t sum() const { return ofBytes + ofFloats; }
};

/// What a model makes the machine do, from its file.
struct ModelSize {
  std::string kind;      ///< "qwen2 q8_0": what most of the matrices' bytes are
  int64_t fileBytes = 0; ///< of all tensors
  int64_t parameters = 0;
  int64_t readBytes = 0; ///< of the matrices that a generated token reads
  Products layers;       ///< per token
  Products head;         ///< per row of logits

  static ModelSize of(const ModelDescription &model);

  /// Of `tokens`, the last of which gets logits.
  Products productsOf(int64_t tokens) const {
    return {layers.ofBytes * tokens + head.ofBytes,
            layers.ofFloats * tokens + head.ofFloats};
  }
};

/// The results of one test.
struct Result {
  Test test;
  std::string isa;
  int threads = 0;
  std::vector<double> seconds; ///< of each repetition

  /// What was done in a second, what this machine can do, and the share of
  /// that, repetition by repetition; all 0 where it is no limit of the test.
  struct Rate {
    double rate = 0;
    double limit = 0;
    double share = 0;
  };
  Rate read;     ///< bytes of weights: not of prompts
  Rate multiply; ///< multiply-adds: not of a single row
};

double mean(const std::vector<double> &values);
/// Of a sample: 0 for a single value.
double deviation(const std::vector<double> &values);
double median(std::vector<double> values);

/// One program with one team of threads. Refers to all it is made from.
class Bench {
public:
  static Expected<Bench> create(const GGUFFile &file,
                                const ModelDescription &model,
                                const ignis_program &program,
                                const ExecutorOptions &options);

  Expected<Result> measure(const Test &test, int repetitions);

private:
  Bench() = default;

  Expected<void> prepare(const Test &test);
  Expected<double> run(const Test &test);
  Expected<double> runShared(const Test &test);
  /// Multiply-adds of a test.
  Products productsOf(const Test &test) const;
  double sampleMultiply(const Products &products);

  ModelSize size;
  std::vector<int32_t> tokens; ///< as many as the context has positions
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> executor;
  std::vector<Sequence> texts; ///< of the test, with what is before
  TeamHandle team;
  std::unique_ptr<ignis_meter, Destroyer<ignis_rt_meter_destroy>> meter;
};

} // namespace ignis::bench

#endif // IGNIS_BENCH_MEASURE_H
