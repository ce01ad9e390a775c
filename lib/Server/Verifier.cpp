//===- Verifier.cpp - Computes the answers of a receipt again -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoiceText.h"
#include "Receipt.h"

#include "ignis/Engine/KernelChoice.h"
#include "ignis/Server/Verifier.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/JSONNesting.h"
#include "ignis/Support/OrderedJSON.h"

using namespace ignis;

namespace {

/// A receipt, and the answer that came with it if there was one.
struct Claim {
  Receipt receipt;
  Json response = Json::object();
};

/// Holds one text against what is computed. Differences end the text.
class Comparison : public TextListener {
public:
  Comparison(const Receipt &receipt, size_t index, const ServedModel &model)
      : claimed(receipt.texts[index]), index(index), model(model),
        text(model.tokenizer(), receipt.request,
             receipt.request.startsThinking, index, [](const Json &) {}) {}

  bool take(int32_t token, const Executor::Row &row) override {
    return compare(token, row) && text.take(token);
  }
  void takeEnd(int32_t token, const Executor::Row &row) override {
    compare(token, row);
  }
  void end(Ending ending, const Error &reason) override;

  std::string difference; ///< empty: there is none
  Choice choice;

private:
  bool compare(int32_t token, const Executor::Row &row);
  std::string show(int32_t token) const {
    return fmt::format("{} \"{}\"", token,
                       escapeControls(model.tokenizer().decode(
                           {&token, 1}, SpecialTokens::Recognised)));
  }

  const Receipt::Text &claimed;
  size_t index;
  const ServedModel &model;
  ChoiceText text;
  size_t count = 0;
};

/// The steps of a run.
class VerifierRun {
public:
  VerifierRun(Options &options, ProgramProvider &provider)
      : options(options), provider(provider) {}

  /// What differs, or nothing.
  Expected<std::string> perform(const Claim &claim);

  int64_t tokens = 0; ///< that were compared
  bool hasResponse = false; ///< that was compared, too

private:
  Expected<std::unique_ptr<ServedModel>> load(const Receipt &receipt);

  Options &options;
  ProgramProvider &provider;
};

} // namespace

//===----------------------------------------------------------------------===//
// One text
//===----------------------------------------------------------------------===//

bool Comparison::compare(int32_t token, const Executor::Row &row) {
  size_t at = count++;
  if (at == claimed.tokens.size())
    difference = fmt::format("text {} goes on behind its {} tokens, with {}",
                             index, at, show(token));
  else if (digestLogits(row.logits) != claimed.digests[at])
    difference = fmt::format("text {}, token {}: the logits that it was drawn "
                             "from are others",
                             index, at);
  else if (token != claimed.tokens[at])
    difference = fmt::format("text {}, token {}: the receipt has {}, computed "
                             "is {}",
                             index, at, show(claimed.tokens[at]), show(token));
  return difference.empty();
}

