//===- RecipeTest.cpp - Which tensor gets which type ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Recipe.h"
#include "ignis/Runtime/WeightFormats.h"

#include <gtest/gtest.h>

#include <vector>

using namespace ignis;

namespace {

/// Of the 0.5B shape, whose rows of 896 hold no blocks of 256.
constexpr RecipeModel half{.layers = 24, .queriesPerKey = 7, .tied = true};
constexpr RecipeModel wide{.layers = 32, .queriesPerKey = 4, .tied = false};

std::string choose(std::string_view recipe, const RecipeModel &model,
                   std::string_view tensor, int64_t cols) {
  const Recipe *found = findRecipe(recipe);
  if (!found)
    return "no such recipe";
  const int64_t dims[] = {64, cols};
  auto type = found->choose(model, tensor, dims);
  return type ? findWeightFormat(*type)->name : "none";
}

TEST(Recipe, HalfAsQ4KM) {
  EXPECT_EQ(choose("Q4_K_M", half, "token_embd.weight", 896), "q8_0");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.0.attn_q.weight", 896), "q5_0");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.0.attn_v.weight", 896), "q8_0");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.4.attn_v.weight", 896), "q5_0");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.0.ffn_down.weight", 4864), "q6_k");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.4.ffn_down.weight", 4864), "q4_k");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.5.ffn_down.weight", 4864), "q6_k");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.20.ffn_down.weight", 4864), "q6_k");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.21.ffn_down.weight", 4864), "q6_k");
  EXPECT_EQ(choose("Q4_K_M", half, "blk.19.ffn_down.weight", 4864), "q4_k");
}

TEST(Recipe, HeadAndTable) {
  EXPECT_EQ(choose("q4_0", wide, "output.weight", 4096), "q6_k");
  EXPECT_EQ(choose("q4_0", wide, "token_embd.weight", 4096), "q4_0");
  EXPECT_EQ(choose("q4_0", half, "token_embd.weight", 4096), "q6_k");
  EXPECT_EQ(choose("q8_0", half, "token_embd.weight", 4096), "q8_0");
  EXPECT_EQ(choose("f16", half, "token_embd.weight", 4096), "f16");
}

TEST(Recipe, Layers) {
  EXPECT_EQ(choose("q4_k_s", wide, "blk.3.attn_v.weight", 4096), "q5_k");
  EXPECT_EQ(choose("q4_k_s", wide, "blk.4.attn_v.weight", 4096), "q4_k");
  EXPECT_EQ(choose("q4_k_s", wide, "blk.3.ffn_down.weight", 4096), "q5_k");
  EXPECT_EQ(choose("q4_k_s", wide, "blk.4.ffn_down.weight", 4096), "q4_k");
  EXPECT_EQ(choose("q3_k_m", wide, "blk.1.attn_v.weight", 4096), "q5_k");
  EXPECT_EQ(choose("q3_k_m", wide, "blk.2.attn_v.weight", 4096), "q4_k");
  EXPECT_EQ(choose("q3_k_m", wide, "blk.1.ffn_down.weight", 4096), "q5_k");
  EXPECT_EQ(choose("q3_k_m", wide, "blk.2.ffn_down.weight", 4096), "q4_k");
  EXPECT_EQ(choose("q3_k_l", wide, "blk.9.attn_output.weight", 4096), "q5_k");
  EXPECT_EQ(choose("iq4_xs", wide, "blk.9.attn_v.weight", 4096), "q5_k");
  EXPECT_EQ(choose("q2_k", wide, "blk.9.attn_v.weight", 4096), "q4_k");
  RecipeModel alone = wide;
  alone.queriesPerKey = 3;
  EXPECT_EQ(choose("iq4_xs", alone, "blk.9.attn_v.weight", 4096), "iq4_xs");
  EXPECT_EQ(choose("q2_k", alone, "blk.9.attn_v.weight", 4096), "q3_k");
  RecipeModel large = wide;
  large.layers = 80;
  EXPECT_EQ(choose("q4_k_m", large, "blk.12.attn_v.weight", 8192), "q6_k");
  EXPECT_EQ(choose("q4_k_m", large, "blk.13.attn_v.weight", 8192), "q5_k");
}

TEST(Recipe, RowsThatHoldNoBlocks) {
  for (auto [recipe, expected] : {std::pair("q2_k", "q4_0"),
                                  {"q3_k_s", "q4_0"},
                                  {"q4_k_s", "q5_0"},
                                  {"q5_k_s", "q5_1"},
                                  {"q6_k", "q8_0"},
                                  {"iq4_xs", "iq4_nl"},
                                  {"iq4_nl", "iq4_nl"}})
    EXPECT_EQ(choose(recipe, half, "blk.9.attn_q.weight", 896), expected);
  for (const char *recipe : {"q4_k_m", "q8_0", "q4_0", "iq4_xs"})
    EXPECT_EQ(choose(recipe, half, "blk.9.attn_q.weight", 80), "f16");
  EXPECT_EQ(choose("f32", half, "blk.9.attn_q.weight", 80), "f32");
}

TEST(Recipe, WhatIsNoMatrixOfWeights) {
  EXPECT_EQ(choose("q4_0", half, "blk.0.attn_q.bias", 896), "none");
  const int64_t dims[] = {896};
  EXPECT_FALSE(findRecipe("q4_0")->choose(half, "output_norm.weight", dims));
}

TEST(Recipe, Pure) {
  Recipe pure = findRecipe("q4_k_m")->pure();
  const int64_t dims[] = {64, 4864};
  for (const char *tensor : {"token_embd.weight", "blk.0.attn_v.weight",
                             "blk.0.ffn_down.weight", "output.weight"})
    EXPECT_EQ(pure.choose(half, tensor, dims), IGNIS_TYPE_Q4_K) << tensor;
}

TEST(Recipe, Names) {
  EXPECT_EQ(findRecipe("q4_K_m"), findRecipe("Q4_K"));
  EXPECT_EQ(findRecipe("q4_k_"), nullptr);
  EXPECT_EQ(findRecipe(""), nullptr);
  EXPECT_TRUE(listRecipes().starts_with("f32, f16, bf16, q4_0, "));
}

} // namespace
