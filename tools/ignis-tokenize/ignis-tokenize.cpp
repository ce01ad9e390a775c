//===- ignis-tokenize.cpp - Text to token ids and back --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/CommandLine.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/JSONNesting.h"
#include "ignis/Text/ChatTemplate.h"
#include "ignis/Text/Template/JSON.h"
#include "ignis/Text/Unicode.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdio>
#include <iostream>

using namespace ignis;
using nlohmann::json;

static constexpr const char *description =
    "Prints the token ids of the text on standard input, or the text of ids, "
    "or "
    "the prompt that a chat template makes of a conversation.";

static constexpr const char *formats = R"(Formats:
  text       any bytes; the whole input is one text
  ids        one line, a space between two; read with spaces or commas
  --jsonl    one text a line, {"text": "..."}, and one array of ids a line
  --render   {"messages": [{"role": "user", "content": "..."}], "tools": [...],
             "add_generation_prompt": true} and any other variables of the
             template; the prompt, as it stands
)";

namespace {

struct Options {
  std::string model;
  bool jsonLines = false;
  bool decode = false;
  bool special = false;
  bool render = false;
  std::string chatTemplate; ///< a file; empty: the model's

  SpecialTokens specialTokens() const {
    return special ? SpecialTokens::Recognised : SpecialTokens::AsText;
  }
};

/// Either direction of a format: reads standard input, writes standard output.
using Converter = Expected<void> (*)(const Tokenizer &, SpecialTokens);

} // namespace

//===----------------------------------------------------------------------===//
// Input and output
//===----------------------------------------------------------------------===//

