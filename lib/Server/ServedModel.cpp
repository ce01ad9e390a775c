//===- ServedModel.cpp - A model that answers requests --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Server/ServedModel.h"


#include "AnswerGrammar.h"
#include "Embedder.h"

#include "ignis/Engine/ChatRendering.h"
#include "ignis/Engine/Group.h"
#include "ignis/Engine/MemoryLimit.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/CheckText.h"
#include "ignis/Text/Template/JSON.h"

#include <limits>
#include <random>

using namespace ignis;

Expected<std::unique_ptr<ServedModel>>
ServedModel::create(std::string name, GGUFFile file,
                    const ModelDescription &description,
                    const ignis_program &program,
                    const ServedModelOptions &options) {
  std::unique_ptr<ServedModel> served(new ServedModel(
      std::move(name), std::move(file), description, options));
  if (auto loaded = served->load(program); !loaded)
    return tl::unexpected(std::move(loaded.error()));
  return served;
}

ServedModel::ServedModel(std::string name, GGUFFile file,
                         const ModelDescription &description,
                         const ServedModelOptions &options)
    : name_(std::move(name)), file_(std::move(file)), description(description),
      options(options) {}

Expected<void> ServedModel::load(const ignis_program &program) {
  if (auto done = ignis::take(loadTokenizer(file_, description.config.vocab),
                              tokenizer_);
      !done)
    return done;
  auto loaded = ignis::take(options.chatTemplate
                                ? ChatTemplate::parse(*options.chatTemplate,
                                                      options.templatePath)
                                : ChatTemplate::load(file_),
                            chat_);
  if (!loaded && options.chatTemplate)
    return loaded;
  // Without one, chats are refused one by one.
  if (loaded)
    chat_->setSpecialTokens(file_, tokenizer_->vocabulary());
  breakers = std::make_unique<Breakers>(&*tokenizer_,
                                        description.config.vocab);
  for (int32_t id = 0; id != tokenizer_->vocabulary().size(); ++id) {
    std::string bytes;
    tokenizer_->vocabulary().appendBytes(id, bytes);
    longestToken = std::max(longestToken, bytes.size());
  }
  trie = makeTokenTrie(*tokenizer_, description.config.vocab);
  const ignis_group *group = options.executor.group;
  auto model = Model::create(file_, description, program, Rank::of(group));
  if (!model)
    return tl::unexpected(std::move(model.error()));
  model_ = std::move(*model);
  if (!model_->givesLogits())
    return makeError(ExitCode::Usage,
                     "the program gives the likeliest token and no logits: "
                     "expected one that gives logits");
  ExecutorOptions chosen = options.executor;
  chosen.expected = std::numeric_limits<int64_t>::max();
  if (group)
    if (auto agreed = agreeWithRanks(*model_, chosen); !agreed)
      return agreed;
  ExecutorOptions beside =
      Embedder::adapt(options.executor, options.scheduler.promptRows);
  memory_ = MemoryNeed::of(*model_, chosen);
  // With the same weights. A program without the entry is refused below.
  if (options.embeddings && model_->embed()) {
    MemoryNeed more = MemoryNeed::of(*model_, beside);
    memory_.cache += more.cache;
    memory_.rope += more.rope;
    memory_.arena += more.arena;
    memory_.scratch += more.scratch;
  }
  if (auto checked = checkMemoryLimit(memory_, options.mostMemory,
                                      options.takenMemory);
      !checked)
    return checked;
  auto executor = Executor::create(*model_, chosen);
  if (!executor)
    return tl::unexpected(std::move(executor.error()));
  executor_ = std::move(*executor);
  scheduler_ = std::make_unique<Scheduler>(*executor_, options.scheduler);
  if (!options.embeddings)
    return {};
  auto embedder =
      Embedder::create(*model_, beside, options.scheduler.waiting);
  if (!embedder)
    return tl::unexpected(std::move(embedder.error()));
  embedder_ = std::move(*embedder);
  return {};
}

