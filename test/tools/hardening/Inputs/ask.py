"""Asks the server whose address is in SERVER for a text and for its health."""

import json
import os
import urllib.request

server = os.environ["SERVER"]
body = json.dumps({"prompt": "To be", "max_tokens": 3, "stream": True}).encode()
with urllib.request.urlopen(server + "/v1/completions", body) as answer:
    assert b"data: [DONE]" in answer.read()
with urllib.request.urlopen(server + "/health") as answer:
    assert answer.status == 200
