//===- ConversationTest.cpp - What a talk feeds, turn by turn -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeRun.h"

#include "ignis/Engine/ChatPrompt.h"
#include "ignis/Model/GGUFWriter.h"
#include "ignis/Text/ChatTemplate.h"

#include <fstream>

using namespace ignis;
using namespace ignis::test;

namespace {

constexpr std::string_view templateSource =
    R"({% for message in messages %}{% if loop.first and messages[0]['role'])"
    R"( != 'system' %}{{ '<|im_start|>system\nBe brief.<|im_end|>\n' }})"
    R"({% endif %}{{'<|im_start|>' + message['role'] + '\n' + )"
    R"(message['content'] + '<|im_end|>' + '\n'}}{% endfor %})"
    R"({% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }})"
    R"({% endif %})";

constexpr int32_t imEnd = 2047;

/// The bundled model, to which a template is added.
class ConversationTest : public RunTest {
protected:
  void SetUp() override {
    modelPath = getPath("chat.gguf");
    inputPath = getPath("input");
    Expected<GGUFFile> bundled = provider.openOwnModel();
    Expected<GGUFWriter> writer = GGUFWriter::create(modelPath);
    ASSERT_TRUE(bundled && writer);
    for (const GGUFFile::Entry &entry : bundled->entries())
      writer->copy(entry);
    writer->add("tokenizer.chat_template", templateSource);
    for (const GGUFTensor &tensor : bundled->tensors())
      writer->addTensor(tensor.name, tensor.type, tensor.dims);
    ASSERT_TRUE(writer->begin());
    for (const GGUFTensor &tensor : bundled->tensors())
      ASSERT_TRUE(writer->write(tensor.bytes()));
    ASSERT_TRUE(writer->finish());
    // Every answer is "HI".
    provider.next = [](int32_t token, int64_t) {
      return token == 39 ? 40 : token == 40 ? imEnd : 39;
    };
  }
  void TearDown() override {
    std::remove(modelPath.c_str());
    std::remove(inputPath.c_str());
  }

  Result talk(const std::string &input, std::vector<std::string> arguments) {
    std::ofstream(inputPath) << input;
    EXPECT_NE(std::freopen(inputPath.c_str(), "r", stdin), nullptr);
    arguments.insert(arguments.end(), {"-m", modelPath, "-cnv", "--temp", "0"});
    return run(std::move(arguments));
  }

  std::vector<int32_t> encode(std::string_view text) {
    Expected<GGUFFile> file = GGUFFile::open(modelPath);
    return Tokenizer::load(*file)->encode(text, SpecialTokens::Recognised);
  }

  /// The text that the model was given at last; what it was fed goes on from
  /// what it was fed before, or replaces the end of that.
  std::vector<int32_t> getFed() {
    std::vector<int32_t> fed;
    for (const FakeProgram::Call &call : provider.fake->calls) {
      EXPECT_LE(call.position, static_cast<int64_t>(fed.size()));
      fed.resize(static_cast<size_t>(call.position));
      fed.insert(fed.end(), call.tokens.begin(), call.tokens.end());
    }
    return fed;
  }

  /// As `getFed`, but all that was ever computed.
  size_t countFed() {
    size_t count = 0;
    for (const FakeProgram::Call &call : provider.fake->calls)
      count += call.tokens.size();
    return count;
  }

  std::string writeTemplate(std::string_view text) {
    std::string path = getPath("template");
    std::ofstream(path) << text;
    return path;
  }

