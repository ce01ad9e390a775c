//===- Objects.h - What the handles of the C interface stand for *- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CAPI_OBJECTS_H
#define IGNIS_LIB_CAPI_OBJECTS_H

#include "ignis/Engine/Generation.h"
#include "ignis/Engine/Package.h"
#include "ignis/Text/ChatTemplate.h"
#include "ignis/Text/StreamDecoder.h"
#include "ignis/ignis.h"

#include <exception>

namespace ignis {

/// A file, its tokenizer and its program. Each refers to those before it.
struct LoadedModel {
  explicit LoadedModel(GGUFFile file) : file(std::move(file)) {}
  Expected<void> load(const ignis_package &package);

  GGUFFile file;
  std::optional<ModelDescription> description;
  std::optional<Tokenizer> tokenizer; ///< a file may have none
  std::unique_ptr<Model> model;
  int64_t mostTokens = 0; ///< of a call
};

struct StartedExecutor {
  std::shared_ptr<const LoadedModel> model;
  std::unique_ptr<Executor> executor;
};

/// Copies what was found, if there is a place for it.
inline ignis_status report(ignis_status status, std::string_view message,
                           ignis_error *error) {
  if (error) {
    size_t size = message.copy(error->message, sizeof(error->message) - 1);
    error->message[size] = '\0';
  }
  return status;
}

/// Calls `body`, which returns Expected<void>, and makes a status of whatever
/// comes of it.
template <typename Body>
ignis_status guard(ignis_error *error, Body body) noexcept {
  try {
    Expected<void> done = body();
    if (done)
      return report(IGNIS_OK, "", error);
    return report(static_cast<ignis_status>(done.error().code),
                  done.error().message, error);
  } catch (const std::bad_alloc &) {
    return report(IGNIS_FAILED, "out of memory", error);
  } catch (const std::exception &exception) {
    return report(IGNIS_FAILED, exception.what(), error);
  } catch (...) {
    return report(IGNIS_FAILED, "an exception without a reason", error);
  }
}

/// Refuses null where something is needed; `names` are the arguments, in order.
template <typename... Pointers>
Expected<void> checkPresent(std::initializer_list<const char *> names,
                            Pointers... pointers) {
  const void *all[] = {pointers...};
  for (size_t i = 0; i != names.size(); ++i)
    if (!all[i])
      return makeError(ExitCode::Usage, "expected {}, found null",
                       names.begin()[i]);
  return {};
}

/// As much of `from` as there is room for.
template <typename Range, typename T>
Expected<void> writeOut(const Range &from, T *to, size_t capacity,
                        size_t *size) {
  if (capacity > 0)
    if (auto checked = checkPresent({"a place for the result"}, to); !checked)
      return checked;
  std::copy_n(from.begin(), std::min(capacity, from.size()), to);
  *size = from.size();
  return {};
}

} // namespace ignis

struct ignis_model {
  std::shared_ptr<const ignis::LoadedModel> model;
};

struct ignis_executor {
  std::shared_ptr<ignis::StartedExecutor> executor;
};

struct ignis_sequence {
  std::shared_ptr<ignis::StartedExecutor> executor;
  ignis_sampling sampling;
  ignis::Generation generation;
  std::optional<ignis::StreamDecoder> decoder;
  // Of the last step.
  std::vector<int32_t> chosen;
  std::vector<float> logProbabilities;
  std::vector<float> logits; ///< kept until the next are there
  std::string text;

  ignis_sequence(std::shared_ptr<ignis::StartedExecutor> executor,
                 const ignis_sampling &sampling);
};

#endif // IGNIS_LIB_CAPI_OBJECTS_H