void Comparison::end(Ending ending, const Error &reason) {
  text.finish(ending == Ending::Length);
  choice = std::move(text.choice);
  if (!difference.empty())
    return;
  if (ending == Ending::Failed)
    difference = fmt::format("text {}, token {}: {}", index, count,
                             reason.message);
  else if (count != claimed.tokens.size())
    difference = fmt::format("text {}, token {}: the receipt has {}, computed "
                             "is the end",
                             index, count, show(claimed.tokens[count]));
  else if ((ending != Ending::Length) != claimed.isWhole)
    difference = fmt::format("text {}: the receipt has another reason why it "
                             "ends",
                             index);
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

/// A receipt, or a response that has one.
static Expected<Claim> readClaim(const std::string &path) {
  Expected<std::string> text = readFile(path);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  auto refuse = [&](const std::string &message) {
    return makeError(ExitCode::Usage, "{}: {}", path == "-" ? "stdin" : path,
                     message);
  };
  Json json = isJSONShallow(*text) ? parseOrderedJSON(*text)
                                   : Json(Json::value_t::discarded);
  if (!json.is_object())
    return refuse("expected a receipt in JSON, or a response that has one");
  Claim claim;
  Json receipt = json;
  if (auto found = json.find("ignis_receipt"); found != json.end()) {
    receipt = *found;
    claim.response = std::move(json);
  }
  auto read = Receipt::read(receipt);
  if (!read)
    return refuse(read.error().message);
  claim.receipt = std::move(*read);
  return claim;
}

/// Of a response, what its tokens decide. The last piece of a stream has none.
static nlohmann::json findContent(const Json &response) {
  nlohmann::json content = nlohmann::json::array();
  auto add = [&](const char *list, std::initializer_list<const char *> fields) {
    for (const Json &entry : response.value(list, Json::array())) {
      nlohmann::json kept = nlohmann::json::object();
      for (const char *field : fields)
        if (entry.is_object() && entry.contains(field))
          kept[field] = entry[field];
      content.push_back(std::move(kept));
    }
  };
  add("choices", {"index", "text", "message", "finish_reason"});
  add("output", {"type", "role", "status", "content"});
  return content;
}

Expected<std::unique_ptr<ServedModel>>
VerifierRun::load(const Receipt &receipt) {
  Expected<const ignis_kernels *> kernels = findKernels(options.isa);
  if (!kernels)
    return tl::unexpected(std::move(kernels.error()));
  options.executor.kernels = *kernels;
  options.cacheType = static_cast<ignis_type>(receipt.cacheType);
  Expected<GGUFFile> file = options.modelPath.empty()
                                ? provider.openOwnModel()
                                : GGUFFile::open(options.modelPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Expected<ModelDescription> description = ModelDescription::read(*file);
  if (!description)
    return tl::unexpected(std::move(description.error()));
  auto program = provider.provide(*file, *description, options);
  if (!program)
    return tl::unexpected(std::move(program.error()));
  ServedModelOptions served;
  served.executor = options.executor;
  for (const Receipt::Text &text : receipt.texts)
    served.executor.context =
        std::max(served.executor.context,
                 std::ssize(text.prompt) + std::max<int64_t>(text.mostTokens, 1));
  served.executor.context = std::clamp<int64_t>(
      served.executor.context, 1, description->config.context_length);
  served.executor.positions =
      served.executor.context *
      std::min(std::ssize(receipt.texts), served.scheduler.parallel);
  served.scheduler.waiting = std::ssize(receipt.texts);
  return ServedModel::create("model", std::move(*file), *description,
                             **program, served);
}

Expected<std::string> VerifierRun::perform(const Claim &claim) {
  const Receipt &receipt = claim.receipt;
  Expected<std::unique_ptr<ServedModel>> loaded = load(receipt);
  if (!loaded)
    return tl::unexpected(std::move(loaded.error()));
  ServedModel &model = **loaded;
  if (uint64_t hash = model.model().contentHash(); hash != receipt.modelHash)
    return fmt::format("the receipt is of a model with hash {:016x}, and this "
                       "one has {:016x}",
                       receipt.modelHash, hash);
  std::vector<std::shared_ptr<Comparison>> comparisons;
  for (size_t i = 0; i != receipt.texts.size(); ++i) {
    auto prepared = model.prepare(receipt.makeRequest(receipt.texts[i]));
    if (!prepared)
      return fmt::format("text {}: {}", i, prepared.error().message);
    comparisons.push_back(std::make_shared<Comparison>(receipt, i, model));
    model.scheduler().submit(std::move(prepared->texts[0]),
                             comparisons.back());
  }
  while (model.scheduler().step())
    ;
  std::vector<Choice> choices;
  for (const auto &comparison : comparisons) {
    if (!comparison->difference.empty())
      return comparison->difference;
    choices.push_back(std::move(comparison->choice));
  }
  for (const Receipt::Text &text : receipt.texts)
    tokens += std::ssize(text.tokens);
  nlohmann::json content = findContent(claim.response);
  Shape shape(receipt.request, "");
  hasResponse = !content.empty();
  if (hasResponse &&
      content != findContent(shape.whole(choices, Json::object())))
    return "the response's text is not the one of its receipt";
  return "";
}

int ignis::runVerifier(const std::string &name,
                       std::vector<std::string> arguments,
                       ProgramProvider &provider) {
  Options options;
  std::string path;
  CommandLine app("Computes the answers of a receipt again, and says whether "
                  "they are the same, or where they are not.",
                  name);
  app.add_option("receipt", path,
                 "What a server sent as ignis_receipt, or a whole response "
                 "that has it; -: standard input")
      ->type_name("FILE")
      ->required()
      ->check(findNoPath);
  app.add_option("-m,--model", options.modelPath,
                 "A GGUF file; default: the bundled model")
      ->type_name("FILE")
      ->check(findNoPath);
  addComputeOptions(app, options.executor.threads, options.isa);
  if (auto code = app.parseArguments(std::move(arguments)))
    return *code;
  Expected<Claim> claim = readClaim(path);
  if (!claim)
    return reportError(name, claim.error());
  VerifierRun run(options, provider);
  Expected<std::string> difference = run.perform(*claim);
  if (!difference)
    return reportError(name, difference.error());
  if (difference->empty())
    print(stdout, "equal: {} tokens, with all their logits{}\n", run.tokens,
          run.hasResponse ? "; the response's texts, calls and endings" : "");
  else
    print(stdout, "differs: {}\n", *difference);
  if (auto flushed = flushOutput(); !flushed)
    return reportError(name, flushed.error());
  return static_cast<int>(difference->empty() ? ExitCode::Success
                                              : ExitCode::Failure);
}