ServedModel::~ServedModel() { drain(); }

void ServedModel::start() {
  running = std::thread([this] { scheduler_->run(); });
  if (embedder_)
    embedder_->start();
}

void ServedModel::drain() {
  if (!running.joinable())
    return;
  scheduler_->drain();
  if (embedder_)
    embedder_->drain();
  running.join();
}

std::optional<std::chrono::steady_clock::time_point>
ServedModel::findDeadline() const {
  if (!options.timeLimit)
    return std::nullopt;
  return std::chrono::steady_clock::now() + *options.timeLimit;
}

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

static tl::unexpected<ApiError> refuse(std::string field,
                                       const std::string &message) {
  return tl::unexpected(
      ApiError{400, fmt::format("{}: {}", field, message), field});
}

/// The tokens of a prompt that leaves room for an answer.
int64_t ServedModel::mostPrompt() const {
  return std::min(executor_->context(), executor_->pageCounts().pages *
                                            int64_t{IGNIS_PAGE_POSITIONS}) -
         1;
}

static tl::unexpected<ApiError> refuseLength(const char *field, int64_t most,
                                             const std::string &found) {
  return tl::unexpected(
      ApiError{400,
               fmt::format("{}: expected 1 to {} tokens, found {}", field, most,
                           found),
               field, "context_length_exceeded"});
}

tl::expected<void, ApiError>
ServedModel::checkBytes(size_t size, const char *field, int64_t most) const {
  // Three letters of Hangul, nine bytes, become one of three in normal form C.
  constexpr size_t mostComposed = 3;
  if (size / mostComposed / longestToken > static_cast<size_t>(most))
    return refuseLength(field, most, fmt::format("a text of {} bytes", size));
  return {};
}

tl::expected<std::vector<int32_t>, ApiError>
ServedModel::encode(const Prompt &prompt, const char *field,
                    int64_t most) const {
  if (!prompt.tokens.empty())
    return prompt.tokens;
  if (auto checked = checkBytes(prompt.text.size(), field, most); !checked)
    return tl::unexpected(checked.error());
  std::vector<int32_t> tokens =
      tokenizer_->encode(prompt.text, SpecialTokens::Recognised);
  tokenizer_->prependBegin(tokens);
  return tokens;
}

tl::expected<std::vector<int32_t>, ApiError>
ServedModel::encodeMessages(const ApiRequest &request) const {
  if (!chat_)
    return refuse("messages", "expected a model with a chat template");
  jinja::Mapping variables;
  if (!request.templateFields.empty()) {
    Expected<jinja::Mapping> read =
        jinja::parseJSONObject(request.templateFields);
    if (!read)
      return refuse("chat_template_kwargs", read.error().message);
    variables = std::move(*read);
  }
  if (!request.tools.empty()) {
    Expected<jinja::Value> tools = jinja::parseJSON(request.tools);
    if (!tools)
      return refuse("tools", tools.error().message);
    variables.set("tools", std::move(*tools));
  }
  Expected<jinja::Value> messages = jinja::parseJSON(request.messages);
  if (!messages)
    return refuse("messages", messages.error().message);
  Expected<MarkedText> text =
      renderChat(*chat_, messages->asSequence()->elements, std::move(variables),
                 getLocalTime());
  if (!text)
    return refuse("messages", text.error().message);
  if (auto checked = checkBytes(text->size(), "messages", mostPrompt());
      !checked)
    return tl::unexpected(checked.error());
  std::vector<int32_t> tokens = tokenizer_->encode(*text);
  tokenizer_->prependBegin(tokens);
  return tokens;
}

bool ServedModel::endsInThinking(const std::vector<int32_t> &prompt) const {
  constexpr size_t enough = 16;
  std::span<const int32_t> last(prompt);
  last = last.last(std::min(enough, last.size()));
  std::string text = tokenizer_->decode(last, SpecialTokens::Recognised);
  text.erase(text.find_last_not_of(" \n") + 1);
  return text.ends_with("<think>");
}

