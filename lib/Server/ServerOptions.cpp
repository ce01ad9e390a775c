//===- ServerOptions.cpp - What a server is asked to be -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ServerOptions.h"

#include "ignis/Support/CommandLine.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/Take.h"

using namespace ignis;

static constexpr int64_t most = std::numeric_limits<int32_t>::max();

static void addModelOptions(CommandLine &app, ServerOptions &options) {
  app.add_option("-m,--model", options.models,
                 "A GGUF file; may be repeated; default: the program's own "
                 "model")
      ->type_name("FILE")
      ->check(findNoPath)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("-a,--alias", options.aliases,
                 "What a model is called, in the order of -m; default: its "
                 "file's name")
      ->type_name("NAME")
      ->check(findNoText)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--chat-template,--chat-template-file", options.templatePath,
                 "A file that holds a chat template, instead of the models'")
      ->type_name("FILE")
      ->check(findNoPath);
  ExecutorOptions &executor = options.engine.executor;
  app.add_option("-c,--ctx-size", executor.context,
                 "Positions of a request, prompt and answer; 0: as many as the "
                 "model was trained for, but at most 4096")
      ->check(inRange(int64_t{0}, most))
      ->capture_default_str();
  app.add_option("--cache-positions", executor.positions,
                 "Positions of all requests together; default: -np times -c")
      ->check(inRange(int64_t{1}, most));
  app.add_option("--parallel", options.scheduler.parallel,
                 "Requests at work at once")
      ->check(inRange(int64_t{1}, int64_t{1024}))
      ->capture_default_str();
  app.addShortName("-np", "--parallel");
  app.add_option("-b,--batch-size", executor.batch,
                 "Tokens computed in a call")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  app.add_option("--ubatch-size", options.scheduler.promptRows,
                 "Tokens of prompts computed in a call beside texts that are "
                 "being generated")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  app.addShortName("-ub", "--ubatch-size");
  addComputeOptions(app, executor.threads, options.engine.isa);
  app.add_flag("--embeddings", options.engine.embeddings,
               "Answer /v1/embeddings, too: of a model that is compiled now, "
               "it takes half as long again");
  addChoice<Pooling>(app, "--pooling",
                     {{"mean", Pooling::Mean}, {"last", Pooling::Last}},
                     options.pooling,
                     "Of the final norm's rows, what an embedding is: their "
                     "mean (default) or the last one, unless a request says "
                     "so");
  addRankOptions(app, options.engine.rankTimeout);
  app.add_flag("--lookup", options.engine.lookup,
               "Draft tokens from the texts themselves: the same answers, "
               "sooner where they repeat themselves");
  addCacheTypeOption(app, options.engine.cacheType);
}

static void addHttpOptions(CommandLine &app, ServerOptions &options) {
  app.add_option("--host", options.http.host, "Address to listen on")
      ->check([](const std::string &host) -> std::string {
        return HttpServer::isAddress(host)
                   ? ""
                   : fmt::format("expected an address, such as 127.0.0.1, "
                                 "0.0.0.0 or ::, found {}",
                                 host);
      })
      ->capture_default_str();
  app.add_option("--port", options.http.port,
                 "Port to listen on; 0: one that is free, which is printed")
      ->check(inRange(0, 65535))
      ->capture_default_str();
  app.add_option("--api-key", options.keys,
                 "Answer only who sends this key as a bearer token; may be "
                 "repeated")
      ->type_name("KEY")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--api-key-file", options.keyPath,
                 "A file of such keys, one a line")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_option("--threads-http", options.http.workers,
                 "Threads that read requests and make prompts of them")
      ->check(inRange(1, 256))
      ->capture_default_str();
  app.add_option("--max-connections", options.http.connections,
                 "Connections at once; more are answered by 503")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  app.add_option("--max-bodies", options.http.mostInput,
                 "MiB of all requests that come in or wait for a thread; more "
                 "are answered by 503")
      ->check(inRange(int64_t{64}, int64_t{1} << 20))
      ->capture_default_str();
  app.add_option("--max-memory", options.engine.mostMemory,
                 "Refuse to take more bytes of memory for all models; 0: no "
                 "limit")
      ->check(atLeast(int64_t{0}));
  app.add_option("--max-waiting", options.scheduler.waiting,
                 "Requests that wait for a place; more are answered by 429")
      ->check(inRange(int64_t{1}, int64_t{65536}))
      ->capture_default_str();
  auto setTimeout = [&options](const int64_t &seconds) {
    options.http.timeout = std::chrono::seconds(seconds);
  };
  app.add_option_function<int64_t>(
         "--timeout", setTimeout,
         "Seconds for a client to send a request or read on; default: 600")
      ->check(inRange(int64_t{1}, int64_t{86400}));
  app.add_option("--time-limit", options.timeLimit,
                 "Seconds for an answer; 0: no limit")
      ->check(inRange(int64_t{0}, int64_t{86400}))
      ->capture_default_str();
  app.add_flag("--webui,!--no-webui", options.hasPage,
               "Serve a page for conversations at / (default)");
  app.add_flag("--doctor", options.doctor,
               "Print what this machine is, what it can do at best and what "
               "holds it back, also with the models of -m, and end");
}

void ignis::addServerOptions(CommandLine &app, ServerOptions &options) {
  addModelOptions(app, options);
  addHttpOptions(app, options);
  app.rules.require("--pooling", "--embeddings");
}

Expected<void> ignis::completeServerOptions(ServerOptions &options) {
  if (options.aliases.size() > std::max<size_t>(options.models.size(), 1))
    return makeError(ExitCode::Usage,
                     "--alias: expected one for each model at most, found {}",
                     options.aliases.size());
  for (const std::string &key : options.keys)
    if (key.empty())
      return makeError(ExitCode::Usage, "--api-key: expected a key, found none");
  if (!options.templatePath.empty())
    if (auto read =
            take(readFile(options.templatePath), options.chatTemplate);
        !read)
      return read;
  if (options.keyPath.empty())
    return {};
  Expected<std::string> text = readFile(options.keyPath);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  size_t before = options.keys.size();
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\n', at), text->size());
    std::string key = text->substr(at, end - at);
    key.erase(key.find_last_not_of(" \t\r") + 1);
    if (!key.empty())
      options.keys.push_back(key);
    at = end + 1;
  }
  // An empty file would open what was to be closed.
  if (options.keys.size() == before)
    return makeError(ExitCode::Usage, "{}: expected keys, found none",
                     options.keyPath);
  return {};
}