  std::string modelPath, inputPath;
};

/// Templates take their texts for UTF-8.
TEST(ChatPrompt, MessagesAreOfCharacters) {
  jinja::Value message = makeTextMessage("us\xff\xf0", "x\xe2\x82");
  EXPECT_EQ(message.asMapping()->find("role")->asText()->bytes(),
            "us\uFFFD\uFFFD");
  EXPECT_EQ(message.asMapping()->find("content")->asText()->bytes(), "x\uFFFD");
}

TEST_F(ConversationTest, AnswersEveryLine) {
  Result result = talk("Who?\n\nAnd?", {});
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_EQ(result.output, "HI\nHI\n");
  EXPECT_EQ(getFed(), encode("<|im_start|>system\nBe brief.<|im_end|>\n"
                             "<|im_start|>user\nWho?<|im_end|>\n"
                             "<|im_start|>assistant\nHI<|im_end|>\n"
                             "<|im_start|>user\nAnd?<|im_end|>\n"
                             "<|im_start|>assistant\nHI"));
}

TEST_F(ConversationTest, BeginsWithThePromptAndSystemMessage) {
  Result result = talk("", {"-p", "Who?", "-sys", "Sing."});
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_EQ(result.output, "HI\n");
  EXPECT_EQ(getFed(), encode("<|im_start|>system\nSing.<|im_end|>\n"
                             "<|im_start|>user\nWho?<|im_end|>\n"
                             "<|im_start|>assistant\nHI"));
}

TEST_F(ConversationTest, EndsAfterOneTurnIfAskedTo) {
  EXPECT_EQ(talk("Who?\nAnd?\n", {"-st"}).output, "HI\n");
}

/// The last token of an answer that is cut short is fed with the next turn.
TEST_F(ConversationTest, FeedsWhatIsPending) {
  EXPECT_EQ(talk("Who?\nAnd?\n", {"-n", "1"}).output, "H\nH\n");
  EXPECT_EQ(getFed(), encode("<|im_start|>system\nBe brief.<|im_end|>\n"
                             "<|im_start|>user\nWho?<|im_end|>\n"
                             "<|im_start|>assistant\nH<|im_end|>\n"
                             "<|im_start|>user\nAnd?<|im_end|>\n"
                             "<|im_start|>assistant\n"));
}

/// What templates of thinking models do: earlier answers are shortened.
TEST_F(ConversationTest, FeedsWhatTheTemplateMakesOfEarlierAnswers) {
  std::string path = writeTemplate(
      "{% for m in messages %}<|im_start|>{{ m.role }}\n"
      "{% if m.role == 'assistant' %}{{ m.content.split('H')[-1] }}"
      "{% else %}{{ m.content }}{% endif %}<|im_end|>\n"
      "{% endfor %}<|im_start|>assistant\n<{{ mood }}>");
  Result result = talk("Who?\nAnd?\nSo?\n",
                       {"--chat-template", path, "--chat-template-kwargs",
                        "{\"mood\": \"gay\"}"});
  std::remove(path.c_str());
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_EQ(result.output, "HI\nHI\nHI\n");
  std::vector<int32_t> expected = encode("<|im_start|>user\nWho?<|im_end|>\n"
                                         "<|im_start|>assistant\nI<|im_end|>\n"
                                         "<|im_start|>user\nAnd?<|im_end|>\n"
                                         "<|im_start|>assistant\nI<|im_end|>\n"
                                         "<|im_start|>user\nSo?<|im_end|>\n"
                                         "<|im_start|>assistant\n<gay>HI");
  EXPECT_EQ(getFed(), expected);
  // Twice, what followed "assistant\n" is computed anew, and nothing else.
  EXPECT_EQ(countFed(), expected.size() + 2 * encode("<gay>HI").size());
}

/// A turn goes on where the last one ended, if the template changes nothing.
TEST_F(ConversationTest, ComputesNothingTwice) {
  talk("Who?\nAnd?\nSo?\n", {});
  EXPECT_EQ(countFed(), getFed().size());
}

TEST_F(ConversationTest, AnEmptySystemMessageIsOne) {
  Result result = talk("", {"-p", "Who?", "-sys", ""});
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_EQ(getFed(), encode("<|im_start|>system\n<|im_end|>\n"
                             "<|im_start|>user\nWho?<|im_end|>\n"
                             "<|im_start|>assistant\nHI"));
}

TEST_F(ConversationTest, SaysWhatTheTemplateCannotRender) {
  std::string path = writeTemplate("\n{{ raise_exception('no talk') }}");
  Result result = talk("Who?\n", {"--chat-template", path});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.errors.find(
                path + ": line 2: function 'raise_exception': 'no talk'"),
            std::string::npos)
      << result.errors;
  std::remove(path.c_str());
  path = writeTemplate("{% if %}");
  result = talk("Who?\n", {"--chat-template", path});
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.errors.find(path + ": line 1: {% if %}: expected"),
            std::string::npos)
      << result.errors;
  std::remove(path.c_str());
}

TEST_F(ConversationTest, RefusesVariablesThatAreNone) {
  for (const char *kwargs : {"[]", "{", "{\"messages\": []}"}) {
    Result result = talk("Who?\n", {"--chat-template-kwargs", kwargs});
    EXPECT_EQ(result.code, 2);
    EXPECT_NE(result.errors.find("--chat-template-kwargs: expected"),
              std::string::npos)
        << result.errors;
  }
}

TEST_F(ConversationTest, MessagesMakeNoSpecialTokens) {
  talk("<|im_end|>\n", {});
  EXPECT_EQ(std::ranges::count(getFed(), imEnd), 2); // the template's own
}

} // namespace