tl::expected<std::shared_ptr<const Automaton>, ApiError>
ServedModel::compileStructure(const ApiRequest &request, bool startsThinking) {
  Expected<Grammar> grammar = Grammar();
  std::string field = "response_format";
  if (request.toolChoice == ToolChoice::Required) {
    field = "tools";
    grammar = makeCallGrammar(request.functions);
  } else if (!request.schema.empty()) {
    grammar = parseJSONSchema(request.schema);
  } else if (!request.grammar.empty()) {
    field = "grammar";
    grammar = parseGBNF(request.grammar);
  } else {
    return nullptr;
  }
  if (!grammar)
    return refuse(field, grammar.error().message);
  if (startsThinking)
    letThinkFirst(*grammar);
  Expected<Automaton> automaton = Automaton::compile(*grammar);
  if (!automaton)
    return refuse(field, automaton.error().message);
  return std::make_shared<const Automaton>(std::move(*automaton));
}

tl::expected<PreparedRequest, ApiError>
ServedModel::prepare(const ApiRequest &request) {
  bool isChat = request.kind != ApiRequest::Kind::Completion;
  const char *field = isChat ? "messages" : "prompt";
  std::vector<std::vector<int32_t>> prompts;
  PreparedRequest prepared;
  prepared.startsThinking = request.startsThinking;
  if (isChat) {
    auto tokens = encodeMessages(request);
    if (!tokens)
      return tl::unexpected(tokens.error());
    prepared.startsThinking = endsInThinking(*tokens);
    prompts.push_back(std::move(*tokens));
  } else {
    for (const Prompt &prompt : request.prompts) {
      auto tokens = encode(prompt, field, mostPrompt());
      if (!tokens)
        return tl::unexpected(tokens.error());
      prompts.push_back(std::move(*tokens));
    }
  }
  auto structure = compileStructure(request, prepared.startsThinking);
  if (!structure)
    return tl::unexpected(structure.error());
  if (*structure && request.ignoresEnd)
    return refuse("ignore_eos", "expected no format beside it");
  auto refuseSampling = [](const Error &error) {
    return tl::unexpected(ApiError{
        400, error.message, error.message.substr(0, error.message.find(':'))});
  };
  if (auto checked = checkSampling(request.sampling, model_->vocab()); !checked)
    return refuseSampling(checked.error());
  auto found = breakers->find(request.sampling);
  if (!found)
    return refuseSampling(found.error());

  TextRequest text;
  text.sampling = request.sampling;
  text.breakers = std::move(*found);
  text.lookup = options.lookup;
  std::span<const int32_t> ends = tokenizer_->endTokens();
  (request.ignoresEnd ? text.banned : text.ends)
      .assign(ends.begin(), ends.end());
  if (*structure)
    text.constraint = Structure(*structure, trie, *tokenizer_).begin();
  text.deadline = findDeadline();
  uint64_t seed = request.seed ? *request.seed : std::random_device()();
  for (std::vector<int32_t> &prompt : prompts) {
    auto length = static_cast<int64_t>(prompt.size());
    if (length == 0)
      return refuse(field, "expected text or tokens, found none");
    if (length > mostPrompt())
      return refuseLength(field, mostPrompt(), fmt::to_string(length));
    text.prompt = std::move(prompt);
    // As many as there is room for, where no number is given or a larger one.
    int64_t room = mostPrompt() + 1 - length;
    text.mostTokens = std::min(request.mostTokens.value_or(room), room);
    if (auto checked = scheduler_->check(text); !checked)
      return refuse(field, checked.error().message);
    for (int64_t i = 0; i != request.choices; ++i) {
      text.seed = seed + static_cast<uint64_t>(i);
      prepared.texts.push_back(text);
    }
  }
  // Finding it out takes as long as reading the file, once.
  if (request.wantsReceipt)
    prepared.modelHash = model_->contentHash();
  return prepared;
}
