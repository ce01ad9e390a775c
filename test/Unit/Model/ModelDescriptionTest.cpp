//===- ModelDescriptionTest.cpp - Which models are run, which refused -----===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GGUFBytes.h"

#include "ignis/Model/Synthesize.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

using namespace ignis;
using namespace ignis::test;

namespace {

/// A small model's header, of which a test changes one thing.
struct Draft {
  std::vector<std::pair<std::string, std::string>> keys;
  std::vector<TensorShape> tensors;
  std::vector<uint32_t> types;

  Draft() {
    set("general.architecture", "qwen2");
    set<uint32_t>("qwen2.block_count", 1);
    set<uint32_t>("qwen2.context_length", 128);
    set<uint32_t>("qwen2.embedding_length", 64);
    set<uint32_t>("qwen2.feed_forward_length", 96);
    set<uint32_t>("qwen2.attention.head_count", 2);
    set<uint32_t>("qwen2.attention.head_count_kv", 1);
    set("qwen2.rope.freq_base", 1e6f);
    set("qwen2.attention.layer_norm_rms_epsilon", 1e-6f);
    tensors = listTensors(*parseShape("1,64,96,2,1,40,0"));
    for (const TensorShape &shape : tensors)
      types.push_back(shape.rows == 0 ? IGNIS_TYPE_F32 : IGNIS_TYPE_Q8_0);
  }

  void put(const std::string &key, std::string value) {
    auto it = std::ranges::find(keys, key,
                                &std::pair<std::string, std::string>::first);
    if (it == keys.end())
      keys.emplace_back(key, std::move(value));
    else
      it->second = std::move(value);
  }
  void set(const std::string &key, const char *text) {
    GGUFBytes bytes(0, 0);
    bytes.content.clear();
    put(key, bytes.number(GGUFType::String).string(text).content);
  }
  template <typename T>
  void set(const std::string &key, T value) {
    GGUFBytes bytes(0, 0);
    bytes.content.clear();
    GGUFType type = std::is_same_v<T, bool>       ? GGUFType::Bool
                    : std::is_same_v<T, float>    ? GGUFType::Float32
                    : std::is_same_v<T, uint32_t> ? GGUFType::UInt32
                                                  : GGUFType::Int32;
    put(key, bytes.number(type).number(value).content);
  }
  void remove(std::string_view key) {
    std::erase_if(keys, [&](const auto &entry) { return entry.first == key; });
  }
  size_t indexOf(std::string_view name) const {
    return std::ranges::find(tensors, name, &TensorShape::name) -
           tensors.begin();
  }
  void removeTensor(std::string_view name) {
    size_t index = indexOf(name);
    tensors.erase(tensors.begin() + index);
    types.erase(types.begin() + index);
  }

  Expected<ModelDescription> read() {
    bytes = GGUFBytes(tensors.size(), keys.size());
    for (const auto &[key, value] : keys)
      bytes.string(key).raw(value);
    uint64_t offset = 0;
    for (size_t i = 0; i != tensors.size(); ++i) {
      std::vector<int64_t> dims{tensors[i].cols};
      if (tensors[i].rows != 0)
        dims.push_back(tensors[i].rows);
      bytes.tensor(tensors[i].name, dims, types[i], offset);
      offset += 65536;
    }
    file = std::make_unique<Expected<GGUFFile>>(
        bytes.open(GGUFFile::Mode::Header));
    if (!*file)
      return tl::unexpected((*file).error());
    return ModelDescription::read(**file);
  }

