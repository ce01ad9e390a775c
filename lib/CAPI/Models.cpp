//===- Models.cpp - Models of the C interface -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include "ignis/Engine/ChatPrompt.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/CheckText.h"

#include <algorithm>

using namespace ignis;

const char *ignis_version(void) { return IGNIS_VERSION; }

Expected<void> LoadedModel::load(const ignis_package &package) {
  if (auto done = take(ModelDescription::read(file), description); !done)
    return done;
  if (hasTokenizer(file))
    if (auto done =
            take(loadTokenizer(file, description->config.vocab), tokenizer);
        !done)
      return done;
  Expected<std::unique_ptr<Model>> created =
      Model::create(file, *description, *package.program);
  if (!created)
    return tl::unexpected(std::move(created.error()));
  model = std::move(*created);
  mostTokens = package.max_tokens;
  return {};
}

ignis_status ignis_model_load(const ignis_package *package, const char *path,
                              ignis_model **model, ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    if (auto checked = checkPresent({"a package", "a place for the model"},
                                    package, model);
        !checked)
      return checked;
    *model = nullptr;
    if (auto checked = checkCpu(*package); !checked)
      return checked;
    Expected<GGUFFile> file =
        path ? GGUFFile::open(path) : openOwnModel(*package);
    if (!file)
      return tl::unexpected(std::move(file.error()));
    auto loaded = std::make_shared<LoadedModel>(std::move(*file));
    if (auto done = loaded->load(*package); !done)
      return done;
    *model = new ignis_model{std::move(loaded)};
    return {};
  });
}

void ignis_model_free(ignis_model *model) { delete model; }

int64_t ignis_model_vocab(const ignis_model *model) {
  return model ? model->model->model->vocab() : 0;
}

bool ignis_model_is_end(const ignis_model *model, int32_t token) {
  return model && model->model->tokenizer &&
         model->model->tokenizer->isEndToken(token);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static Expected<const Tokenizer *> getTokenizer(const ignis_model *model) {
  if (auto checked = checkPresent({"a model"}, model); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (!model->model->tokenizer)
    return makeError(ExitCode::InvalidModel, "{}: has no tokenizer",
                     model->model->file.path());
  return &*model->model->tokenizer;
}

ignis_status ignis_model_tokenize(const ignis_model *model, const char *text,
                                  size_t size, bool special, int32_t *tokens,
                                  size_t capacity, size_t *count,
                                  ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    Expected<const Tokenizer *> tokenizer = getTokenizer(model);
    if (!tokenizer)
      return tl::unexpected(std::move(tokenizer.error()));
    if (auto checked = checkPresent({"a text", "a place for the count"},
                                    size ? text : "", count);
        !checked)
      return checked;
    return writeOut((*tokenizer)
                        ->encode({size ? text : "", size},
                                 special ? SpecialTokens::Recognised
                                         : SpecialTokens::AsText),
                    tokens, capacity, count);
  });
}

ignis_status ignis_model_detokenize(const ignis_model *model,
                                    const int32_t *tokens, size_t count,
                                    char *text, size_t capacity, size_t *size,
                                    ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    Expected<const Tokenizer *> tokenizer = getTokenizer(model);
    if (!tokenizer)
      return tl::unexpected(std::move(tokenizer.error()));
    int32_t none = 0;
    if (auto checked = checkPresent({"tokens", "a place for the size"},
                                    count ? tokens : &none, size);
        !checked)
      return checked;
    return writeOut((*tokenizer)->decode({tokens, count}), text, capacity,
                    size);
  });
}

static Expected<std::vector<jinja::Value>>
convertMessages(const ignis_message *messages, size_t count) {
  std::vector<jinja::Value> converted;
  for (size_t i = 0; i != count; ++i) {
    if (auto checked =
            checkPresent({"a role of each message", "a content of each"},
                         messages[i].role, messages[i].content);
        !checked)
      return tl::unexpected(std::move(checked.error()));
    converted.push_back(makeTextMessage(messages[i].role, messages[i].content));
  }
  return converted;
}

ignis_status ignis_model_chat(const ignis_model *model,
                              const ignis_message *messages,
                              size_t message_count, int32_t *tokens,
                              size_t capacity, size_t *count,
                              ignis_error *error) {
  return guard(error, [&]() -> Expected<void> {
    Expected<const Tokenizer *> tokenizer = getTokenizer(model);
    if (!tokenizer)
      return tl::unexpected(std::move(tokenizer.error()));
    if (auto checked = checkPresent({"messages", "a place for the count"},
                                    messages, count);
        !checked)
      return checked;
    auto converted = convertMessages(messages, message_count);
    if (!converted)
      return tl::unexpected(std::move(converted.error()));
    Expected<ChatTemplate> chat = ChatTemplate::load(model->model->file);
    if (!chat)
      return tl::unexpected(std::move(chat.error()));
    chat->setSpecialTokens(model->model->file, (*tokenizer)->vocabulary());
    auto encoded = encodeChat(*chat, **tokenizer, std::move(*converted), {},
                              getLocalTime());
    if (!encoded)
      return tl::unexpected(std::move(encoded.error()));
    return writeOut(*encoded, tokens, capacity, count);
  });
}
