//===- ServedModel.h - A model that answers requests ---------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SERVER_SERVEDMODEL_H
#define IGNIS_SERVER_SERVEDMODEL_H

#include "ignis/Engine/Breakers.h"
#include "ignis/Engine/ChatPrompt.h"
#include "ignis/Engine/Scheduler.h"
#include "ignis/Engine/Structure.h"
#include "ignis/Server/Requests.h"

#include <functional>
#include <thread>

namespace ignis {

class Embedder; // of lib/Server

/// What is asked for, in terms of a model: a text for each answer.
struct PreparedRequest {
  std::vector<TextRequest> texts;
  bool startsThinking = false; ///< the prompt has opened the thoughts
  uint64_t modelHash = 0; ///< where a receipt is asked for
};

struct ServedModelOptions {
  ExecutorOptions executor;
  SchedulerOptions scheduler;
  bool lookup = false;
  bool embeddings = false;
  std::optional<std::chrono::seconds> timeLimit; ///< of a request
  int64_t mostMemory = 0;  ///< bytes; 0: no limit
  int64_t takenMemory = 0; ///< of it, by other models
  std::optional<std::string> chatTemplate; ///< in place of the file's
  std::string templatePath;                ///< where it is from
};

/// A file with its program, executor and scheduler, and a thread that runs it.
class ServedModel {
public:
  /// `program` outlives it.
  static Expected<std::unique_ptr<ServedModel>>
  create(std::string name, GGUFFile file, const ModelDescription &description,
         const ignis_program &program, const ServedModelOptions &options);
  ~ServedModel();

  const std::string &name() const { return name_; }
  const GGUFFile &file() const { return file_; }
  const Model &model() const { return *model_; }
  const Executor &executor() const { return *executor_; }
  /// With an embedder's.
  const MemoryNeed &memory() const { return memory_; }
  const Tokenizer &tokenizer() const { return *tokenizer_; }
  Scheduler &scheduler() { return *scheduler_; }
  /// Null if none was asked for.
  Embedder *embedder() { return embedder_.get(); }
  /// Null if the file has no template that can be used.
  const ChatTemplate *chat() const { return chat_ ? &*chat_ : nullptr; }
  bool isReady() const { return running.joinable(); }
  /// When what is asked for now is given up.
  std::optional<std::chrono::steady_clock::time_point> findDeadline() const;

  void start();
  /// Answers what was asked, and ends.
  void drain();

  /// Refuses what this model cannot answer.
  tl::expected<PreparedRequest, ApiError> prepare(const ApiRequest &request);
  /// The prompt of a chat.
  tl::expected<std::vector<int32_t>, ApiError>
  encodeMessages(const ApiRequest &request) const;
  /// Of texts that certainly have more than `most` tokens it refuses `field`:
  /// finding out how many takes a second for each megabyte.
  tl::expected<std::vector<int32_t>, ApiError>
  encode(const Prompt &prompt, const char *field, int64_t most) const;

private:
  ServedModel(std::string name, GGUFFile file,
              const ModelDescription &description,
              const ServedModelOptions &options);
  Expected<void> load(const ignis_program &program);
  tl::expected<std::shared_ptr<const Automaton>, ApiError>
  compileStructure(const ApiRequest &request, bool startsThinking);
  int64_t mostPrompt() const;
  tl::expected<void, ApiError> checkBytes(size_t size, const char *field,
                                          int64_t most) const;
  bool endsInThinking(const std::vector<int32_t> &prompt) const;

  std::string name_;
  GGUFFile file_;
  ModelDescription description;
  ServedModelOptions options;
  std::optional<Tokenizer> tokenizer_;
  size_t longestToken = 1; ///< in bytes
  std::optional<ChatTemplate> chat_;
  std::unique_ptr<Breakers> breakers;
  std::shared_ptr<const TokenTrie> trie;
  std::unique_ptr<Model> model_;
  MemoryNeed memory_ = {};
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Embedder> embedder_;
  std::thread running;
};

} // namespace ignis

#endif // IGNIS_SERVER_SERVEDMODEL_H