  GGUFBytes bytes{0, 0};
  std::unique_ptr<Expected<GGUFFile>> file;
};

TEST(ModelDescription, Reads) {
  Draft draft;
  Expected<ModelDescription> model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
  const ModelConfig &config = model->config;
  EXPECT_EQ(config.layers, 1);
  EXPECT_EQ(config.embedding, 64);
  EXPECT_EQ(config.feed_forward, 96);
  EXPECT_EQ(config.heads, 2);
  EXPECT_EQ(config.kv_heads, 1);
  EXPECT_EQ(config.head_dim, 32);
  EXPECT_EQ(config.vocab, 40);
  EXPECT_EQ(config.context_length, 128);
  EXPECT_EQ(config.eps, static_cast<double>(1e-6f));
  EXPECT_EQ(config.rope.base, 1e6);
  EXPECT_FALSE(config.tied);
  EXPECT_EQ(model->tensors.size(), 15u);
  EXPECT_EQ(model->find("output.weight")->rows, 40);
  EXPECT_EQ(model->find("blk.0.attn_k.bias")->cols, 32);
  EXPECT_EQ(model->find("nothing"), nullptr);
}

TEST(ModelDescription, DefaultsOfTheFormat) {
  Draft draft;
  draft.remove("qwen2.rope.freq_base");
  draft.removeTensor("output.weight");
  Expected<ModelDescription> model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->config.rope.base, 10000);
  EXPECT_TRUE(model->config.tied);
}

/// Qwen3 with heads wider than the width's share.
Draft draftQwen3() {
  Draft draft;
  for (auto &[key, value] : draft.keys)
    if (key.starts_with("qwen2."))
      key.replace(0, 5, "qwen3");
  draft.set("general.architecture", "qwen3");
  draft.set("qwen3.attention.key_length", 64u);
  draft.set("qwen3.attention.value_length", 64u);
  draft.tensors = listTensors(*parseShape("qwen3:1,64,96,2,1,40,0,64"));
  draft.types.clear();
  for (const TensorShape &shape : draft.tensors)
    draft.types.push_back(shape.rows == 0 ? IGNIS_TYPE_F32 : IGNIS_TYPE_Q8_0);
  return draft;
}

TEST(ModelDescription, Qwen3) {
  Draft draft = draftQwen3();
  Expected<ModelDescription> model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->config.family, Family::Qwen3);
  EXPECT_EQ(model->config.head_dim, 64);
  EXPECT_TRUE(model->config.qk_norm);
  EXPECT_FALSE(model->config.qkv_bias);
  EXPECT_EQ(model->find("blk.0.attn_q.weight")->rows, 128);
  EXPECT_EQ(model->find("blk.0.attn_output.weight")->cols, 128);
  EXPECT_EQ(model->find("blk.0.attn_k_norm.weight")->cols, 64);
  EXPECT_EQ(model->find("blk.0.attn_q.bias"), nullptr);

  draft.set("qwen3.attention.value_length", 32u);
  model = draft.read();
  ASSERT_FALSE(model);
  EXPECT_NE(model.error().message.find("'qwen3.attention.value_length'"),
            std::string::npos);
  EXPECT_NE(model.error().message.find("expected 64, the elements of a key, "
                                       "found 32"),
            std::string::npos);
}

TEST(ModelDescription, Qwen3HasNormsAndNoBiases) {
  Draft draft = draftQwen3();
  draft.removeTensor("blk.0.attn_k_norm.weight");
  Expected<ModelDescription> model = draft.read();
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().message, "f.gguf: tensor 'blk.0.attn_k_norm.weight': "
                                   "expected shape 64, found no such tensor");
  draft = draftQwen3();
  draft.tensors.push_back({"blk.0.attn_q.bias", 0, 128});
  draft.types.push_back(IGNIS_TYPE_F32);
  model = draft.read();
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().message,
            "f.gguf: tensor 'blk.0.attn_q.bias': expected the 14 tensors of a "
            "Qwen3 model with 1 layers, found one more");
}

TEST(ModelDescription, HashTellsModelsApart) {
  Draft draft;
  uint64_t hash = draft.read()->hash;
  EXPECT_EQ(draft.read()->hash, hash);
  draft.types[draft.indexOf("output.weight")] = IGNIS_TYPE_F16;
  EXPECT_NE(draft.read()->hash, hash);
  draft.removeTensor("output.weight");
  EXPECT_NE(draft.read()->hash, hash);
}

