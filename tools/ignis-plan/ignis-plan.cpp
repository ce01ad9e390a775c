//===- ignis-plan.cpp - Places buffers of a table in one arena ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compare.h"

#include "ignis/Analysis/BufferTable.h"
#include "ignis/Analysis/PlacementSearch.h"
#include "ignis/Drawing/PlanReport.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Support/Program.h"

#include "llvm/ADT/STLExtras.h"

using namespace ignis;

static constexpr const char *description =
    "Places buffers in one arena of as few bytes as can be found, and says why "
    "there is nothing less. The table is MiniMalloc's: a header "
    "\"id,lower,upper,size\" and a line for each buffer, which is alive from "
    "lower up to, but not at, upper. The plan is the table with a column "
    "\"offset\". What was found is said on stderr.";

namespace {
struct Options {
  std::string input;
  std::string output = "-";
  std::string certificate;
  std::string svg;
  std::optional<int64_t> capacity;
  int64_t steps = 4'000'000;
  bool check = false;
  bool compare = false;
};
} // namespace

/// Proofs of more steps than this are left out of certificates.
static constexpr size_t maxProofSteps = 1'000'000;

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static tl::unexpected<Error> refuse(const std::string &path,
                                    llvm::Error error) {
  return makeError(ExitCode::Failure, "{}: {}", path,
                   llvm::toString(std::move(error)));
}

/// What the file holds, parsed.
template <typename Parser>
static auto read(const std::string &path, Parser parse)
    -> Expected<typename decltype(parse(llvm::StringRef()))::value_type> {
  Expected<std::string> text = readFile(path);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  auto parsed = parse(*text);
  if (!parsed)
    return refuse(path, parsed.takeError());
  return std::move(*parsed);
}

/// Writes what `writer` prints.
template <typename Writer>
static Expected<void> write(const std::string &path, Writer writer) {
  std::string text;
  llvm::raw_string_ostream os(text);
  writer(os);
  return writeFile(path, text);
}

//===----------------------------------------------------------------------===//
// The picture
//===----------------------------------------------------------------------===//

/// The plan as one of a function whose phases are the times at which buffers
/// start.
static PlanReport makeReport(const BufferTable &table,
                             const PlanCertificate &certificate) {
  llvm::SmallVector<int64_t> times;
  for (const Block &block : table.blocks)
    times.push_back(block.first);
  llvm::sort(times);
  times.erase(llvm::unique(times), times.end());

  PlanReport report;
  report.function = "buffers";
  report.mode = "arena";
  report.staticTokens = 1;
  report.phaseCount = times.size();
  for (int64_t phase = 0; phase < report.phaseCount; ++phase)
    report.ops.push_back({std::to_string(times[phase]), phase});
  for (auto [index, block] : llvm::enumerate(table.blocks)) {
    int64_t first = llvm::lower_bound(times, block.first) - times.begin();
    int64_t last = llvm::upper_bound(times, block.last) - times.begin() - 1;
    LinearForm offset{0, (*table.offsets)[index]};
    report.buffers.push_back({table.ids[index],
                              {0, block.size},
                              offset,
                              first,
                              last,
                              first,
                              last,
                              index});
    report.plan.offsets.push_back(offset);
  }
  report.plan.pieces = {{0, certificate.height}};
  report.lowerBound = {{0, certificate.peak.bytes}};
  return report;
}

//===----------------------------------------------------------------------===//
// What is asked for
//===----------------------------------------------------------------------===//

static Expected<void> check(const Options &options) {
  Expected<BufferTable> table = read(options.input, parseBufferTable);
  if (!table)
    return tl::unexpected(std::move(table.error()));
  if (!table->offsets)
    return makeError(ExitCode::Failure,
                     "{}: expects a plan, with a column 'offset'",
                     options.input);
  int64_t height = getHeight(table->blocks, *table->offsets);
  PlanCertificate certificate; // says nothing but that it is a plan
  certificate.height = height;
  certificate.peak = getPeakLoad(table->blocks);
  certificate.lowerBound = certificate.peak.bytes;
  if (height == certificate.lowerBound)
    certificate.minimal = PlanCertificate::Minimal::Proven;
  if (!options.certificate.empty()) {
    Expected<PlanCertificate> given =
        read(options.certificate, parseCertificate);
    if (!given)
      return tl::unexpected(std::move(given.error()));
    certificate = std::move(*given);
  }
  if (llvm::Error error =
          checkCertificate(table->blocks, *table->offsets, certificate))
    return refuse(options.input, std::move(error));
  if (options.capacity && height > *options.capacity)
    return makeError(ExitCode::Failure,
                     "{}: expects at most {} bytes, the plan has {}",
                     options.input, *options.capacity, height);
  print(stdout, "{}\n", describe(certificate));
  return flushOutput();
}

