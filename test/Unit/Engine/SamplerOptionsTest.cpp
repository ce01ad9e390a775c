//===- SamplerOptionsTest.cpp - One table, read by all --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/SamplerOptions.h"

#include "ignis/Engine/Breakers.h"
#include "ignis/Engine/SamplingRequest.h"
#include "ignis/Model/Bundled.h"
#include "ignis/Model/GGUFWriter.h"
#include "ignis/Support/Elementary.h"
#include "ignis/Text/Tokenizer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

#include <unistd.h>

using namespace ignis;

namespace {

std::string refusal(const char *json) {
  SamplerOptions options;
  auto read = readSampling(nlohmann::json::parse(json), options);
  return read ? "" : read.error().message;
}

TEST(SamplerOptions, NumbersHaveRangesAndDefaultsWithinThem) {
  for (const SamplerNumber &number : samplerNumbers()) {
    SamplerOptions options;
    double usual = number.get(options);
    EXPECT_GE(usual, number.least) << number.request;
    EXPECT_LE(usual, number.most) << number.request;
    EXPECT_TRUE(number.set(options, number.most));
    EXPECT_EQ(number.get(options),
              number.isWhole() ? number.most
                               : double{static_cast<float>(number.most)});
    EXPECT_FALSE(number.set(options, number.most * 1.01 + 1));
    EXPECT_FALSE(number.set(options, number.least - 1));
    EXPECT_FALSE(number.set(options, std::nan("")));
    EXPECT_EQ(bool(number.set(options, 0.5 + std::max(0.0, number.least))),
              !number.isWhole())
        << number.request;
  }
}

TEST(SamplerOptions, Requests) {
  SamplerOptions options;
  auto read = readSampling(
      nlohmann::json::parse(
          R"({"temperature": 0.5, "top_k": 7, "presence_penalty": -1,
              "logit_bias": {"17": -100, "3": false}, "top_p": null,
              "samplers": ["top_k", "temperature"], "other": [],
              "dry_sequence_breakers": ["\n"]})"),
      options);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(options.temperature, 0.5f);
  EXPECT_EQ(options.topK, 7);
  EXPECT_EQ(options.topP, 0.95f);
  EXPECT_EQ(options.presencePenalty, -1);
  const std::vector<std::pair<int32_t, float>> biases = {
      {17, -100}, {3, -std::numeric_limits<float>::infinity()}};
  EXPECT_EQ(std::set(options.logitBias.begin(), options.logitBias.end()),
            std::set(biases.begin(), biases.end()));
  EXPECT_EQ(formatSamplerOrder(options.order), "top_k;temperature");
  EXPECT_EQ(options.dryBreakers, std::vector<std::string>{"\n"});
  EXPECT_TRUE(isSamplingField("top_k") && isSamplingField("logit_bias"));
  EXPECT_FALSE(isSamplingField("topk") || isSamplingField(""));
}

TEST(SamplerOptions, RequestsAreRefusedByFieldRangeAndValue) {
  EXPECT_EQ(refusal(R"({"top_p": 1.5})"),
            "top_p: expected a number from 0 to 1, found 1.5");
  EXPECT_EQ(refusal(R"({"top_k": 1.5})"),
            "top_k: expected a whole number from -1 to 2147483647, found 1.5");
  EXPECT_EQ(refusal(R"({"mirostat": "2"})"),
            "mirostat: expected a whole number from 0 to 2, found \"2\"");
  EXPECT_EQ(refusal(R"({"logit_bias": {"x": 1}})"),
            "logit_bias: expected ids of tokens, found \"x\"");
  EXPECT_EQ(refusal(R"({"logit_bias": [[18446744073709551615, 1]]})"),
            "logit_bias: expected ids of tokens, found 18446744073709551615");
  EXPECT_EQ(refusal(R"({"logit_bias": [[1, true]]})"),
            "logit_bias: expected a number up to 1000000, or false, found "
            "true");
  EXPECT_EQ(refusal(R"({"logit_bias": 3})"),
            "logit_bias: expected an object or a list, found 3");
  EXPECT_EQ(refusal(R"({"logit_bias": [3]})"),
            "logit_bias: expected pairs of a token and a number, found 3");
  EXPECT_EQ(refusal(R"({"samplers": ["top_z"]})").substr(0, 33),
            "samplers: expected names among pe");
  EXPECT_EQ(refusal(R"({"dry_sequence_breakers": [""]})"),
            "dry_sequence_breakers: expected texts, found \"\"");
}

