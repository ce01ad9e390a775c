//===- Recipe.cpp - Which tensor gets which type --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules are those of llama_tensor_get_type in
// https://github.com/ggml-org/llama.cpp/blob/master/src/llama-quant.cpp, for
// dense models and without an importance matrix.
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Recipe.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <cctype>
#include <charconv>

using namespace ignis;
using enum RecipeRule::Where;

static constexpr ignis_type f32 = IGNIS_TYPE_F32, f16 = IGNIS_TYPE_F16,
                            bf16 = IGNIS_TYPE_BF16, q4_0 = IGNIS_TYPE_Q4_0,
                            q4_1 = IGNIS_TYPE_Q4_1, q5_0 = IGNIS_TYPE_Q5_0,
                            q5_1 = IGNIS_TYPE_Q5_1, q8_0 = IGNIS_TYPE_Q8_0,
                            q2_k = IGNIS_TYPE_Q2_K, q3_k = IGNIS_TYPE_Q3_K,
                            q4_k = IGNIS_TYPE_Q4_K, q5_k = IGNIS_TYPE_Q5_K,
                            q6_k = IGNIS_TYPE_Q6_K, iq4_nl = IGNIS_TYPE_IQ4_NL,
                            iq4_xs = IGNIS_TYPE_IQ4_XS;

static constexpr RecipeRule all(ignis_type type) { return {Everywhere, type}; }

// Name, general.file_type, base, head; rules of values, down and output.
static constexpr Recipe recipes[] = {
    {"f32", 0, f32, f32, {}, {}, {}},
    {"f16", 1, f16, f16, {}, {}, {}},
    {"bf16", 32, bf16, bf16, {}, {}, {}},
    {"q4_0", 2, q4_0, q6_k, {}, {}, {}},
    {"q4_1", 3, q4_1, q6_k, {}, {}, {}},
    {"q5_0", 8, q5_0, q6_k, {}, {}, {}},
    {"q5_1", 9, q5_1, q6_k, {}, {}, {}},
    {"q8_0", 7, q8_0, q8_0, {}, {}, {}},
    // clang-format off
    {"q2_k", 10, q2_k, q6_k,
     {{SharedKeys, q4_k}, all(q3_k)}, {all(q3_k)}, all(q3_k)},
    {"q3_k_s", 11, q3_k, q6_k, {}, {}, {}},
    {"q3_k_m", 12, q3_k, q6_k,
     {{First2Layers, q5_k}, all(q4_k)}, {{FirstSixteenth, q5_k}, all(q4_k)},
     all(q4_k)},
    {"q3_k_l", 13, q3_k, q6_k, {all(q5_k)}, {all(q5_k)}, all(q5_k)},
    {"q4_k_s", 14, q4_k, q6_k, {{First4Layers, q5_k}}, {{FirstEighth, q5_k}}, {}},
    {"q4_k_m", 15, q4_k, q6_k,
     {{WhereBitsMatter, q6_k}}, {{WhereBitsMatter, q6_k}}, {}},
    {"q5_k_s", 16, q5_k, q6_k, {}, {}, {}},
    {"q5_k_m", 17, q5_k, q6_k,
     {{WhereBitsMatter, q6_k}}, {{WhereBitsMatter, q6_k}}, {}},
    {"q6_k", 18, q6_k, q6_k, {}, {}, {}},
    {"iq4_nl", 25, iq4_nl, q6_k, {{SharedKeys, q5_k}}, {{FirstEighth, q5_k}}, {}},
    {"iq4_xs", 30, iq4_xs, q6_k, {{SharedKeys, q5_k}}, {{FirstEighth, q5_k}}, {}},
    // clang-format on
};

/// Shorter names that people use.
static constexpr std::pair<std::string_view, std::string_view> aliases[] = {
    {"q3_k", "q3_k_m"}, {"q4_k", "q4_k_m"}, {"q5_k", "q5_k_m"}};

static bool applies(RecipeRule::Where where, const RecipeModel &model,
                    int64_t layer) {
  int64_t eighth = model.layers / 8;
  switch (where) {
  case Nowhere:
    return false;
  case Everywhere:
    return true;
  case First2Layers:
    return layer < 2;
  case First4Layers:
    return layer < 4;
  case FirstSixteenth:
    return layer < model.layers / 16;
  case FirstEighth:
    return layer < eighth;
  case WhereBitsMatter:
    return layer < eighth || layer >= 7 * model.layers / 8 ||
           (layer - eighth) % 3 == 2;
  case SharedKeys:
    return model.queriesPerKey >= 4;
  }
  return false;
}

/// N of "blk.N.", or 0.
static int64_t getLayer(std::string_view name) {
  constexpr std::string_view prefix = "blk.";
  int64_t layer = 0;
  if (name.starts_with(prefix))
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(),
                    layer);
  return layer;
}

static ignis_type applyRules(const Recipe &recipe, const RecipeModel &model,
                             std::string_view name) {
  std::span<const RecipeRule> rules;
  bool isValue = name.ends_with("attn_v.weight");
  if (isValue)
    rules = recipe.value;
  else if (name.ends_with("ffn_down.weight"))
    rules = recipe.down;
  else if (name.ends_with("attn_output.weight"))
    rules = {&recipe.output, 1};
  auto rule = std::ranges::find_if(rules, [&](const RecipeRule &rule) {
    return applies(rule.where, model, getLayer(name));
  });
  ignis_type type = rule == rules.end() ? recipe.base : rule->type;
  // A model of 80 layers has eight queries a key: bits of its values are cheap.
  bool isMixture = recipe.base != recipe.head;
  if (isValue && isMixture && model.layers == 80)
    if (type == q3_k || type == q4_k)
      return q5_k;
  return type;
}

/// What loses no more than `type` and has blocks that divide rows of `cols`.
static ignis_type fitRows(ignis_type type, int64_t cols) {
  auto divides = [&](ignis_type of) {
    return cols % findWeightFormat(of)->blockValues == 0;
  };
  if (divides(type))
    return type;
  switch (type) {
  case IGNIS_TYPE_Q2_K:
  case IGNIS_TYPE_Q3_K:
    type = q4_0;
    break;
  case IGNIS_TYPE_IQ4_XS:
    type = iq4_nl;
    break;
  case IGNIS_TYPE_Q4_K:
    type = q5_0;
    break;
  case IGNIS_TYPE_Q5_K:
    type = q5_1;
    break;
  case IGNIS_TYPE_Q6_K:
    type = q8_0;
    break;
  default:
    break;
  }
  return divides(type) ? type : f16;
}

std::optional<ignis_type> Recipe::choose(const RecipeModel &model,
                                         std::string_view tensor,
                                         std::span<const int64_t> dims) const {
  if (dims.size() < 2 || !tensor.ends_with("weight"))
    return std::nullopt;
  bool isHead = tensor == "output.weight" ||
                (model.tied && tensor == "token_embd.weight");
  return fitRows(isHead ? head : applyRules(*this, model, tensor), dims.back());
}

const Recipe *ignis::findRecipe(std::string_view name) {
  std::string wanted(name);
  for (char &c : wanted)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto &[alias, meant] : aliases)
    if (wanted == alias)
      wanted = meant;
  const auto *it = std::ranges::find(recipes, wanted, &Recipe::name);
  return it == std::end(recipes) ? nullptr : it;
}

std::string ignis::listRecipes() {
  std::string names;
  for (const Recipe &recipe : recipes)
    names.append(names.empty() ? "" : ", ").append(recipe.name);
  return names;
}
