"""What the paths of ignis-server answer, well-formed or not."""

import json
import socket
import sys

from client import ADDRESS, call, events, expect, get, post, response_events

GREEDY = {"temperature": 0, "max_tokens": 12}
CHAT = [{"role": "user", "content": "ROMEO:"}]


def refused(path, body, status, field, text):
    found, answer = post(path, body)
    error = answer["error"]
    assert found == status and error["param"] == field and text in error["message"], (found, answer)


# What is no completion.
expect(get("/health"), (200, {"status": "ok"}))
expect(get("/ready"), (200, {"status": "ready"}))
status, models = get("/v1/models")
expect([model["id"] for model in models["data"]], ["bard"])
expect(get("/v1/models/bard"), (200, models["data"][0]))
expect(get("/v1/models/b%61rd")[0], 200)
status, none = get("/v1/models/other")
expect((status, none["error"]["code"]), (404, "model_not_found"))
expect(call("GET", "/v1/models/")[0], 404)
status, props = get("/props")
expect(props["models"][0]["context"], 512)
assert props["models"][0]["bytes_per_token"] > 10**6 and props["read_bytes_per_second"] > 10**6, props
status, tokens = post("/tokenize", {"content": "To be"})
expect(post("/detokenize", tokens), (200, {"content": "To be"}))
status, pieces = post("/tokenize", {"content": "To be", "with_pieces": True})
expect("".join(piece["piece"] for piece in pieces["tokens"]), "To be")
status, prompt = post("/apply-template", {"messages": CHAT})
expect(prompt["prompt"], "[user] ROMEO:\n[assistant] ")

# Completions: a text, tokens, several at once; alone or in pieces.
status, plain = post("/v1/completions", {"prompt": "To be", **GREEDY})
expect((status, plain["object"], plain["model"]), (200, "text_completion", "bard"))
choice = plain["choices"][0]
expect(choice["finish_reason"], "length")
expect(plain["usage"], {"prompt_tokens": len(tokens["tokens"]), "completion_tokens": 12, "total_tokens": 12 + len(tokens["tokens"])})
status, same = post("/v1/completions", {"prompt": tokens["tokens"], **GREEDY})
expect(same["choices"], plain["choices"])
status, three = post("/v1/completions", {"prompt": ["To be", "What light"], "n": 2, "seed": 5, "temperature": 1, "max_tokens": 4})
expect([each["index"] for each in three["choices"]], [0, 1, 2, 3])
status, second = post("/v1/completions", {"prompt": "To be", "seed": 6, "temperature": 1, "max_tokens": 4})
expect(three["choices"][1]["text"], second["choices"][0]["text"])
status, headers, data = call("POST", "/v1/completions", {"prompt": "To be", "stream": True, "stream_options": {"include_usage": True}, **GREEDY})
expect(headers["Content-Type"], "text/event-stream")
pieces = events(data)
expect("".join(each["choices"][0]["text"] for each in pieces[:-1]), choice["text"])
expect(pieces[-1]["usage"], plain["usage"])
expect(pieces[-2]["choices"][0]["finish_reason"], "length")

# Stops are no part of the text, wherever tokens end.
stop = choice["text"][3:6]
status, stopped = post("/v1/completions", {"prompt": "To be", "stop": stop, **GREEDY})
expect(stopped["choices"][0]["text"], choice["text"][: choice["text"].find(stop)])
expect(stopped["choices"][0]["finish_reason"], "stop")

# Probabilities; biases.
status, likely = post("/v1/completions", {"prompt": "To be", "logprobs": 3, **GREEDY})
found = likely["choices"][0]["logprobs"]
expect("".join(found["tokens"]), choice["text"])
for token, value, top in zip(found["tokens"], found["token_logprobs"], found["top_logprobs"]):
    assert len(top) == 3 and abs(max(top.values()) - value) < 1e-9 and value < 0
