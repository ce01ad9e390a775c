"""What a model thinks comes apart from what it says."""

import json
import subprocess
import sys

from client import call, events, expect, post, response_events

THOUGHT, SAID = "\nLet me see.\n", '{"sure": true}'
CHAT = [{"role": "user", "content": "Is it?"}]
OPENS = {"chat_template_kwargs": {"opens_thoughts": True}}
CLOSED = {"chat_template_kwargs": {"enable_thinking": False}}
SCHEMA = {"type": "object", "properties": {"sure": {"type": "boolean"}}, "required": ["sure"]}
FORMAT = {"response_format": {"type": "json_schema", "json_schema": {"name": "doubt", "schema": SCHEMA}}}


def ask(**more):
    """Reasoning, content and why it ended; the same in pieces."""
    body = {"messages": CHAT, "temperature": 0, **more}
    choice = post("/v1/chat/completions", body)[1]["choices"][0]
    message = choice["message"]
    found = message.get("reasoning_content", ""), message["content"], choice["finish_reason"]
    pieces = [each["choices"][0] for each in events(call("POST", "/v1/chat/completions", {**body, "stream": True})[2])]
    parts = {"reasoning_content": [], "content": []}
    last = ""
    for piece in pieces:
        for name, text in piece["delta"].items():
            if name in parts and text:
                # Thoughts come first, and are over before the rest begins.
                assert name == "content" or last != "content", pieces
                parts[name].append(text)
                last = name
    streamed = *("".join(texts) for texts in parts.values()), pieces[-1]["finish_reason"]
    expect(streamed, found)
    assert not found[0] or more or len(parts["reasoning_content"]) > 2, "thoughts come as they are thought"
    return found


expect(ask(), (THOUGHT, SAID, "stop"))
# The template has opened the thoughts, or closed them.
expect(ask(**OPENS), (THOUGHT, SAID, "stop"))
expect(ask(**CLOSED), ("", "\n\n" + SAID, "stop"))
# They come before what has a format, and a limit may end them.
expect(ask(**OPENS, **FORMAT), (THOUGHT, SAID, "stop"))
expect(ask(max_tokens=4), ("\nLet me see", "", "length"))
expect(ask(stop=["me"]), ("\nLet ", "", "stop"))
# What it thought is no part of the next prompt, in the hands of this template.
answer = {"role": "assistant", "content": "<think>" + THOUGHT + "</think>\n\n" + SAID}
prompts = [post("/apply-template", {"messages": CHAT + [{**answer, "content": text}] + CHAT}) for text in (answer["content"], SAID)]
expect(prompts[0], prompts[1])

status, whole = post("/v1/responses", {"input": "Is it?", "temperature": 0})
expect([part["type"] for part in whole["output"]], ["reasoning", "message"])
expect(whole["output"][0]["content"], [{"type": "reasoning_text", "text": THOUGHT}])
expect(whole["output"][1]["content"][0]["text"], SAID)
pieces = response_events(call("POST", "/v1/responses", {"input": "Is it?", "temperature": 0, "stream": True})[2])
deltas = {"response.reasoning_text.delta": THOUGHT, "response.output_text.delta": SAID}
for name, text in deltas.items():
    expect("".join(each["delta"] for each in pieces if each["type"] == name), text)
kinds = [each["item"]["type"] for each in pieces if each["type"].startswith("response.output_item")]
expect(kinds, ["reasoning", "reasoning", "message", "message"])
expect([each["output_index"] for each in pieces if each["type"].endswith(".done")], [0, 0, 0, 1, 1, 1])
expect([part["content"] for part in pieces[-1]["response"]["output"]], [part["content"] for part in whole["output"]])

# And a receipt of it holds.
status, claimed = post("/v1/chat/completions", {"messages": CHAT, "ignis_receipt": True, "temperature": 0})
expect(claimed["choices"][0]["message"]["reasoning_content"], THOUGHT)
subprocess.run(["ignis-verify", "-", "-m", sys.argv[1]], input=json.dumps(claimed), text=True, check=True, stdout=subprocess.DEVNULL)