TEST(ModelDescription, PresetShapes) {
  for (std::string_view name : listShapes()) {
    std::optional<ModelConfig> config = parseShape(name);
    ASSERT_TRUE(config) << name;
    EXPECT_EQ(config->findMistake(), "") << name;
  }
  EXPECT_EQ(parseShape("0.5b")->head_dim, 64);
  std::optional<ModelConfig> own = parseShape("qwen2:1,64,96,2,1,40,0,32");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->head_dim, 32);
  for (const char *text :
       {"", "8b", "1,2,3", "1,64,96,2,1,40,2", "1,64,96,2,1,40,0,",
        "1,64,96,0,1,40,0", "1,64,96,-2,1,40,0",
        "1,64,99999999999999999999,2,1,40,0", "1,64,96,2,1,40,0,32,1",
        "llama:1,64,96,2,1,40,0", ":1,64,96,2,1,40,0", "1,64,96,2,1,40,0,-1"})
    EXPECT_FALSE(parseShape(text)) << text;
}

TEST(ModelDescription, LinearScaling) {
  Draft draft;
  draft.set("qwen2.rope.scaling.factor", 4.0f); // of no type, and of its own
  EXPECT_EQ(draft.read()->config.rope.factor, 4);
  draft.set("qwen2.rope.scaling.type", "linear");
  draft.set("qwen2.rope.scaling.original_context_length", 64u);
  Expected<ModelDescription> model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->config.rope.factor, 4);
  EXPECT_EQ(model->config.rope.extrapolation, 0);
  draft.remove("qwen2.rope.scaling.factor");
  draft.set("qwen2.rope.scale_linear", 2.0f);
  EXPECT_EQ(draft.read()->config.rope.factor, 2);
}

TEST(ModelDescription, AttentionFactorOfItsOwn) {
  Draft draft;
  draft.set("qwen2.rope.scaling.attn_factor", 1.5f);
  EXPECT_EQ(draft.read()->config.rope.attention, 1.5);
}

TEST(ModelDescription, YaRN) {
  Draft draft;
  draft.set("qwen2.rope.scaling.type", "yarn");
  draft.set("qwen2.rope.scaling.factor", 4.0f);
  Expected<ModelDescription> model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
  const ignis_rope &rope = model->config.rope;
  EXPECT_EQ(rope.factor, 4);
  EXPECT_EQ(rope.extrapolation, 1);
  EXPECT_EQ(rope.original_context, 128); // the context's length
  EXPECT_EQ(rope.beta_fast, 32);
  EXPECT_EQ(rope.beta_slow, 1);
  draft.set("qwen2.rope.scaling.original_context_length", 64u);
  draft.set("qwen2.rope.scaling.yarn_ext_factor", 0.5f);
  draft.set("qwen2.rope.scaling.yarn_beta_fast", 16.0f);
  draft.set("qwen2.rope.scaling.yarn_beta_slow", 2.0f);
  model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(rope.extrapolation, 0.5);
  EXPECT_EQ(rope.original_context, 64);
  EXPECT_EQ(rope.beta_fast, 16);
  EXPECT_EQ(rope.beta_slow, 2);
}

/// Keys that many files have and that change nothing.
TEST(ModelDescription, KeysWithoutEffect) {
  Draft draft;
  draft.set("qwen2.attention.causal", true);
  draft.set("qwen2.attention.key_length", 32u);
  draft.set("qwen2.rope.dimension_count", 32u);
  draft.set("qwen2.attention.sliding_window", 128u);
  draft.set("qwen2.rope.scaling.type", "none");
  draft.set("qwen2.rope.scaling.finetuned", true);
  draft.set("qwen2.vocab_size", 41u);
  draft.set("qwen2.expert_count", 0u);
  draft.set("qwen2.logit_scale", 1.0f);
  draft.set("qwen2.pooling_type", 3u);
  draft.set("qwen3.attention.causal", false); // of another architecture
  Expected<ModelDescription> model = draft.read();
  ASSERT_TRUE(model) << model.error().message;
}

struct Refusal {
  const char *name;
  std::function<void(Draft &)> change;
  std::string message;
};