# Where a token begins, in characters of the whole answer, also in a stream.
grammar = {"prompt": "x", "grammar": 'root ::= "a\u20acb\u00e9c"', "logprobs": 0, "max_tokens": 20}
spelled = post("/v1/completions", grammar)[1]["choices"][0]
expect(spelled["text"], "a\u20acb\u00e9c")
offsets = spelled["logprobs"]["text_offset"]
for token, offset in zip(spelled["logprobs"]["tokens"], offsets):
    assert "\ufffd" in token or spelled["text"][offset:].startswith(token), spelled["logprobs"]
pieces = events(call("POST", "/v1/completions", {**grammar, "stream": True})[2])
expect([offset for each in pieces for offset in (each["choices"][0]["logprobs"] or {"text_offset": []})["text_offset"]], offsets)
first = post("/tokenize", {"content": found["tokens"][0]})[1]["tokens"][0]
status, biased = post("/v1/completions", {"prompt": "To be", "logit_bias": {str(first): -100}, "logprobs": 0, **GREEDY})
assert biased["choices"][0]["logprobs"]["tokens"][0] != found["tokens"][0]

# Chats: whole and in pieces, with thoughts, formats and tools.
status, chat = post("/v1/chat/completions", {"messages": CHAT, **GREEDY})
expect((status, chat["object"], chat["choices"][0]["message"]["role"]), (200, "chat.completion", "assistant"))
content = chat["choices"][0]["message"]["content"]
pieces = events(call("POST", "/v1/chat/completions", {"messages": CHAT, "stream": True, "logprobs": True, **GREEDY})[2])
expect(pieces[0]["choices"][0]["delta"], {"role": "assistant", "content": ""})
expect("".join(each["choices"][0]["delta"].get("content", "") for each in pieces), content)
expect(sum(len((each["choices"][0]["logprobs"] or {"content": []})["content"]) for each in pieces), 12)
parts = [{"role": "user", "content": [{"type": "text", "text": "ROM"}, {"type": "text", "text": "EO:"}]}]
expect(post("/v1/chat/completions", {"messages": parts, **GREEDY})[1]["choices"], chat["choices"])
thinking = post("/v1/chat/completions", {"messages": CHAT, "chat_template_kwargs": {"enable_thinking": True}, **GREEDY})[1]
message = thinking["choices"][0]["message"]
assert message["content"] == "" and message["reasoning_content"], message

SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}, "age": {"type": "integer", "minimum": 3, "maximum": 9}}, "required": ["name", "age"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
status, shaped = post("/v1/chat/completions", {"messages": CHAT, "response_format": FORMAT, "max_tokens": 200})
value = json.loads(shaped["choices"][0]["message"]["content"])
assert list(value) == ["name", "age"] and 3 <= value["age"] <= 9, value
expect(shaped["choices"][0]["finish_reason"], "stop")
# Thoughts come before what has a format.
status, both = post("/v1/chat/completions", {"messages": CHAT, "response_format": FORMAT, "max_tokens": 400, "chat_template_kwargs": {"enable_thinking": True}, "grammar": None, "stop": None, "seed": 1})
message = both["choices"][0]["message"]
assert message["reasoning_content"] and (message["content"] == "" or message["content"].lstrip().startswith("{")), message

TOOLS = [{"type": "function", "function": {"name": "find", "parameters": SCHEMA}}, {"type": "function", "function": {"name": "end"}}]
FIND = {"type": "function", "function": {"name": "find"}}
for stream in False, True:
    body = {"messages": CHAT, "tools": TOOLS, "tool_choice": FIND, "max_tokens": 300, "seed": 3}
    if stream:
        pieces = events(call("POST", "/v1/chat/completions", {**body, "stream": True})[2])
        calls = [call for each in pieces for call in each["choices"][0]["delta"].get("tool_calls", [])]
        reason = pieces[-1]["choices"][0]["finish_reason"]
    else:
        choice = post("/v1/chat/completions", body)[1]["choices"][0]
        calls, reason = choice["message"]["tool_calls"], choice["finish_reason"]
    expect((len(calls), reason, calls[0]["function"]["name"]), (1, "tool_calls", "find"))
    assert 3 <= json.loads(calls[0]["function"]["arguments"])["age"] <= 9
# A function's schema is a root of its own, whose arguments are objects; marks in strings are no marks.
ending = {str(token): 50 for token in post("/tokenize", {"content": "}"})[1]["tokens"]}
for name, parameters, valid in (
    ("f", {"type": "object", "properties": {"name": {"const": 7}, "b": {"$ref": "#/properties/name"}}, "required": ["b"]}, lambda a: a["b"] == 7),
    ("f", {"$ref": "#/$defs/t", "$defs": {"t": {"type": "object", "properties": {"n": {"enum": ["</tool_call>"]}}, "required": ["n"]}}}, lambda a: a == {"n": "</tool_call>"}),
    ("</tool_call>", {"title": "x"}, lambda a: isinstance(a, dict)),
):
    tool = {"type": "function", "function": {"name": name, "parameters": parameters}}
    choice = post("/v1/chat/completions", {"messages": CHAT, "tools": [tool], "tool_choice": "required", "parallel_tool_calls": False, "max_tokens": 300, "seed": 3, "logit_bias": ending})[1]["choices"][0]
    made = [each["function"] for each in choice["message"]["tool_calls"]]
    assert len(made) == 1 and made[0]["name"] == name and valid(json.loads(made[0]["arguments"])), choice

spoken = CHAT + [{"role": "assistant", "content": None, "tool_calls": calls}, {"role": "tool", "tool_call_id": calls[0]["id"], "content": "3"}]
spoken[1]["tool_calls"][0].pop("index", None)
status, prompt = post("/apply-template", {"messages": spoken, "tools": TOOLS})
assert '<tool_call>\n{"name": "find"' in prompt["prompt"] and "[tool] 3" in prompt["prompt"], prompt

# /v1/responses, in its plain form, whole and in pieces.
status, response = post("/v1/responses", {"input": "ROMEO:", "temperature": 0, "max_output_tokens": 12})
expect((status, response["status"], response["output"][0]["content"][0]["text"]), (200, "incomplete", content))
status, headers, data = call("POST", "/v1/responses", {"input": "ROMEO:", "temperature": 0, "max_output_tokens": 12, "stream": True})
expect((status, headers["Content-Type"]), (200, "text/event-stream"))
pieces = response_events(data)
names = [each["type"].removeprefix("response.") for each in pieces]
expect(names[:4], ["created", "in_progress", "output_item.added", "content_part.added"])
expect(set(names[4:-4]), {"output_text.delta"})
expect(names[-4:], ["output_text.done", "content_part.done", "output_item.done", "incomplete"])
expect("".join(each["delta"] for each in pieces[4:-4]), content)
expect((pieces[-4]["text"], pieces[-3]["part"]), (content, response["output"][0]["content"][0]))
whole = pieces[-1]["response"]
expect((pieces[0]["response"]["status"], pieces[0]["response"]["id"]), ("in_progress", whole["id"]))
expect((whole["usage"], whole["incomplete_details"]), (response["usage"], response["incomplete_details"]))
expect((pieces[-2]["item"], whole["output"][0]["content"]), (whole["output"][0], response["output"][0]["content"]))
pieces = response_events(call("POST", "/v1/responses", {"input": "ROMEO:", "max_output_tokens": 0, "stream": True})[2])
expect(pieces[-1]["response"]["output"][0]["content"][0]["text"], "")
refused("/v1/responses", {"input": "x", "n": 2}, 400, "n", "1")
expect(response["usage"], {"input_tokens": chat["usage"]["prompt_tokens"], "output_tokens": 12, "total_tokens": chat["usage"]["total_tokens"]})

# What is wrong is refused, with the field; what is not supported, too.
chats, texts = "/v1/chat/completions", "/v1/completions"
refused(texts, b"{", 400, None, "no JSON")
refused(texts, b"[" * 100000, 400, None, "nested")
refused(texts, b'{"prompt": "\xff"}', 400, None, "no JSON")
refused(texts, {}, 400, "prompt", "expected a text")
refused(texts, {"prompt": [1, "x"]}, 400, "prompt", "tokens")
refused(texts, {"prompt": [99999]}, 400, "prompt", "99999")
refused(texts, {"prompt": "x" * 4000}, 400, "prompt", "expected 1 to 511 tokens, found")
expect(post(texts, {"prompt": [1] * 512})[1]["error"]["code"], "context_length_exceeded")
# A text that is certainly too long is refused by its size, whatever stands in it.
status, long = post(texts, {"prompt": "a" * 10**6})
expect((status, long["error"]["code"]), (400, "context_length_exceeded"))
assert "expected 1 to 511 tokens, found a text of 1000000 bytes" in long["error"]["message"], long
refused(chats, {"messages": [{"role": "user", "content": "a" * 10**6}]}, 400, "messages", "found a text of 1000")
status, empty = post(texts, {"prompt": ""})
expect((status, empty["error"]["param"], empty["error"]["code"]), (400, "prompt", None))
refused(texts, {"prompt": "x", "max_tokens": 2.0}, 400, "max_tokens", "a whole number from 0")
status, longest = post(texts, {"prompt": [1] * 511, "max_tokens": 9, "ignore_eos": True})
expect((longest["usage"]["completion_tokens"], longest["choices"][0]["finish_reason"]), (1, "length"))
refused(texts, {"prompt": "x", "temperature": "hot"}, 400, "temperature", '"hot"')
refused(texts, {"prompt": "x", "top_p": 2}, 400, "top_p", "found 2")
refused(texts, {"prompt": "x", "n": 99}, 400, "n", "99")
refused(texts, {"prompt": "x", "stop": [""]}, 400, "stop", "text")
refused(texts, {"prompt": "x", "logit_bias": {"a": 1}}, 400, "logit_bias", "tokens")
refused(texts, {"prompt": "x", "stop": ["a"] * 17}, 400, "stop", "at most 16 texts, found 17")
refused(texts, {"prompt": "x", "seed": 2**53 + 1}, 400, "seed", "found 9007199254740993")
refused(texts, {"prompt": "x", "grammar": ""}, 400, "grammar", "GBNF")
refused(texts, {"prompt": "x", "max_tokens": 1, "max_completion_tokens": 2}, 400, "max_completion_tokens", "no max_tokens")
refused(texts, {"prompt": "x", "max_output_tokens": 1}, 400, "max_output_tokens", "not supported")
refused("/v1/responses", {"input": "x", "max_tokens": 1}, 400, "max_tokens", "not supported")
refused("/v1/responses", {"input": "x", "text": {"verbosity": "low"}}, 400, "text", "text.verbosity: is not supported")
refused("/v1/responses", {"input": "x", "text": {"format": {"type": "json_schema"}}}, 400, "text", "text.format.schema: expected a schema")
refused("/v1/responses", {"input": "x", "text": {"format": {"type": "text", "json_schema": {}}}}, 400, "text", "text.format.json_schema: is not")
refused("/detokenize", {"tokens": [1, 99999]}, 400, "tokens", "99999")
refused(texts, {"prompt": "x", "logit_bias": {"300": 1, "0300": -1}}, 400, "logit_bias", "0300")
refused(texts, {"prompt": "x", "logit_bias": {"9999": 1}}, 400, "logit_bias", "9999")
refused(texts, {"prompt": "x", "echo": True}, 400, "echo", "nothing else is supported")
refused(texts, {"prompt": "x", "tools": []}, 400, "tools", "not supported")
refused(texts, {"prompt": "x", "stream_options": {}}, 400, "stream_options", "stream")
refused(texts, {"prompt": "x", "grammar": "root ::= ("}, 400, "grammar", "line 1")
refused(chats, {"messages": []}, 400, "messages", "list of messages")
refused(chats, {"messages": [{"role": "judge", "content": "x"}]}, 400, "messages[0]", "role")
refused(chats, {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "messages[0]", "text")
refused(chats, {"messages": CHAT, "audio": {}}, 400, "audio", "not supported")
refused(chats, {"messages": CHAT, "top_logprobs": 3}, 400, "top_logprobs", "logprobs")
refused(chats, {"messages": CHAT, "tool_choice": "required"}, 400, "tool_choice", "tools")
for choice in "f", 3, {"type": "function"}, {"type": "function", "function": {"name": "other"}}, *({"type": "function", "function": {"name": name}} for name in (5, None, ["x"], {}, "")):
    refused(chats, {"messages": CHAT, "tools": TOOLS, "tool_choice": choice}, 400, "tool_choice", "one of the tools")
refused(chats, {"messages": CHAT, "tools": TOOLS, "parallel_tool_calls": 1}, 400, "parallel_tool_calls", "true or false")
refused(chats, {"messages": CHAT, "tools": TOOLS, "parallel_tool_calls": False}, 400, "parallel_tool_calls", "tool_choice of required")
refused(chats, {"messages": CHAT, "tools": [{"type": "function", "function": {"name": "f", "bogus": 1}}]}, 400, "tools", "tools.function.bogus: is not supported")
text = [{"type": "function", "function": {"name": "f", "parameters": {"type": "string"}}}]
refused(chats, {"messages": CHAT, "tools": text, "tool_choice": "required"}, 400, "tools", "f: schema, #: expected a schema of objects")
refused(chats, {"messages": CHAT, "response_format": {"type": "xml"}}, 400, "response_format", "json_schema")
# What is found out while it is answered is the client's as well: another try would end so, too.
ambiguous = {"type": "string", "pattern": "^(" + "|".join(["ab"] * 5000) + ")$"}
refused(chats, {"messages": CHAT, "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": ambiguous}}}, 400, None, "the grammar is too ambiguous")
for format, said in [
    ({"type": "json_object", "schema": {}}, "response_format.schema: is not supported"),
    ({"type": "text", "json_schema": {}}, "response_format.json_schema: is not supported"),
    ({"type": "json_schema", "json_schema": {"schema": {}, "more": 1}}, "response_format.json_schema.more: is not supported"),
    ({"type": "json_schema", "json_schema": {"schema": 1}}, "response_format.json_schema.schema: expected a schema, found 1"),
    ({"type": "json_schema"}, "a json_schema with a schema"),
    ({"type": 5}, "response_format.type: expected a text"),
    ("text", "an object"),
]:
    refused(chats, {"messages": CHAT, "response_format": format}, 400, "response_format", said)
