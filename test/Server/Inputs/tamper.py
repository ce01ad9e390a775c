"""tamper.py RESPONSE MODEL: a receipt that was changed in any way is refused, with the
place where it parts."""

import copy
import json
import subprocess
import sys

whole = json.load(open(sys.argv[1]))


def verify(value, code, said):
    run = subprocess.run(["ignis-verify", "-", "-m", sys.argv[2]], input=value if isinstance(value, str) else json.dumps(value), capture_output=True, text=True)
    found = run.stdout + run.stderr
    assert run.returncode == code and said in found and found.count("\n") == 1, (code, said, run)


def change(code, said, *path, to):
    value = copy.deepcopy(whole)
    place = value
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = to(old) if callable(to) else to
    assert place[path[-1]] != old
    verify(value, code, said)


verify(whole, 0, "logits; the response's texts, calls and endings\n")
verify(whole["ignis_receipt"], 0, "with all their logits\n")
text = ("ignis_receipt", "texts", 0)
answer = whole["ignis_receipt"]["texts"][0]["answer"]
change(1, "text 0, token 3: the receipt has", *text, "answer", 3, to=lambda token: token + 1)
change(1, "text 0, token 2: the logits that it was drawn from are others", *text, "logits", 2, to="0123456789abcdef")
change(1, "text 0, token 0: the logits", *text, "prompt", to=lambda prompt: prompt[:-1])
change(1, "text 0, token ", *text, "seed", to=lambda seed: seed + 1)
change(1, "text 0", "ignis_receipt", "options", "temperature", to=0)
change(1, "hash 0000000000000000", "ignis_receipt", "model", to="0" * 16)
change(1, "another reason", *text, "ending", to="length")
change(1, "text is not", "choices", 0, "message", "content", to=lambda text: text[1:])
change(1, "text is not", "choices", 0, "finish_reason", to="length")
shorter = copy.deepcopy(whole)
for field in "answer", "logits":
    shorter["ignis_receipt"]["texts"][0][field].pop()
verify(shorter, 1, "goes on behind its %d tokens" % (len(answer) - 1))
longer = copy.deepcopy(whole)
longer["ignis_receipt"]["texts"][0]["answer"].append(1)
longer["ignis_receipt"]["texts"][0]["logits"].append("0" * 16)
verify(longer, 1, "computed is the end")
change(1, "99999", *text, "prompt", 0, to=99999)
# What is no receipt.
change(2, "version: expected 1, found 2", "ignis_receipt", "version", to=2)
change(2, "16 hexadecimal digits", "ignis_receipt", "model", to="x")
change(2, "a digest for each token", *text, "logits", to=[])
change(2, "cache_type", "ignis_receipt", "cache_type", to="q8_0")
change(2, "options.top_p", "ignis_receipt", "options", "top_p", to=7)
change(2, "options.warmth: is not supported", "ignis_receipt", "options", to={"warmth": 1})
change(2, "format", "ignis_receipt", "format", to={"json_schema": 1})
change(2, "texts", "ignis_receipt", "texts", to=[])
extra = copy.deepcopy(whole)
extra["ignis_receipt"]["more"] = 1
verify(extra, 2, "more: is not supported")
for text in "", "[]", "{", "[" * 100000, "{}", '{"ignis_receipt": 7}':
    verify(text, 2, "ignis-verify: error: stdin: ")