TEST(SamplerOptions, Orders) {
  auto order = parseSamplerOrder("temp;top-k;typical");
  ASSERT_TRUE(order);
  EXPECT_EQ(formatSamplerOrder(*order), "temperature;top_k;typ_p");
  EXPECT_TRUE(parseSamplerOrder("")->empty());
  EXPECT_EQ(*parseSamplerOrder(formatSamplerOrder(SamplerOptions().order)),
            SamplerOptions().order);
  EXPECT_EQ(parseSamplerOrder("top_k;top-k").error().message,
            "samplers: expected each name once, found top_k again");
  EXPECT_FALSE(parseSamplerOrder("top_k;;min_p"));
}

TEST(SamplerOptions, Biases) {
  using Bias = std::pair<int32_t, float>;
  EXPECT_EQ(*parseLogitBias("17+1.5"), Bias(17, 1.5f));
  EXPECT_EQ(*parseLogitBias("0-2e3"), Bias(0, -2000));
  EXPECT_EQ(*parseLogitBias("3-inf"),
            Bias(3, -std::numeric_limits<float>::infinity()));
  for (const char *wrong : {"", "17", "17+", "+1", "17+-1", "17--1", "17+inf",
                            "17+nan", "17+2e6", "17*2", "17+1x", "-1+1"})
    EXPECT_FALSE(parseLogitBias(wrong)) << wrong;
}

TEST(SamplerOptions, ChecksWhatATableCannotSay) {
  SamplerOptions options;
  options.logitBias = {{39, 1}};
  EXPECT_TRUE(checkSampling(options, 40));
  EXPECT_EQ(checkSampling(options, 39).error().message,
            "logit_bias: token 39: expected an id from 0 to 38, the model's "
            "vocabulary");
  options.logitBias.assign(41, {39, 1}); // each of a request's answers has them
  EXPECT_EQ(checkSampling(options, 40).error().message,
            "logit_bias: expected at most one number for each of 40 tokens, "
            "found 41");
  SamplerOptions mirostat;
  mirostat.mirostat = 1;
  EXPECT_FALSE(checkSampling(mirostat, 40));
}

/// A file with nothing but these keys.
class FileSampling : public testing::Test {
protected:
  template <typename Add>
  Expected<std::string> apply(SamplerOptions &options, const Add &add,
                              std::set<std::string, std::less<>> given = {}) {
    std::string path =
        testing::TempDir() + std::to_string(getpid()) + "-ignis-sampling.gguf";
    {
      auto writer = GGUFWriter::create(path);
      EXPECT_TRUE(writer);
      add(*writer);
      EXPECT_TRUE(writer->begin() && writer->finish());
    }
    auto file = GGUFFile::open(path);
    std::remove(path.c_str());
    EXPECT_TRUE(file);
    return applyFileSampling(*file, options, given);
  }
};

TEST_F(FileSampling, ComesBehindWhatIsGiven) {
  auto add = [](GGUFWriter &writer) {
    writer.add("general.sampling.temp", 0.25f);
    writer.add("general.sampling.top_k", uint32_t{20});
    writer.add("general.sampling.top_p", 0.75f);
    writer.add("general.sampling.sequence", "top_k;temperature");
  };
  SamplerOptions options;
  options.topP = 0.1f;
  auto taken = apply(options, add, {"top_p"});
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(*taken, "temperature 0.25, top_k 20, samplers top_k;temperature");
  EXPECT_EQ(options.temperature, 0.25f);
  EXPECT_EQ(options.topK, 20);
  EXPECT_EQ(options.topP, 0.1f);
  EXPECT_EQ(options.order.size(), 2u);
  taken = apply(options, add, {"temperature", "top_k", "top_p", "samplers"});
  EXPECT_EQ(*taken, "");
}