bad = {"type": "json_schema", "json_schema": {"schema": {"type": "object", "patternProperties": {}}}}
refused(chats, {"messages": CHAT, "response_format": bad}, 400, "response_format", "patternProperties")
refused("/v1/embeddings", {"input": "x"}, 501, None, "--embeddings")
refused("/v1/nothing", {}, 404, None, "not served")
expect(call("GET", "/v1/completions")[0], 405)
expect(call("OPTIONS", "/v1/completions")[0], 204)


# Bytes that are no request.
def raw(data):
    with socket.create_connection((ADDRESS.hostname, ADDRESS.port), timeout=60) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR) if not data else None
        answer = b""
        while more := connection.recv(65536):
            answer += more
        return answer


for data, code in [
    (b"nonsense\r\n\r\n", b"400"),
    (b"GET / HTTP/3\r\n\r\n", b"505"),
    (b"GET /x HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
    (b"POST /x HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
    (b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
    (b"POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
    (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
    (b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n", b"431"),
]:
    answer = raw(data)
    assert answer.startswith(b"HTTP/1.1 " + code), (data[:60], answer[:200])
# Several requests before the first answer, and an old client.
two = raw(b"GET /health HTTP/1.1\r\n\r\nGET /ready HTTP/1.1\r\nConnection: close\r\n\r\n")
assert two.count(b"HTTP/1.1 200") == 2 and two.endswith(b'{"status":"ready"}'), two
assert raw(b"GET /health HTTP/1.0\r\n\r\n").endswith(b'{"status":"ok"}')

metrics = call("GET", "/metrics")[2].decode()
for name in "requests_active", "generated_tokens_total", "cache_pages", 'requests_total{model="bard",ending="length"}':
    assert "ignis_" + name in metrics, metrics
print("all as expected", file=sys.stderr)
