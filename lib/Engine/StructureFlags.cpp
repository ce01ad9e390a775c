//===- StructureFlags.cpp - What answers keep to, on a command line -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionGroups.h"

#include "ignis/Grammar/Languages.h"
#include "ignis/Support/InputFile.h"

using namespace ignis;

void ignis::addStructureOptions(CommandLine &app, Options &options) {
  auto addText = [&](const char *name, GrammarText::Parse *parse,
                     const char *help) {
    return app.add_option_function<std::string>(
        name,
        [&options, parse](const std::string &text) {
          options.grammar = GrammarText{parse, text, ""};
        },
        help);
  };
  auto addFile = [&](const char *name, GrammarText::Parse *parse,
                     const char *help) {
    return app
        .add_option_function<std::string>(
            name,
            [&options, parse](const std::string &path) {
              options.grammar = GrammarText{parse, "", path};
            },
            help)
        ->type_name("FILE")
        ->check(findNoPath);
  };
  addText("--grammar", parseGBNF, "Keep answers to a grammar in GBNF");
  addFile("--grammar-file", parseGBNF,
          "Keep answers to a grammar in GBNF from a file");
  addText("-j,--json-schema", parseJSONSchema,
          "Keep answers to JSON that is valid by a schema; {}: any")
      ->type_name("SCHEMA");
  addFile("--json-schema-file", parseJSONSchema,
          "Keep answers to JSON that is valid by a file's schema");
  addText("--regex", parseRegex,
          "Keep answers to what matches a regular expression");
  app.add_option("--choice", options.choices,
                 "Keep answers to this text; may be repeated: one of them")
      ->take_all()
      ->allow_extra_args(false);
  app.addShortName("-jf", "--json-schema-file");
}

static Expected<Grammar> readGrammar(const GrammarText &given) {
  if (given.path.empty())
    return given.parse(given.text);
  Expected<std::string> text = readFile(given.path);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  Expected<Grammar> grammar = given.parse(*text);
  if (!grammar)
    return makeError(ExitCode::Usage, "{}: {}", given.path,
                     grammar.error().message);
  return grammar;
}

Expected<void> ignis::completeStructure(Options &options) {
  if (!options.grammar && options.choices.empty())
    return {};
  Expected<Grammar> grammar = options.grammar ? readGrammar(*options.grammar)
                                              : parseChoices(options.choices);
  if (!grammar)
    return tl::unexpected(std::move(grammar.error()));
  Expected<Automaton> automaton = Automaton::compile(*grammar);
  if (!automaton)
    return tl::unexpected(std::move(automaton.error()));
  options.structure = std::make_shared<Automaton>(std::move(*automaton));
  return {};
}
