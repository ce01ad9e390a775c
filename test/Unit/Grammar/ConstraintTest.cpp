//===- ConstraintTest.cpp - Allowed tokens, one by one --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GrammarTestUtils.h"

#include "ignis/Grammar/Constraint.h"

using namespace ignis;

namespace {

std::shared_ptr<const Automaton> compile(Expected<Grammar> grammar) {
  return std::make_shared<Automaton>(*Automaton::compile(*grammar));
}

/// Against every token followed alone, over random walks.
TEST(Constraint, AllowsWhatTheGrammarTakes) {
  std::mt19937 random(3);
  std::vector<std::string> tokens = {"", ""}; // control tokens are no text
  for (int i = 0; i != 600; ++i) {
    std::string &token = tokens.emplace_back();
    for (size_t size = 1 + random() % 4; token.size() != size;)
      token += "{}[]\":,01-.etruflsan \\"[random() % 22];
  }
  for (int byte = 0; byte != 256; ++byte)
    tokens.push_back(std::string(1, char(byte)));
  auto trie = std::make_shared<TokenTrie>(tokens);
  const int32_t end = 1;
  auto automaton = compile(parseJSONSchema("{\"type\": \"array\"}"));
  for (int walk = 0; walk != 20; ++walk) {
    Constraint constraint(automaton, trie, std::span(&end, 1));
    Matcher matcher(parseJSONSchema("{\"type\": \"array\"}"));
    std::string text;
    for (int step = 0; step != 30; ++step) {
      Expected<const TokenSet *> allowed = constraint.allowed();
      ASSERT_TRUE(allowed) << allowed.error().message;
      std::vector<int32_t> ways;
      for (int32_t token = 0; token != int32_t(tokens.size()); ++token) {
        const std::string &bytes = tokens[size_t(token)];
        bool expected = token == end ? matcher.takes(text)
                                     : !bytes.empty() &&
                                           matcher.begins(text + bytes);
        ASSERT_EQ((*allowed)->contains(token), expected)
            << text << " and " << bytes;
        if (expected && token != end)
          ways.push_back(token);
      }
      ASSERT_EQ(constraint.isWhole(), matcher.takes(text));
      if (ways.empty())
        break;
      int32_t chosen = ways[random() % ways.size()];
      // A copy goes its own way.
      Constraint other = constraint;
      ASSERT_TRUE(other.accept(ways[0]));
      ASSERT_TRUE(constraint.accept(chosen));
      text += tokens[size_t(chosen)];
    }
  }
}

/// A token of `alphabet`, of up to `most` of its parts.
std::string drawToken(std::mt19937 &random,
                      std::span<const std::string> alphabet, size_t most) {
  std::string token;
  for (size_t left = 1 + random() % most; left != 0; --left)
    token += alphabet[random() % alphabet.size()];
  return token;
}

/// Holds what is allowed against every token followed alone, behind random
/// tokens; the number of sets that were compared.
size_t compareWithEachToken(const std::shared_ptr<const Automaton> &automaton,
                            const std::shared_ptr<TokenTrie> &trie,
                            std::mt19937 &random) {
  const auto end = static_cast<int32_t>(trie->vocabulary()) - 1;
  const Constraint start(automaton, trie, std::span(&end, 1));
  Recognizer recognizer(*automaton);
  recognizer.setBudget(int64_t{1} << 40);
  size_t compared = 0;
  for (int walk = 0; walk != 6; ++walk) {
    Constraint constraint = start;
    Recognizer::State state = recognizer.start();
    for (int step = 0; step != 40; ++step) {
      Expected<const TokenSet *> allowed = constraint.allowed();
      if (!allowed) {
        ADD_FAILURE() << allowed.error().message;
        return compared;
      }
      std::vector<std::pair<int32_t, Recognizer::State>> ways;
      for (int32_t token = 0; token != end; ++token) {
        Recognizer::State next = state;
        for (char byte : trie->bytesOf(token))
          next = recognizer.next(next, static_cast<uint8_t>(byte));
        bool isAllowed = (*allowed)->contains(token);
        EXPECT_EQ(isAllowed, next != Recognizer::dead) << trie->bytesOf(token);
        if (isAllowed != (next != Recognizer::dead))
          return compared;
        if (isAllowed)
          ways.emplace_back(token, next);
      }
      EXPECT_EQ((*allowed)->contains(end), recognizer.isFinal(state));
      ++compared;
      if (ways.empty())
        break;
      auto [token, next] = ways[random() % ways.size()];
      EXPECT_TRUE(constraint.accept(token));
      state = next;
    }
  }
  return compared;
}

/// Loops in every place: one behind the other, in each other, in alternatives,
/// whose turns may be empty, alike how they end, or divided in two ways.
TEST(Constraint, CountsTheTurnsOfLoops) {
  std::mt19937 random(11);
  const std::string alphabet[] = {"a", "b", "c", "1", "\"", "\\", "n",
                                  ",", "]", "[", "\u00e9", "\xe2", "\x82"};
  std::vector<std::string> tokens;
  for (int i = 0; i != 700; ++i)
    tokens.push_back(drawToken(random, alphabet, 6));
  for (size_t i = 1; i != 20; ++i)
    tokens.push_back(std::string(i, 'a') + (i % 3 == 0 ? "\"" : ""));
  for (int byte = 0; byte != 256; ++byte)
    tokens.push_back(std::string(1, char(byte)));
  tokens.push_back(""); // the end
  auto trie = std::make_shared<TokenTrie>(tokens);

  std::vector<std::shared_ptr<const Automaton>> automata;
  for (const char *schema :
       {R"({"type": "string"})", R"({"type": "string", "maxLength": 7})",
        R"({"type": "string", "minLength": 3})",
        R"({"type": "string", "minLength": 9, "maxLength": 30})",
        R"({"type": "string", "pattern": "^.{1,20}$"})",
        R"({"type": "string", "pattern": "a.{0,9}b"})",
        R"({"type": "array", "items": {"type": "string", "maxLength": 4},
            "minItems": 2, "maxItems": 9})",
        R"({"anyOf": [{"type": "string", "maxLength": 5},
                      {"type": "string", "minLength": 9}, {"type": "array"}]})",
        R"({"type": "object", "additionalProperties": {"type": "string"}})"})
    automata.push_back(compile(parseJSONSchema(schema)));
  for (const char *pattern :
       {"[a-c]{3,40}1", "(ab|c1){1,9}", "[ab]{0,6}[b-c1]{0,6}", "a{0,5}a",
        "(a|aa){1,7}b", "(a?b?){2,5}c", "((ab)+){1,3}", "([ab]{1,3}c){2,4}",
        "(){3}a*", "(a|){3,5}b", "(|ab){2,4}c",
        "[abc]*|[ab]{2,4}1", "(a|b){5}", "(a|ab)(c|bc){0,4}",
        "(a{2}){3}", "[ab]{0,4}(,[ab]{0,4}){0,3}"})
    automata.push_back(compile(parseRegex(pattern)));
  automata.push_back(compile(parseGBNF(
      "root ::= \"[\" item{0,5} \"]\" [a-c]{2}\nitem ::= root | [a-c]{1,9} "
      "\",\" | word{2,3}\nword ::= \"ab\" | \"n\"")));
  for (size_t i = 0; i != automata.size(); ++i)
    EXPECT_GT(compareWithEachToken(automata[i], trie, random), 6u) << i;
}