TEST_F(FileSampling, IsRefusedByFileAndKey) {
  SamplerOptions options;
  auto taken = apply(options, [](GGUFWriter &writer) {
    writer.add("general.sampling.top_p", 1.5f);
  });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ExitCode::InvalidModel);
  EXPECT_NE(taken.error().message.find(
                "general.sampling.top_p: top_p: expected a number from 0 to "
                "1, found 1.5"),
            std::string::npos)
      << taken.error().message;
  EXPECT_FALSE(apply(options, [](GGUFWriter &writer) {
    writer.add("general.sampling.sequence", "top_z");
  }));
  EXPECT_FALSE(apply(options, [](GGUFWriter &writer) {
    writer.add("general.sampling.top_k", "many");
  }));
}

TEST(Breakers, AreTokensInWhichATextStands) {
  auto file = GGUFFile::fromBytes(getBundledModel(), "bundled");
  auto tokenizer = Tokenizer::load(*file);
  ASSERT_TRUE(tokenizer);
  Breakers breakers(&*tokenizer, 2048);
  SamplerOptions options;
  EXPECT_EQ(*breakers.find(options), nullptr);
  options.dryMultiplier = 1;
  auto found = breakers.find(options);
  ASSERT_TRUE(found);
  size_t count = 0;
  for (int32_t token = 0; token != 2048; ++token) {
    std::string text = tokenizer->decode({&token, 1});
    EXPECT_EQ((*found)->contains(token),
              text.find_first_of("\n:\"*") != std::string::npos);
    count += (*found)->contains(token);
  }
  EXPECT_GT(count, 4u);
  EXPECT_EQ(*breakers.find(options), *found); // kept
  options.dryBreakers = {"a", "no such text"};
  EXPECT_EQ(breakers.find(options).error().message,
            "dry_sequence_breakers: expected texts that stand in a token of "
            "this model, found 'no such text'");
  options.dryBreakers = {};
  EXPECT_EQ(*breakers.find(options), nullptr);
}

TEST(SamplingRequest, IsReadAsItIsWritten) {
  SamplerOptions options;
  options.temperature = 0.3f;
  options.topK = 7;
  options.topP = 0.1f;
  options.dryLastN = -1;
  options.logitBias = {{3, -std::numeric_limits<float>::infinity()},
                       {5, 1.1f}};
  options.order = {SamplerStep::Temperature, SamplerStep::TopK};
  options.dryBreakers = {};
  SamplerOptions read;
  auto written = nlohmann::json::parse(writeSampling(options).dump());
  ASSERT_TRUE(readSampling(written, read));
  for (const SamplerNumber &number : samplerNumbers())
    EXPECT_EQ(number.get(read), number.get(options)) << number.request;
  EXPECT_EQ(read.logitBias, options.logitBias);
  EXPECT_EQ(read.order, options.order);
  EXPECT_EQ(read.dryBreakers, options.dryBreakers);
  for (const auto &[name, value] : written.items())
    EXPECT_TRUE(isSamplingField(name)) << name;
}

TEST(Elementary, IsNearTheFunctions) {
  for (double x = -700; x < 700; x += 0.371)
    EXPECT_NEAR(exp64(x) / std::exp(x), 1, 1e-15) << x;
  for (double x = 1e-300; x < 1e300; x *= 1.7)
    EXPECT_NEAR(log64(x), std::log(x), 4e-16 * std::fabs(std::log(x)) + 1e-16)
        << x;
  EXPECT_EQ(exp64(0), 1);
  EXPECT_EQ(exp64(-1e9), 0);
  EXPECT_EQ(exp64(1e9), exp64(709));
  EXPECT_EQ(log64(1), 0);
  EXPECT_EQ(log64(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(exp64(log64(0)), 0);
}

} // namespace