static void write(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

static Expected<std::string> readInput() {
  if (auto taken = takeStandardInput(); !taken)
    return tl::unexpected(std::move(taken.error()));
  std::string bytes;
  constexpr size_t step = 1 << 20;
  for (size_t count = step; count == step;) {
    size_t size = bytes.size();
    bytes.resize(size + step);
    count = std::fread(bytes.data() + size, 1, step, stdin);
    bytes.resize(size + count);
  }
  if (std::ferror(stdin))
    return makeError(ExitCode::Failure, "stdin: cannot be read");
  return bytes;
}

static tl::unexpected<Error> refuseInput(std::string_view expected,
                                         std::string_view found) {
  return makeError(ExitCode::Failure, "expected {}, found {}", expected,
                   quoteForMessage(found));
}

static Expected<int32_t> parseId(std::string_view word,
                                 const Tokenizer &tokenizer) {
  int32_t id;
  const char *end = word.data() + word.size();
  auto [rest, status] = std::from_chars(word.data(), end, id);
  if (status != std::errc() || rest != end ||
      !tokenizer.vocabulary().contains(id))
    return refuseInput(
        fmt::format("ids from 0 to {}", tokenizer.vocabulary().size() - 1),
        word);
  return id;
}

//===----------------------------------------------------------------------===//
// The whole input as one text
//===----------------------------------------------------------------------===//

static Expected<void> encodeText(const Tokenizer &tokenizer,
                                 SpecialTokens special) {
  Expected<std::string> text = readInput();
  if (!text)
    return tl::unexpected(std::move(text.error()));
  std::vector<int32_t> ids = tokenizer.encode(*text, special);
  write(fmt::format("{}\n", fmt::join(ids, " ")));
  return {};
}

static Expected<void> decodeText(const Tokenizer &tokenizer,
                                 SpecialTokens special) {
  Expected<std::string> input = readInput();
  if (!input)
    return tl::unexpected(std::move(input.error()));
  constexpr std::string_view separators = " \t\r\n,";
  std::vector<int32_t> ids;
  std::string_view rest = *input;
  while (true) {
    rest.remove_prefix(
        std::min(rest.find_first_not_of(separators), rest.size()));
    if (rest.empty())
      break;
    std::string_view word = rest.substr(0, rest.find_first_of(separators));
    Expected<int32_t> id = parseId(word, tokenizer);
    if (!id)
      return makeError(ExitCode::Failure, "stdin: {}", id.error().message);
    ids.push_back(*id);
    rest.remove_prefix(word.size());
  }
  write(tokenizer.decode(ids, special));
  return {};
}

//===----------------------------------------------------------------------===//
// One text a line
//===----------------------------------------------------------------------===//

/// Writes what `convert` makes of the JSON of each line that is not empty.
template <typename Convert>
static Expected<void> forEachLine(Convert convert) {
  if (auto taken = takeStandardInput(); !taken)
    return taken;
  std::ios::sync_with_stdio(false);
  std::string line;
  for (size_t number = 1; std::getline(std::cin, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    auto refuse = [&](std::string_view why) {
      return makeError(ExitCode::Failure, "stdin: line {}: {}", number, why);
    };
    if (!isJSONShallow(line))
      return refuse(fmt::format("expected values nested at most {} deep",
                                mostJSONNesting));
    Expected<std::string> converted =
        convert(json::parse(line, nullptr, /*allow_exceptions=*/false), line);
    if (!converted)
      return refuse(converted.error().message);
    write(*converted);
  }
  if (std::cin.bad())
    return makeError(ExitCode::Failure, "stdin: cannot be read");
  return {};
}

static Expected<void> encodeLines(const Tokenizer &tokenizer,
                                  SpecialTokens special) {
  return forEachLine([&](const json &value,
                         std::string_view line) -> Expected<std::string> {
    auto text = value.find("text");
    if (text == value.end() || !text->is_string())
      return refuseInput(R"({"text": "..."})", line);
    return fmt::format(
        "[{}]\n", fmt::join(tokenizer.encode(
                                text->get_ref<const std::string &>(), special),
                            ", "));
  });
}

static Expected<void> decodeLines(const Tokenizer &tokenizer,
                                  SpecialTokens special) {
  return forEachLine(
      [&](const json &value, std::string_view line) -> Expected<std::string> {
        if (!value.is_array())
          return refuseInput("an array of ids", line);
        std::vector<int32_t> ids;
        for (const json &element : value) {
          Expected<int32_t> id = parseId(element.dump(), tokenizer);
          if (!id)
            return tl::unexpected(std::move(id.error()));
          ids.push_back(*id);
        }
        json text = {{"text", repairUTF8(tokenizer.decode(ids, special))}};
        return text.dump() + "\n";
      });
}

//===----------------------------------------------------------------------===//
// The whole input as a conversation
//===----------------------------------------------------------------------===//

static Expected<ChatTemplate> loadTemplate(const Options &options,
                                           const GGUFFile &file) {
  if (options.chatTemplate.empty())
    return ChatTemplate::load(file);
  Expected<std::string> source = readFile(options.chatTemplate);
  if (!source)
    return tl::unexpected(std::move(source.error()));
  return ChatTemplate::parse(*source, options.chatTemplate);
}

static Expected<void> renderConversation(const Options &options,
                                         const GGUFFile &file,
                                         const Tokenizer &tokenizer) {
  Expected<ChatTemplate> chat = loadTemplate(options, file);
  if (!chat && options.chatTemplate.empty() && !ChatTemplate::isIn(file))
    chat.error().message += "; --chat-template gives one";
  if (!chat)
    return tl::unexpected(std::move(chat.error()));
  chat->setSpecialTokens(file, tokenizer.vocabulary());
  Expected<std::string> input = readInput();
  if (!input)
    return tl::unexpected(std::move(input.error()));
  Expected<jinja::Mapping> variables = jinja::parseJSONObject(*input);
  if (!variables)
    return makeError(ExitCode::Failure, "stdin: {}", variables.error().message);
  const jinja::Value *messages = variables->find("messages");
  if (!messages || !messages->asSequence())
    return makeError(ExitCode::Failure,
                     "stdin: expected a list called 'messages', found {}",
                     messages ? messages->describe() : "none");
  Expected<MarkedText> text = chat->render(*variables, getLocalTime());
  if (!text)
    return tl::unexpected(std::move(text.error()));
  write(text->bytes());
  return {};
}

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

static Expected<void> run(const Options &options) {
  Expected<GGUFFile> file =
      GGUFFile::open(options.model, GGUFFile::Mode::Header);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  Expected<Tokenizer> tokenizer = Tokenizer::load(*file);
  if (!tokenizer)
    return tl::unexpected(std::move(tokenizer.error()));
  constexpr Converter converters[2][2] = {{encodeText, encodeLines},
                                          {decodeText, decodeLines}};
  Expected<void> converted =
      options.render ? renderConversation(options, *file, *tokenizer)
                     : converters[options.decode][options.jsonLines](
                           *tokenizer, options.specialTokens());
  return converted ? flushOutput() : converted;
}

static int runMain(int argc, char **argv) {
  Options options;
  CommandLine app(description, "ignis-tokenize");
  app.footer(fmt::format("{}\n{}", formats, exitCodes));
  app.add_option("-m,--model", options.model, "A GGUF file")
      ->required()
      ->type_name("FILE");
  app.add_flag("--jsonl", options.jsonLines, "JSON lines in and out");
  app.add_flag("--decode", options.decode, "ids in, text out");
  app.add_flag("--render", options.render,
               "a conversation in, the chat template's prompt out");
  app.add_option("--chat-template", options.chatTemplate,
                 "template instead of the model's, for --render")
      ->type_name("FILE")
      ->check(findNoPath);
  app.add_flag("--special", options.special,
               "special tokens: recognised in text, or written as text");
  app.rules.exclude("--render", "--jsonl --decode --special",
                    "it prints a text");
  app.rules.require("--chat-template", "--render");
  if (std::optional<int> code = app.parseArguments({argv + 1, argv + argc}))
    return *code;

  Expected<void> result = run(options);
  return result ? int(ExitCode::Success)
                : reportError(app.get_name(), result.error());
}

int main(int argc, char **argv) {
  return runProgram("ignis-tokenize", [&] { return runMain(argc, argv); });
}
