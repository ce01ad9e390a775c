//===- ignis-diff.cpp - Where two runs of a prompt part -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "Side.h"

#include "ignis/Engine/Options.h"
#include "ignis/Support/CommandLine.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::diff;

namespace {
/// All that is asked for.
struct Request {
  SideOptions left, right;
  Work work;
};
} // namespace

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

static void addWorkOptions(CommandLine &app, Request &request) {
  Work &work = request.work;
  app.add_option("-p,--prompt", work.prompt, "The prompt");
  app.add_option("-f,--file", work.promptPath,
                 "A file that holds the prompt; -: standard input")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_option("--ids", work.ids,
                 "The prompt as tokens, separated by commas")
      ->delimiter(',')
      ->check(inRange(int32_t{0}, std::numeric_limits<int32_t>::max()))
      ->type_name("N,...");
  app.rules.excludeEachOther("--prompt --file --ids", "there is one prompt");
  app.add_option("-n,--predict", work.predict,
                 "Tokens that follow it, each the likeliest of A: all but the "
                 "first take a call of one token")
      ->check(inRange(int64_t{1}, int64_t{1} << 20))
      ->capture_default_str();
  app.add_option("-b,--batch-size", work.batch,
                 "Tokens of the prompt computed at once")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  app.add_option("--record", request.work.recordPath,
                 "Compare nothing: write all values of the run here, to be A "
                 "or B elsewhere")
      ->type_name("FILE")
      ->check(findNoPath);
}

/// Options of a side, which those behind -- change for B.
static void addSideOptions(CommandLine &app, SideOptions &side) {
  const std::vector<std::string> names(stageNames.begin(), stageNames.end());
  auto add = [](CLI::Option *option) { return option->group("A side"); };
  add(app.add_option("-m,--model", side.modelPath,
                     "A GGUF file; default: the bundled model")
          ->type_name("FILE"));
  add(app.add_option("--program", side.programPath,
                     "Go on from this module, as ignis-run --emit prints it, "
                     "instead of from the model's graph")
          ->type_name("FILE"));
  add(app.add_flag("--trust-program", side.trustsProgram,
                   "Take --program as bytecode too: only one of your own"));
  add(app.add_option_function<std::string>(
             "--stop-after",
             [&side](const std::string &name) {
               side.stopAfter = *findStage(name);
             },
             "Leave out the optimising passes after this stage: ignis has all "
             "operations of the graph")
          ->type_name("STAGE")
          ->check(oneOf(names)));
  addComputeOptions(app, side.executor.threads, side.isa);
  addPackOption(app, side.executor.pack);
  addCacheTypeOption(app, side.cacheType);
  for (const char *name : {"--isa", "--threads", "--pack", "--cache-type"})
    add(app.get_option(name));
}

/// The options of A that were given, as arguments.
static std::vector<std::string> listGiven(const CommandLine &app) {
  std::vector<std::string> given;
  for (const CLI::Option *option : app.get_options()) {
    if (option->get_group() != "A side" || option->count() == 0)
      continue;
    given.push_back("--" + option->get_lnames().front());
    if (option->get_items_expected_min() != 0)
      given.push_back(option->results().back());
  }
  return given;
}

/// Reads B's side: A's options, and those behind --.
static std::optional<int> readRight(std::vector<std::string> arguments,
                                    SideOptions &right) {
  CommandLine app("The options of B.", "ignis-diff");
  addSideOptions(app, right);
  app.add_option("B", right.tracePath);
  return app.parseArguments(std::move(arguments));
}

static int refuse(const std::string &message) {
  return reportError("ignis-diff",
                     {ExitCode::Usage, message + " (see --help)"});
}

