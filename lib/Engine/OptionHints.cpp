//===- OptionHints.cpp - Options that people know from elsewhere ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionGroups.h"

using namespace ignis;

namespace {
/// Options of llama.cpp that are none here, with spaces between.
struct Hint {
  std::string_view names;
  const char *instead;
};
} // namespace

static constexpr const char *noDevice =
    "there is no device but the CPU: leave it out";

static constexpr Hint hints[] = {
    {"-ngl --gpu-layers --n-gpu-layers -dev --device -sm --split-mode -ts "
     "--tensor-split -mg --main-gpu -ot --override-tensor -nkvo "
     "--no-kv-offload",
     noDevice},
    {"--list-devices", "there is no device but the CPU: --machine says what it "
                       "is"},
    {"-fa --flash-attn",
     "attention is always computed in pieces: leave it out"},
    {"-ctk --cache-type-k -ctv --cache-type-v",
     "keys and values have one type: --cache-type f16 or f32"},
    {"--mlock --no-mmap --mmap",
     "files are mapped, and weights packed into memory: --pack always does "
     "that before the first token"},
    {"-hf --hf-repo -hff --hf-file -mu --model-url",
     "models are files: expected -m"},
    {"-ub --ubatch-size", "there is one size of batches: -b"},
    {"-tb --threads-batch", "there is one number of threads: -t"},
    {"-C --cpu-mask -Cr --cpu-range --numa",
     "threads keep to the CPUs that the process may use: taskset and numactl "
     "choose them"},
    {"-i --interactive -if --interactive-first -ins --instruct",
     "expected -cnv"},
    {"-mli --multiline-input",
     "a message of several lines begins and ends with \"\"\": leave it out"},
    {"--simple-io",
     "TERM=dumb says of a terminal that it can do little, and files and pipes "
     "get plain text: leave it out"},
    {"-md --model-draft --draft --draft-n --draft-max --draft-min",
     "drafts are from the text itself: --lookup"},
    {"--lora --control-vector",
     "a model is one file: expected one with it merged in"},
    {"--rope-scaling --rope-scale --rope-freq-base --rope-freq-scale "
     "--yarn-orig-ctx --override-kv",
     "the model file says it: expected one that says otherwise"},
    {"--jinja", "templates are always Jinja: leave it out"},
    {"--no-jinja", "templates are always Jinja: --chat-template gives another"},
    {"-sysf --system-prompt-file",
     "the message itself is expected: -sys \"$(cat FILE)\""},
    {"--in-prefix --in-suffix", "the chat template has it: --chat-template"},
    {"--reasoning-budget",
     "the chat template knows whether a model thinks: --chat-template-kwargs "
     "'{\"enable_thinking\": false}'; --hide-thinking does not show it"},
    {"--warmup --no-warmup", "there is none: leave it out"},
    {"--perf --no-perf", "times are said with -v alone: leave it out"},
    {"--log-disable", "expected -q"},
    {"--prompt-cache-all", "the whole text is always saved: leave it out"},
};

void ignis::addHints(CommandLine &app) {
  for (const auto &[names, instead] : hints)
    for (size_t at = 0, end; at < names.size(); at = end + 1) {
      end = std::min(names.find(' ', at), names.size());
      app.addHint(std::string(names.substr(at, end - at)), instead);
    }
}
