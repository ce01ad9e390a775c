//===- SamplingRequest.h - Sampling as a request in JSON has it -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SAMPLINGREQUEST_H
#define IGNIS_ENGINE_SAMPLINGREQUEST_H

#include "ignis/Engine/SamplerOptions.h"

#include <nlohmann/json_fwd.hpp>

namespace ignis {

/// Whether readSampling reads a field of this name: those of samplerNumbers(),
/// logit_bias, samplers and dry_sequence_breakers.
bool isSamplingField(std::string_view name);

/// Sets what an object has, and is not null, of these fields; refuses what is
/// no value of them. `logit_bias` is as OpenAI has it, {"17": -100}, or pairs,
/// [[17, -100]], where false in place of a number means never.
Expected<void> readSampling(const nlohmann::json &object, SamplerOptions &into);

/// An object from which readSampling reads the same options.
nlohmann::ordered_json writeSampling(const SamplerOptions &options);

} // namespace ignis

#endif // IGNIS_ENGINE_SAMPLINGREQUEST_H