const std::vector<Refusal> &refusals() {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  static const std::vector<Refusal> all = {
      {"Architecture", [](Draft &d) { d.set("general.architecture", "llama"); },
       "key 'general.architecture': value at offset 56: expected 'qwen2' or "
       "'qwen3', found 'llama'"},
      {"NoArchitecture", [](Draft &d) { d.remove("general.architecture"); },
       "key 'general.architecture': expected a string, found no such key"},
      {"NoLayers", [](Draft &d) { d.set<uint32_t>("qwen2.block_count", 0); },
       "key 'qwen2.block_count': value at offset 98: expected 1 to 1024, found "
       "0"},
      {"AbsurdLayers",
       [](Draft &d) { d.set<uint32_t>("qwen2.block_count", 4000000000); },
       "key 'qwen2.block_count': value at offset 98: expected 1 to 1024, found "
       "4000000000"},
      {"NegativeLayers",
       [](Draft &d) { d.set<int32_t>("qwen2.block_count", -1); },
       "key 'qwen2.block_count': value at offset 98: expected an unsigned "
       "integer, found -1"},
      {"ZeroHeads",
       [](Draft &d) { d.set<uint32_t>("qwen2.attention.head_count", 0); },
       "key 'qwen2.attention.head_count': value at offset 255: expected 1 to "
       "2147483647, found 0"},
      {"HeadsDoNotDivide",
       [](Draft &d) { d.set<uint32_t>("qwen2.attention.head_count", 3); },
       "expected heads that divide the embedding length 64, found 3"},
      {"KVHeadsDoNotDivide",
       [](Draft &d) { d.set<uint32_t>("qwen2.attention.head_count_kv", 3); },
       "expected key/value heads that divide the 2 heads, found 3"},
      {"HeadDim",
       [](Draft &d) { d.set<uint32_t>("qwen2.attention.head_count", 4); },
       "expected heads of 32, 64 or 128 elements, found 16"},
      {"KeyLength",
       [](Draft &d) { d.set<uint32_t>("qwen2.attention.key_length", 64); },
       "key 'qwen2.attention.key_length': value at offset 432: expected 32, "
       "embedding by heads, found 64"},
      {"Embedding",
       [](Draft &d) { d.set<uint32_t>("qwen2.embedding_length", 80); },
       "expected an embedding length that is a multiple of 32, found 80"},
      {"FeedForward",
       [](Draft &d) { d.set<uint32_t>("qwen2.feed_forward_length", 100); },
       "expected a feed-forward length that is a multiple of 32, found 100"},
      {"InfiniteEps",
       [](Draft &d) {
         d.set("qwen2.attention.layer_norm_rms_epsilon", infinity);
       },
       "key 'qwen2.attention.layer_norm_rms_epsilon': value at offset 390: "
       "expected a positive number, found inf"},
      {"NaNBase",
       [](Draft &d) {
         d.set("qwen2.rope.freq_base", std::numeric_limits<float>::quiet_NaN());
       },
       "key 'qwen2.rope.freq_base': value at offset 336: expected a positive "
       "number, found nan"},
      {"NegativeBase", [](Draft &d) { d.set("qwen2.rope.freq_base", -1.0f); },
       "key 'qwen2.rope.freq_base': value at offset 336: expected a positive "
       "number, found -1"},
      {"RopeScaling",
       [](Draft &d) { d.set("qwen2.rope.scaling.type", "longrope"); },
       "key 'qwen2.rope.scaling.type': value at offset 429: expected 'none', "
       "'linear' or 'yarn', found 'longrope'"},
      {"RopeFactorWithoutScaling",
       [](Draft &d) {
         d.set("qwen2.rope.scaling.type", "none");
         d.set("qwen2.rope.scaling.factor", 4.0f);
       },
       "key 'qwen2.rope.scaling.type': value at offset 429: expected 'linear' "
       "or 'yarn' beside a factor, found 'none'"},
      {"RopeFactorTooLarge",
       [](Draft &d) { d.set("qwen2.rope.scaling.factor", 2e6f); },
       "key 'qwen2.rope.scaling.factor': value at offset 431: expected "
       "0.0009765625 to 1048576, found 2000000"},
      {"RopeBaseBelowOne",
       [](Draft &d) { d.set("qwen2.rope.freq_base", 0.5f); },
       "key 'qwen2.rope.freq_base': value at offset 336: expected 1 or more, "
       "found 0.5"},
      {"RopeAttention",
       [](Draft &d) { d.set("qwen2.rope.scaling.attn_factor", -1.0f); },
       "key 'qwen2.rope.scaling.attn_factor': value at offset 436: expected a "
       "positive number, found -1"},
      {"RopeExtrapolation",
       [](Draft &d) { d.set("qwen2.rope.scaling.yarn_ext_factor", 2.0f); },
       "key 'qwen2.rope.scaling.yarn_ext_factor': value at offset 440: "
       "expected a number from 0 to 1, found 2"},
      {"PartOfTheHeadTurns",
       [](Draft &d) { d.set<uint32_t>("qwen2.rope.dimension_count", 16); },
       "key 'qwen2.rope.dimension_count': value at offset 432: expected 32, "
       "the elements of a head, found 16"},
      {"SlidingWindow",
       [](Draft &d) { d.set<uint32_t>("qwen2.attention.sliding_window", 127); },
       "key 'qwen2.attention.sliding_window': value at offset 436: expected 0 "
       "or at least the context length 128, found 127"},
      {"NotCausal", [](Draft &d) { d.set("qwen2.attention.causal", false); },
       "key 'qwen2.attention.causal': value at offset 428: expected true, all "
       "that is implemented, found false"},
      {"Experts", [](Draft &d) { d.set<uint32_t>("qwen2.expert_count", 8); },
       "key 'qwen2.expert_count': value at offset 424: expected 0, all that is "
       "implemented, found 8"},
      {"UnknownKey", [](Draft &d) { d.set("qwen2.rope.dims", "half"); },
       "key 'qwen2.rope.dims': value at offset 421: expected no such key, "
       "which may change the result (a copy without it runs), found string"},
      {"NoTable", [](Draft &d) { d.removeTensor("token_embd.weight"); },
       "tensor 'token_embd.weight': expected the embedding table, found no "
       "such "
       "tensor"},
      {"NoBias", [](Draft &d) { d.removeTensor("blk.0.attn_v.bias"); },
       "tensor 'blk.0.attn_v.bias': expected shape 32, found no such tensor"},
      {"WrongShape",
       [](Draft &d) { d.tensors[d.indexOf("blk.0.attn_k.weight")].rows = 64; },
       "tensor 'blk.0.attn_k.weight': expected shape 32x64, found 64x64"},
      {"MatrixAsVector",
       [](Draft &d) {
         d.tensors[d.indexOf("blk.0.ffn_up.weight")].rows = 0;
         d.types[d.indexOf("blk.0.ffn_up.weight")] = IGNIS_TYPE_F32;
       },
       "tensor 'blk.0.ffn_up.weight': expected shape 96x64, found 64"},
      {"VectorType",
       [](Draft &d) {
         d.types[d.indexOf("output_norm.weight")] = IGNIS_TYPE_Q8_0;
       },
       "tensor 'output_norm.weight': expected a vector of f32, f16 or bf16, "
       "found q8_0"},
      {"MatrixType",
       [](Draft &d) {
         d.types[d.indexOf("blk.0.ffn_up.weight")] = 39; // mxfp4
       },
       "tensor 'blk.0.ffn_up.weight': expected a matrix of f32, f16, bf16, "
       "q4_0, q4_1, q5_0, q5_1, q8_0, iq4_nl, q2_k, q3_k, q4_k, q5_k, q6_k, "
       "iq4_xs, found mxfp4 (quantise the model anew, from f16 or wider)"},
      {"OneTensorMore",
       [](Draft &d) {
         d.tensors.push_back({"rope_freqs.weight", 0, 16});
         d.types.push_back(IGNIS_TYPE_F32);
       },
       "tensor 'rope_freqs.weight': expected the 15 tensors of a Qwen2 model "
       "with 1 layers, found one more"},
  };
  return all;
}

class ModelRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(ModelRefusal, NamesTheMistake) {
  Draft draft;
  GetParam().change(draft);
  Expected<ModelDescription> model = draft.read();
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().message, "f.gguf: " + GetParam().message);
  EXPECT_EQ(model.error().code, ExitCode::InvalidModel);
}

INSTANTIATE_TEST_SUITE_P(All, ModelRefusal, testing::ValuesIn(refusals()),
                         [](const auto &info) { return info.param.name; });

} // namespace