/// The same of patterns that nobody thought of.
TEST(Constraint, CountsTheTurnsOfRandomPatterns) {
  std::mt19937 random(12);
  const std::string alphabet[] = {"a", "b", "c"};
  std::vector<std::string> tokens;
  for (int i = 0; i != 150; ++i)
    tokens.push_back(drawToken(random, alphabet, 7));
  tokens.insert(tokens.end(), std::begin(alphabet), std::end(alphabet));
  tokens.push_back(""); // the end
  auto trie = std::make_shared<TokenTrie>(tokens);
  const std::string atoms[] = {"a", "b", "[ab]", "[abc]", "(a|b)", "(ab|c)",
                               "(a|ab)", "(a|bc)", "ab?"};
  for (int i = 0; i != 400; ++i) {
    std::string pattern;
    for (size_t parts = 1 + random() % 3; parts != 0; --parts) {
      std::string part = atoms[random() % std::size(atoms)];
      for (size_t depth = random() % 3; depth != 0; --depth) {
        size_t least = random() % 4;
        part = random() % 4 == 0
                   ? fmt::format("({}){{{},}}", part, least)
                   : fmt::format("({}){{{},{}}}", part, least,
                                 least + random() % 6);
      }
      pattern += random() % 6 == 0 ? part + "|" : part;
    }
    SCOPED_TRACE(pattern);
    EXPECT_GT(compareWithEachToken(compile(parseRegex(pattern)), trie, random),
              0u);
  }
}

TEST(Constraint, SaysWhereNothingGoesOn) {
  std::vector<std::string> tokens = {"a", "b"};
  Constraint constraint(compile(parseRegex("ac")),
                        std::make_shared<TokenTrie>(tokens), {});
  ASSERT_TRUE(constraint.accept(0));
  EXPECT_EQ(constraint.allowed().error().message,
            "no token of the vocabulary goes on with the grammar");
  for (int32_t token : {0, 1, 2, -1})
    EXPECT_EQ(constraint.accept(token).error().message,
              fmt::format("the grammar does not take token {} here", token));
}

/// Each "a" doubles the ways to go on.
TEST(Constraint, EndsHostileGrammars) {
  std::vector<std::string> tokens;
  for (int i = 0; i != 2000; ++i)
    tokens.push_back(std::string(1 + size_t(i) % 60, 'a') + char('a' + i % 2));
  auto trie = std::make_shared<TokenTrie>(tokens);
  Constraint constraint(
      compile(parseGBNF("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"a\"")),
      trie, {});
  Expected<const TokenSet *> allowed = constraint.allowed();
  ASSERT_FALSE(allowed);
  EXPECT_TRUE(allowed.error().message.starts_with("the grammar is too ambiguous"));

  // More ways to begin than there may be.
  std::string many = "root ::= \"a\"";
  for (int i = 0; i != 5000; ++i)
    many += " | \"ab\"";
  Constraint beginning(compile(parseGBNF(many)), trie, {});
  allowed = beginning.allowed();
  ASSERT_FALSE(allowed);
  EXPECT_TRUE(
      allowed.error().message.starts_with("the grammar is too ambiguous"));
}

} // namespace
