//===- TemplateTest.cpp - The language of chat templates ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextTestUtils.h"
#include "ignis/Text/ChatTemplate.h"
#include "ignis/Text/Template/JSON.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

using namespace ignis;
using namespace ignis::test;
using nlohmann::ordered_json;

static std::tm someTime() {
  std::tm time{};
  time.tm_year = 126;
  time.tm_mon = 10;
  time.tm_mday = 25;
  time.tm_hour = 12;
  std::mktime(&time); // the day of the week
  return time;
}

/// The text, or the error.
static std::string render(std::string_view source,
                          const jinja::Mapping &variables = {}) {
  Expected<ChatTemplate> chat = ChatTemplate::parse(source, "t");
  if (!chat)
    return chat.error().message;
  Expected<MarkedText> text = chat->render(variables, someTime());
  return text ? std::string(text->bytes()) : text.error().message;
}

static ordered_json readLanguage() {
  return ordered_json::parse(
      readFile(IGNIS_TEXT_INPUTS "/template-language.json"));
}

TEST(Template, AgreesWithJinja) {
  ordered_json language = readLanguage();
  jinja::Mapping variables =
      *jinja::parseJSONObject(language["variables"].dump());
  EXPECT_GT(language["cases"].size(), 90u);
  for (const ordered_json &c : language["cases"]) {
    std::string source = c["source"];
    EXPECT_EQ(render(source, variables), c["expected"].get<std::string>())
        << source;
  }
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(Template, ErrorsNameLineAndConstruct) {
  struct Case {
    const char *source;
    const char *message;
  };
  const Case cases[] = {
      {"a\n{{ 1 + }}", "t: line 2: {{ }}: expected an expression, found '}}'"},
      {"{{ 1 2 }}",
       "t: line 1: {{ }}: expected an operator or '}}', found '2'"},
      {"\n\n{{ 'a }}",
       "t: line 3: a string: expected a quote at its end, found none"},
      {"{{ $ }}", "t: line 1: expected an expression, found '$'"},
      {"{{ (1] }}",
       "t: line 1: ']': expected an opening one before it, found none"},
      {"{{ 1", "t: line 1: {{: expected }} after it, found the end"},
      {"{% if 1", "t: line 1: {%: expected %} after it, found the end"},
      {"a{# b", "t: line 1: {#: expected #} after it, found the end"},
      {"{% raw %}x",
       "t: line 1: {% raw %}: expected {% endraw %} after it, found the end"},
      {"{% if x %}\na", "t: line 1: {% if %}: expected {% endif %} after it, "
                        "found the end"},
      {"{% for x in y %}{% endif %}", "t: line 1: {% endif %}: expected a "
                                      "statement that is supported, found "
                                      "'endif'"},
      {"\n{% include 'x' %}", "t: line 2: {% include %}: expected a statement "
                              "that is supported, found 'include'"},
      {"{% for x y %}", "t: line 1: {% for %}: expected 'in', found 'y'"},
      {"{% for x in y recursive %}{% endfor %}",
       "t: line 1: {% for %}: expected a loop that is not recursive, found "
       "'recursive'"},
      {"{% break %}",
       "t: line 1: {% break %}: expected a loop around it, found none"},
      {"{% for x in y %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
       "expected a loop around it, found none"},
      {"{{ 99999999999999999999 }}", "expected an integer of 64 bits"},
      {"{{ f(a=1, 2) }}", "expected a named argument, found '2'"},
      {"{{ nope.x }}", "t: line 1: expected a value that may have an attribute "
                       "'x', found 'nope', which is undefined"},
      {"a\n{{ {}.a.b }}", "t: line 2: expected a value that may have an "
                          "attribute 'b', found 'a', which is undefined"},
      {"{{ nope['x'] }}", "which is undefined"},
      {"{{ nope + 'x' }}", "t: line 1: operator '+': expected operands that go "
                           "with it, found 'nope', which is undefined and a "
                           "string"},
      {"{{ 'a' + 1 }}", "found a string and an integer"},
      {"{{ 'a' + none }}", "found a string and none"},
      {"{{ 1 < 'a' }}",
       "t: line 1: operator '<': expected two values that have "
       "an order, found an integer and a string"},
      {"{{ 1 in 'a' }}", "expected a string to look for in a string"},
      {"{{ 1 / 0 }}",
       "t: line 1: operator '/': expected a divisor other than 0"},
      {"{{ 1 % 0 }}", "expected a divisor other than 0"},
      {"{{ 9223372036854775807 + 1 }}", "expected a result of 64 bits"},
      {"{{ -9223372036854775807 - 2 }}", "expected a result of 64 bits"},
      {"{{ 10 ** 19 }}", "expected a result of 64 bits"},
      {"{{ [1]|tojson(indent=1001) }}",
       "expected an indentation of at most 1000, found 1001"},
      {"{% for x in 5 %}{% endfor %}",
       "t: line 1: {% for %}: expected a list, a mapping or a string to go "
       "through, found an integer"},
      {"{% for x in none %}{% endfor %}", "found none"},
      {"{% for a, b in [1] %}{% endfor %}", "found an integer"},
      {"{% set a, b = [1] %}",
       "t: line 1: {% set %}: expected 2 values to assign, found 1"},
      {"{% set x.y = 1 %}",
       "t: line 1: {% set %}: 'x.y': expected a namespace to assign to, found "
       "'x', which is undefined"},
      {"{% set x = {} %}{% set x.y = 1 %}", "found a mapping"},
      {"{{ 'a'|nope }}", "t: line 1: filter 'nope': expected a filter that is "
                         "supported, found none of this name"},
      {"{{ 'a' is nope }}", "t: line 1: test 'nope': expected a test that is "
                            "supported, found none of this name"},
      {"{{ nope() }}", "t: line 1: expected a function to call, found 'nope', "
                       "which is undefined"},
      {"{{ 'a'.nope() }}", "found 'nope', which is undefined"},
      {"{{ 'a'.split('') }}",
       "t: line 1: method 'split': expected a separator, "
       "found an empty one"},
      {"{{ 'a'.upper(1) }}", "expected at most 1 arguments, found 2"},
      {"{{ 'a'.replace('b') }}", "expected an argument 'new', found none"},
      {"{{ 'a'|trim(c=1) }}", "expected arguments of its own names, found 'c'"},
      {"{{ 'a'.startswith(1) }}", "expected a string, found an integer"},
      {"{{ [].append(1) }}",
       "t: line 1: method 'append': expected nothing that "
       "changes a value: use a namespace"},
      {"{{ [1]|length + {}.update(a=1) }}", "expected nothing that changes"},
      {"{{ 5|length }}",
       "expected a value that has a length, found an integer"},
      {"{{ []|map('upper') }}", "make it a list"},
      {"{{ nope|tojson }}", "t: line 1: filter 'tojson': expected a value that "
                            "JSON has, found 'nope', which is undefined"},
      {"{{ namespace()|tojson }}", "found a namespace"},
      {"{{ range }}", "expected a value that can be printed, found a function"},
      {"{{ {[]: 1} }}", "expected a string, a number, a boolean or none as a "
                        "key, found a list"},
      {"{% macro m(a) %}{% endmacro %}\n{{ m(1, 2) }}",
       "t: line 2: macro 'm': expected at most 1 arguments, found 2"},
      {"{% macro m(a) %}{% endmacro %}{{ m(b=2) }}",
       "expected arguments of its own names, each once, found 'b'"},
      {"{% macro m(a) %}{{ a.b.c }}{% endmacro %}\n\n{{ m({}) }}",
       "t: line 1: expected a value that may have an attribute 'c'"},
      {"\n{{ raise_exception('not\nthis') }}",
       "t: line 2: function 'raise_exception': 'not\\x0athis'"},
      {"{{ strftime_now('%10000d') }}",
       "expected a field such as '%d', found '%1'"},
      {"{{ strftime_now('%') }}", "expected a field such as '%d', found '%'"},
      {"{{ 'abc'[::0] }}", "expected steps other than 0"},
      {"{{ 'abc'['a':] }}", "expected integers between the ':'"},
      {"{{ range(1, 2, 0) }}", "expected steps other than 0"},
  };
  for (const Case &c : cases)
    EXPECT_NE(render(c.source).find(c.message), std::string::npos)
        << c.source << "\n  " << render(c.source);
}

//===----------------------------------------------------------------------===//
// What is hostile
//===----------------------------------------------------------------------===//

static std::string repeat(std::string_view text, int times) {
  std::string whole;
  for (int i = 0; i != times; ++i)
    whole += text;
  return whole;
}

/// "a0, a1, ..."
static std::string listNames(int count, const std::string &behind = "") {
  std::string names;
  for (int i = 0; i != count; ++i)
    names += fmt::format("{}a{}{}", i == 0 ? "" : ", ", i, behind);
  return names;
}

TEST(Template, NumbersAreExactOrErrors) {
  for (const char *source :
       {"{{ 1.0e400 }}", "{{ 1e19|int }}", "{{ '99999999999999999999'|int }}",
        "{{ 10.0 ** 400 }}", "{{ 0.0 ** -1 }}", "{{ (0 - 8.0) ** 0.5 }}"})
    EXPECT_NE(render(source).find("expected a "), std::string::npos)
        << source << ": " << render(source);
  EXPECT_EQ(render("{{ 9e18|int }} {{ '1e3'|int }} {{ 'x'|int(7) }} "
                   "{{ 2.0 ** 10 }} {{ 1e308 * 10 }}"),
            "9000000000000000000 1000 7 1024.0 inf");
}

TEST(Template, IsBounded) {
  struct Case {
    std::string source;
    const char *message;
  };
  const char *steps = "the template takes more than 10000000 steps";
  const char *nesting = "expected at most 100 levels of nesting";
  const char *levels = "the template runs more than 600 levels deep";
  const char *values = "values are nested more than 100 levels deep";
  const Case cases[] = {
      {"{{ range(10 ** 9) }}", "expected at most 100000 numbers, found more"},
      {"{{ range(0, -(10 ** 18), -1) }}", "expected at most 100000 numbers"},
      {"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}"
       "{% endfor %}",
       steps},
      {"{% for a in range(99999) %}{% for b in range(999) %}aaaaaaaaaaaaaaaa"
       "{% endfor %}{% endfor %}",
       steps},
      {"{{ 'a' * 10 ** 12 }}", "expected at most 10000000 times"},
      {"{{ [1] * 10 ** 12 }}", "expected at most 10000000 times"},
      {"{{ ('a' * 10 ** 7) * 10 ** 7 }}", "expected at most 1 times"},
      {"{% set n = namespace(s='aaaaaaaa') %}{% for i in range(99) %}"
       "{% set n.s = n.s + n.s %}{% endfor %}",
       steps},
      {"{% set n = namespace(s='aaaaaaaa') %}{% for i in range(99) %}"
       "{% set n.s = n.s ~ n.s|replace('a', 'aa') %}{% endfor %}",
       steps},
      {"{% set n = namespace(l=[1]) %}{% for i in range(99) %}"
       "{% set n.l = n.l + n.l %}{% endfor %}",
       steps},
      {"{% set n = namespace(l=[]) %}{% for i in range(999) %}"
       "{% set n.l = [n.l] %}{% endfor %}",
       values},
      {"{% set n = namespace(l={}) %}{% for i in range(999) %}"
       "{% set n.l = {'a': n.l} %}{% endfor %}",
       values},
      // as trees these have 2^90 leaves
      {"{% set n = namespace(l=[1], m=[1]) %}{% for i in range(90) %}"
       "{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}"
       "{{ n.l == n.m }}",
       steps},
      {"{% set n = namespace(l=[1]) %}{% for i in range(90) %}"
       "{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}",
       steps},
      {"{% set n = namespace(l=[1]) %}{% for i in range(90) %}"
       "{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l|tojson }}",
       steps},
      {"{{ ('ab' * 999999).replace('', 'x' * 9999) }}", steps},
      {"{{ ('a' * 999999)|indent('x' * 99) }}{{ ('\n' * 999999)|indent('x' * "
       "9999, true, true) }}",
       steps},
      {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", levels},
      {"{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
       levels},
      {"{% macro m(n) %}{% if n < 20 %}{{ m(n + 1) }}{{ m(n + 1) }}{% endif %}"
       "{% endmacro %}{% for i in range(99) %}{{ m(0) }}{% endfor %}",
       steps},
      {"{{ " + repeat("(", 9999) + "1" + repeat(")", 9999) + " }}", nesting},
      {"{{ " + repeat("[", 9999) + repeat("]", 9999) + " }}", nesting},
      {"{{ " + repeat("-", 9999) + "1 }}", nesting},
      {"{{ " + repeat("not ", 9999) + "1 }}", nesting},
      {"{{ " + repeat("1 if 1 else ", 9999) + "1 }}", nesting},
      {repeat("{% if 1 %}", 9999), nesting},
      {repeat("{% for a in b %}", 9999), nesting},
      {"{% for " + repeat("(", 999) + "a" + repeat(")", 999) + " in b %}",
       nesting},
      // chains that are not nested are long, but run deep
      {"{{ 1" + repeat(" + 1", 99999) + " }}", levels},
      {"{{ a" + repeat(".a", 99999) + " }}", levels},
      {"{{ 'a'" + repeat("|upper", 99999) + " }}", levels},
      {"{{ 1" + repeat(" if 1", 99999) + " }}", levels},
      // what is looked for takes as long as it is
      {"{{ " + repeat("a", 1001) + " }}",
       "line 1: expected a name of at most 1000 bytes, found one of 1001"},
      {"{% set m = {'a' * 9 * 10 ** 6: 1} %}{% for i in range(99) %}"
       "{% set d = dict(m) %}{% endfor %}",
       steps},
      {"{% set m = {'a' * 9 * 10 ** 6: 1} %}{% for i in range(99) %}"
       "{% set n = namespace(m) %}{% endfor %}",
       steps},
      {"{% set m = {'a' * 9 * 10 ** 6: 1} %}{% set k = dict(m) %}"
       "{% for i in range(99) %}{% if m == k %}{% endif %}{% endfor %}",
       steps},
      {"{% set k = 'a' * 9 * 10 ** 6 %}{% for i in range(99) %}"
       "{% if {'b': 1}|attr(k) %}{% endif %}{% endfor %}",
       steps},
      {"{% set k = ' ' * 9 * 10 ** 6 %}{% for i in range(99) %}"
       "{% if k|trim %}{% endif %}{% endfor %}",
       steps},
      {"{% set k = ' ' * 9 * 10 ** 6 %}{% for i in range(99) %}"
       "{% if k|int %}{% endif %}{% if k|float %}{% endif %}{% endfor %}",
       steps},
      {"{% macro m(" + listNames(20000) + ") %}{% endmacro %}{{ m() }}", steps},
      {"{% macro m(" + listNames(14000) + ") %}{% endmacro %}{{ m(" +
           listNames(14000, "=1") + ") }}",
       steps},
      // filters that call filters
      {"{{ 'a'|map(" + repeat("'map', ", 999) + "'upper')|list }}", levels},
      {"{{ 'a'|map(" + repeat("'map', ", 99999) + "'upper')|list }}", steps},
      {std::string((1 << 20) + 1, 'a'), "at most 1048576 bytes, found 1048577"},
  };
  for (const Case &c : cases)
    EXPECT_NE(render(c.source).find(c.message), std::string::npos)
        << c.source.substr(0, 200) << "\n  " << render(c.source).substr(0, 200);
}

/// Of a message of any size.
TEST(Template, LengthsTakeFewSteps) {
  EXPECT_EQ(render("{{ ('\u00e9' * 4000000)|length }}"), "4000000");
}

/// Values that would hold themselves, and macros that outlive their blocks.
TEST(Template, NothingDangles) {
  EXPECT_EQ(render("{% set n = namespace() %}{% set n.n = [n, n] %}"
                   "{{ n.n[0].n|length }}"),
            "2");
  EXPECT_EQ(render("{% set n = namespace() %}{% for i in [1, 2] %}"
                   "{% macro m() %}<{{ i }}{{ loop.last }}>{% endmacro %}"
                   "{% set n.m = m %}{% endfor %}{{ n.m() }}"),
            "<2True>");
  EXPECT_EQ(render("{% set n = namespace() %}{% for i in [1, 2] %}"
                   "{% set n.l = loop %}{% set n.f = loop.cycle %}"
                   "{% endfor %}{{ n.l.index }}{{ n.f('a', 'b') }}"),
            "2b");
  EXPECT_EQ(render("{% macro a() %}{% macro b() %}b{{ x }}{% endmacro %}"
                   "{% set n.b = b %}{% endmacro %}{% set n = namespace() %}"
                   "{% set x = 1 %}{{ a() }}{{ n.b() }}"),
            "b1");
}

/// Mutations of what is right: nothing but a text or an error comes of them.
TEST(Template, BearsAnyBytes) {
  ordered_json language = readLanguage();
  jinja::Mapping variables =
      *jinja::parseJSONObject(language["variables"].dump());
  std::mt19937 random(1);
  const ordered_json &cases = language["cases"];
  auto pick = [&] {
    return cases[random() % cases.size()]["source"].get<std::string>();
  };
  for (int round = 0; round != 3000; ++round) {
    std::string source = pick();
    for (unsigned i = random() % 4; i != 0; --i) {
      std::string other = pick();
      size_t at = random() % (source.size() + 1);
      size_t from = random() % (other.size() + 1);
      source.replace(at, random() % 9, other.substr(from, random() % 20));
    }
    if (random() % 4 == 0)
      source[random() % source.size()] = char(random());
    render(source, variables);
  }
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

TEST(Template, ReadsJSONAsPythonDoes) {
  auto roundTrip = [](std::string_view text) {
    Expected<jinja::Value> value = jinja::parseJSON(text);
    if (!value)
      return value.error().message;
    jinja::Mapping variables;
    variables.set("x", *value);
    return render("{{ x|tojson }}", variables);
  };
  EXPECT_EQ(
      roundTrip(R"({"b":1,"a":[1.0,-2,1e2,true,null,"é\u00e9\ud83d\ude00"]})"),
      R"({"b": 1, "a": [1.0, -2, 100.0, true, null, "éé😀"]})");
  EXPECT_EQ(roundTrip(R"({"a":1,"b":2,"a":3})"), R"({"a": 3, "b": 2})");
  EXPECT_EQ(roundTrip("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(roundTrip("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(roundTrip("9223372036854775808"),
            "expected an integer of 64 bits, found 9223372036854775808");
  EXPECT_EQ(roundTrip("18446744073709551616"),
            "expected an integer of 64 bits, found 18446744073709551616");
  EXPECT_EQ(roundTrip(repeat("[", 101)),
            "expected values at most 100 levels deep, found deeper ones");
  EXPECT_EQ(roundTrip(repeat("{\"a\":", 100000)),
            "expected values at most 100 levels deep, found deeper ones");
  for (const char *text : {"", "{", "[1,]", "{\"a\"}", "\"\xff\"", "nul", "1 2",
                           "\"\\ud800\"", "{'a': 1}", "1e999"})
    EXPECT_NE(roundTrip(text).find("expected JSON, found"), std::string::npos)
        << text << ": " << roundTrip(text);
  EXPECT_EQ(jinja::parseJSONObject("[1]").error().message,
            "expected an object, found a list");
}
