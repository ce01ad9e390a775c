//===- TemplateFuzzer.cpp - Any bytes as a chat template ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For libFuzzer: see python-free-docs/testing.md. Nothing but a text or an
// error may come of a template, within its bounds; of a text, what the caller
// said is never marked as the template's.
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/ChatTemplate.h"
#include "ignis/Text/Template/JSON.h"

using namespace ignis;

/// A string that no template here has: it is random.
static constexpr std::string_view said = "\u16a0\u16b9\u16c7";

static jinja::Mapping makeVariables() {
  std::string text = fmt::format(
      R"({{"s":"{0}","n":3,"f":2.5,"t":true,"z":null,"l":[3,1,2],
      "m":{{"b":1,"a":{{"x":[1,2,{{"k":"{0}"}}]}}}},
      "messages":[{{"role":"system","content":"{0}"}},
      {{"role":"user","content":" {0}\n"}},
      {{"role":"assistant","content":"<think>{0}</think>\n","tool_calls":[
      {{"function":{{"name":"f","arguments":{{"q":"{0}","n":1.0}}}}}}]}},
      {{"role":"tool","content":"{0}"}}],
      "tools":[{{"type":"function","function":{{"name":"f","description":"{0}",
      "parameters":{{"type":"object","properties":{{"q":{{"type":"string"}}}}
      }}}}}}],"add_generation_prompt":true,"enable_thinking":false}})",
      said);
  return *jinja::parseJSONObject(text);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const jinja::Mapping variables = makeVariables();
  static const std::tm now = getLocalTime();
  std::string_view source(reinterpret_cast<const char *>(data), size);
  Expected<ChatTemplate> chat = ChatTemplate::parse(source, "fuzz");
  if (!chat)
    return 0;
  Expected<MarkedText> text = chat->render(variables, now);
  // An escape may name the same characters.
  if (!text || source.find("16a0") != source.npos ||
      source.find("16A0") != source.npos)
    return 0;
  std::string_view bytes = text->bytes();
  for (size_t at = 0; (at = bytes.find(said, at)) != bytes.npos;
       at += said.size())
    if (source.find(said.substr(0, 3)) == source.npos &&
        text->isTemplates(at, said.size()))
      __builtin_trap();
  return 0;
}
