"""receipts.py FOLDER: answers of all kinds with receipts, a file each."""

import json
import os
import sys

from client import call, events, expect, post

FOLDER = sys.argv[1]
CHAT = [{"role": "user", "content": "ROMEO:"}]
SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}, "age": {"type": "integer", "minimum": 3, "maximum": 9}}, "required": ["name", "age"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
TOOLS = [{"type": "function", "function": {"name": "find", "parameters": SCHEMA}}]


def keep(name, value):
    with open(os.path.join(FOLDER, name + ".json"), "w") as file:
        json.dump(value, file)


def ask(name, path, **body):
    body["ignis_receipt"] = True
    if body.get("stream"):
        answer = events(call("POST", path, body)[2])[-1]
        expect(answer["choices"], [])
    else:
        status, answer = post(path, body)
        expect(status, 200)
    keep(name, answer)
    return answer


texts, chats = "/v1/completions", "/v1/chat/completions"
greedy = ask("greedy", texts, prompt="To be", temperature=0, seed=4, max_tokens=12)
receipt = greedy["ignis_receipt"]
expect(len(receipt["texts"][0]["answer"]), 12)
expect(len(set(receipt["texts"][0]["logits"])), 12)
expect(receipt["texts"][0]["ending"], "length")
ask("several", texts, prompt=["To be", "What light"], n=2, seed=7, temperature=1.2, max_tokens=9, stop=["e", "th"])
ask("options", texts, prompt="To be", seed=2**53, temperature=0.9, top_p=0.8, logit_bias={"30": -100, "31": 2.5}, frequency_penalty=0.3, dry_multiplier=0.5, samplers=["penalties", "top_p", "temperature"], max_tokens=20)
ask("schema", chats, messages=CHAT, response_format=FORMAT, max_tokens=200, seed=5)
ask("thinking", chats, messages=CHAT, response_format=FORMAT, max_tokens=300, seed=1, chat_template_kwargs={"enable_thinking": True})
ask("grammar", texts, prompt="x", grammar='root ::= "the end is " [a-z]{3} "."', seed=1)
tool = ask("tools", chats, messages=CHAT, tools=TOOLS, tool_choice="required", max_tokens=300, seed=3)
expect(len(tool["choices"][0]["message"]["tool_calls"]), 1)
ask("response", "/v1/responses", input="ROMEO:", temperature=0, max_output_tokens=12)
usage = ask("stream", chats, messages=CHAT, temperature=0, max_tokens=12, stream=True, stream_options={"include_usage": True})
expect(usage["usage"]["completion_tokens"], 12)
# Nobody gets one unasked, and it is the same whoever asks.
assert "ignis_receipt" not in post(texts, {"prompt": "To be", "temperature": 0, "max_tokens": 12})[1]
same = ask("greedy", texts, prompt="To be", temperature=0, seed=4, max_tokens=12)
expect(same["ignis_receipt"], receipt)