static Expected<void> plan(const Options &options) {
  const std::string written[] = {options.output, options.certificate,
                                 options.svg};
  if (auto checked = checkDistinctOutputs(written); !checked)
    return checked;
  Expected<BufferTable> table = read(options.input, parseBufferTable);
  if (!table)
    return tl::unexpected(std::move(table.error()));
  if (options.compare)
    return write(options.output, [&](llvm::raw_ostream &os) {
      compareMethods(table->blocks, options.steps, os);
    });

  PeakLoad peak = getPeakLoad(table->blocks);
  if (options.capacity && *options.capacity < peak.bytes)
    return makeError(ExitCode::Failure,
                     "{}: no plan of at most {} bytes exists: {} are alive at "
                     "time {}",
                     options.input, *options.capacity, peak.bytes, peak.time);
  Placed placed =
      findPlacement(table->blocks, options.steps, options.capacity.value_or(0));
  PlanCertificate certificate = certify(
      table->blocks, placed, options.certificate.empty() ? 0 : maxProofSteps);
  table->offsets = std::move(placed.offsets);
  print(stderr, "{}, after {} steps\n", describe(certificate), placed.steps);
  if (options.capacity && certificate.height > *options.capacity)
    return makeError(ExitCode::Failure, "{}: no plan of at most {} bytes {}",
                     options.input, *options.capacity,
                     certificate.lowerBound > *options.capacity
                         ? "exists"
                         : "was found in as many steps");

  Expected<void> done = write(options.output, [&](llvm::raw_ostream &os) {
    printBufferTable(*table, os);
  });
  if (done && !options.certificate.empty())
    done = write(options.certificate, [&](llvm::raw_ostream &os) {
      writeCertificate(certificate, os);
    });
  if (done && !options.svg.empty())
    done = write(options.svg, [&](llvm::raw_ostream &os) {
      writePlanAsSVG({makeReport(*table, certificate)}, os);
    });
  return done;
}

static int run(int argc, char **argv) {
  Options options;
  CommandLine app(description, "ignis-plan");
  app.add_option("table", options.input, "The buffers; - is standard input")
      ->required()
      ->type_name("FILE.csv");
  app.add_option("-o,--output", options.output,
                 "Where the plan goes; default: standard output")
      ->type_name("FILE.csv");
  app.add_option("--certificate", options.certificate,
                 "Write why the plan is minimal; with --check, read it")
      ->type_name("FILE.json");
  app.add_option("--svg", options.svg, "Draw the plan")->type_name("FILE.svg");
  app.add_option("--capacity", options.capacity,
                 "Stop at a plan of at most so many bytes; fail if there is "
                 "none")
      ->check(inRange(int64_t(0), maxTotalBytes))
      ->type_name("BYTES");
  app.add_option("--steps", options.steps,
                 "Of the search, at most; default: 4000000")
      ->check(inRange(int64_t(0), int64_t(1) << 40))
      ->type_name("N");
  app.add_flag("--check", options.check,
               "The table is a plan: check it, and its certificate, without "
               "searching");
  app.add_flag("--compare", options.compare,
               "Print what other methods need, instead of a plan");
  app.rules.exclude("--check", "--compare --steps --output --svg",
                    "it searches for no plan");
  app.rules.exclude("--compare", "--certificate --svg --capacity",
                    "it gives no plan");
  if (std::optional<int> code = app.parseArguments({argv + 1, argv + argc}))
    return *code;

  Expected<void> done = options.check ? ::check(options) : plan(options);
  return done ? 0 : reportError(app.get_name(), done.error());
}

int main(int argc, char **argv) {
  return runProgram("ignis-plan", [&] { return run(argc, argv); });
}
