//===- OptionConflicts.cpp - Options of a run that do not go together -----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionGroups.h"

using namespace ignis;

// What a run may do in place of going on from a prompt.
static constexpr std::string_view works =
    "--conversation --batch --perplexity --multiple-choice --machine";
static constexpr std::string_view measures = "--perplexity --multiple-choice";
static constexpr std::string_view prompts = "--prompt --file --ids";
static constexpr std::string_view structures =
    "--grammar --grammar-file --json-schema --json-schema-file --regex "
    "--choice";

/// Names of all that decides which token is chosen.
static std::string listSampling() {
  std::string names = "--seed --samplers --logit-bias --dry-sequence-breaker";
  for (const SamplerNumber &number : samplerNumbers()) {
    std::string_view first = number.names.substr(number.names.find("--"));
    names += fmt::format(" {}", first.substr(0, first.find(',')));
  }
  return names;
}

void ignis::addConflicts(OptionRules &rules) {
  rules.excludeEachOther(works, "a run does one of them");
  rules.excludeEachOther(prompts, "there is one prompt");
  rules.excludeEachOther(structures, "answers keep to one of them");
  rules.exclude("--verbose", "--quiet", "");

  rules.exclude("--batch --multiple-choice", prompts,
                "it has its prompts in a file");
  rules.exclude("--conversation --perplexity", "--ids", "it is about text");
  rules.exclude("--machine", prompts, "it runs nothing");
  rules.exclude("--machine", "--dry-run --dump-logits --stats",
                "it runs nothing");
  rules.exclude(measures, listSampling(), "it chooses no tokens");
  rules.exclude(measures,
                "--predict --reverse-prompt --ignore-eos --lookup --keep",
                "it generates nothing");
  rules.exclude("--dump-logits", "--batch --perplexity --multiple-choice",
                "it is about one text");
  rules.exclude("--logprobs",
                "--conversation --batch --perplexity --multiple-choice",
                "it is about one text");
  rules.exclude("--context-shift",
                "--batch --perplexity --multiple-choice --dump-logits",
                "it computes parts of a text anew");
  rules.exclude("--prompt-cache",
                "--batch --perplexity --multiple-choice --dump-logits "
                "--simulate-ranks",
                "it is of one text that goes on");
  rules.exclude(structures,
                "--batch --perplexity --multiple-choice --ignore-eos",
                "an answer that keeps to something has an end, and requests "
                "have their own");
  rules.exclude("--batch", "--keep --special", "requests have none");
  rules.exclude("--ranks", "--simulate-ranks", "it is about memory alone");
  rules.exclude("--simulate-ranks", "--dry-run --max-memory",
                "it takes the memory of all of them; --dry-run --ranks says "
                "that of each");

  rules.require("--system-prompt --single-turn --hide-thinking",
                "--conversation");
  rules.require("--chat-template --chat-template-kwargs",
                "--conversation --batch");
  rules.require("--prompt-cache-ro", "--prompt-cache");
  rules.require("--ranks", "--dry-run");
  rules.require("--keep", "--context-shift");
  rules.require("--parallel --unordered", "--batch");
  rules.require("--kl-divergence-base", "--perplexity");
  rules.require("--kl-divergence", "--kl-divergence-base");
}
