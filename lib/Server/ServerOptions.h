//===- ServerOptions.h - What a server is asked to be --------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_SERVEROPTIONS_H
#define IGNIS_LIB_SERVER_SERVEROPTIONS_H

#include "Embedder.h"

#include "ignis/Engine/Options.h"
#include "ignis/Engine/Scheduler.h"
#include "ignis/Server/HttpServer.h"

namespace ignis {

/// With llama-server's names, where it has them.
struct ServerOptions {
  std::vector<std::string> models; ///< files; none: the program's own
  std::vector<std::string> aliases; ///< names for them, in the same order
  std::string templatePath; ///< in place of the models' own
  std::optional<std::string> chatTemplate; ///< what is read from there
  std::vector<std::string> keys;
  std::string keyPath;
  Options engine; ///< of each model
  SchedulerOptions scheduler;
  HttpOptions http;
  int64_t timeLimit = 0; ///< seconds of a request; 0: none
  bool hasPage = true;
  Pooling pooling = Pooling::Mean; ///< of embeddings, unless a request says so
  bool doctor = false; ///< tells of the machine alone
};

void addServerOptions(CommandLine &app, ServerOptions &options);

/// After parsing: reads the file of keys.
Expected<void> completeServerOptions(ServerOptions &options);

} // namespace ignis

#endif // IGNIS_LIB_SERVER_SERVEROPTIONS_H