/// The exit code, or none to go on.
static std::optional<int> readArguments(std::vector<std::string> arguments,
                                        Request &request) {
  auto bar = std::ranges::find(arguments, "--");
  bool hasBar = bar != arguments.end();
  std::vector<std::string> behind(hasBar ? bar + 1 : bar, arguments.end());
  arguments.erase(bar, arguments.end());

  CommandLine app("Says where two runs of a prompt part: the first operation "
                  "and element that has other bits. A is what the options say, "
                  "B the same but for the options behind --. Either may be a "
                  "recording instead.",
                  "ignis-diff");
  addWorkOptions(app, request);
  addSideOptions(app, request.left);
  app.add_option("A", request.left.tracePath,
                 "What --record wrote, here or on another machine")
      ->check(findNoPath);
  app.add_option("B", request.right.tracePath,
                 "Another, unless B's options stand behind --")
      ->check(findNoPath);
  if (auto code = app.parseArguments(std::move(arguments)))
    return code;
  bool hasLeft = !request.left.tracePath.empty();
  bool hasRight = !request.right.tracePath.empty();
  if (!request.work.recordPath.empty() && (hasBar || hasLeft))
    return refuse("--record: expected one side, found two");
  if (request.work.recordPath.empty() && hasBar == hasRight)
    return refuse(hasBar ? "expected one recording before --, found two"
                         : "expected two sides: options of B behind --, or two "
                           "recordings");
  std::vector<std::string> given = listGiven(app);
  if (hasLeft && !given.empty())
    return refuse(fmt::format("a recording has its options in it: expected "
                              "none for A, found {}",
                              given.front()));
  if (!hasBar)
    return std::nullopt;
  given.insert(given.end(), behind.begin(), behind.end());
  return readRight(std::move(given), request.right);
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

static Expected<void> record(Request &request) {
  auto side = openSide(request.left, request.work);
  if (!side)
    return tl::unexpected(std::move(side.error()));
  auto writer = TraceWriter::create(request.work.recordPath, (*side)->program());
  if (!writer)
    return tl::unexpected(std::move(writer.error()));
  while (true) {
    auto call = (*side)->next(nullptr);
    if (!call)
      return tl::unexpected(std::move(call.error()));
    if (!*call)
      return writer->finish();
    if (auto written = writer->write(**call); !written)
      return written;
  }
}

/// Whether the two are equal; what there is to say is printed.
static Expected<bool> compare(Request &request) {
  auto left = openSide(request.left, request.work);
  if (!left)
    return tl::unexpected(std::move(left.error()));
  auto right = openSide(request.right, request.work);
  if (!right)
    return tl::unexpected(std::move(right.error()));
  for (const auto &[name, side] :
       {std::pair("A", left->get()), std::pair("B", right->get())})
    print(stdout, "{}: {}\n", name,
          escapeControls(side->program().description));

  Comparison comparison((*left)->program(), (*right)->program());
  // What is recorded says which tokens there are.
  bool isRightFirst = (*right)->isRecorded() && !(*left)->isRecorded();
  Side &leader = isRightFirst ? **right : **left;
  Side &follower = isRightFirst ? **left : **right;
  while (true) {
    auto first = leader.next(nullptr);
    if (!first)
      return tl::unexpected(std::move(first.error()));
    if (!*first) {
      // A recording has its end where the other run has.
      auto more = follower.isRecorded() ? follower.next(nullptr)
                                        : Expected<std::optional<Call>>();
      if (!more)
        return tl::unexpected(std::move(more.error()));
      if (*more)
        return makeError(ExitCode::Usage,
                         "expected as many calls in both recordings (-n), "
                         "found more in one");
      break;
    }
    auto second = follower.next(&**first);
    if (!second)
      return tl::unexpected(std::move(second.error()));
    if (!*second)
      return makeError(ExitCode::Usage,
                       "expected as many calls in both recordings (-n), found "
                       "more in one");
    const Call &a = isRightFirst ? **second : **first;
    const Call &b = isRightFirst ? **first : **second;
    auto difference = comparison.compare(a, b);
    if (!difference)
      return tl::unexpected(std::move(difference.error()));
    if (*difference) {
      print(stdout, "{}", **difference);
      return false;
    }
  }
  if (!comparison.hasCompared())
    return makeError(ExitCode::Failure,
                     "expected values of the same names and types in A and B, "
                     "found none");
  print(stdout, "{}", comparison.summary());
  return true;
}

static int run(int argc, char **argv) {
  Request request;
  if (auto code = readArguments({argv + 1, argv + argc}, request))
    return *code;
  const Work &work = request.work;
  bool hasPrompt = work.prompt || !work.promptPath.empty() || !work.ids.empty();
  bool needsPrompt =
      request.left.tracePath.empty() && request.right.tracePath.empty();
  if (needsPrompt != hasPrompt)
    return refuse(needsPrompt ? "expected a prompt: -p, -f or --ids"
                              : "a recording has its prompt in it: expected "
                                "none of -p, -f and --ids");
  if (!request.work.recordPath.empty()) {
    Expected<void> recorded = record(request);
    return recorded ? 0 : reportError("ignis-diff", recorded.error());
  }
  Expected<bool> isEqual = compare(request);
  if (!isEqual)
    return reportError("ignis-diff", isEqual.error());
  if (Expected<void> flushed = flushOutput(); !flushed)
    return reportError("ignis-diff", flushed.error());
  return *isEqual ? 0 : static_cast<int>(ExitCode::Failure);
}

int main(int argc, char **argv) {
  return runProgram("ignis-diff", [&] { return run(argc, argv); });
}
