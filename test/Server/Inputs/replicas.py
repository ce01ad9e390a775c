"""replicas.py HAPROXY HAPROXY.CFG OPTION...: two replicas behind the recommended configuration
of HAProxy. A replica is told by its name for the model, which its answers have."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from client import call, expect

haproxy, recommended, *options = sys.argv[1:]
subprocess.run([haproxy, "-c", "-q", "-f", recommended], check=True)


def start(name):
    server = subprocess.Popen(["ignis-server", "--port", "0", "--alias", name, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, urllib.parse.urlsplit(server.stdout.readline().strip())


def who(body, headers={}, seconds=30):
    """Asks until somebody answers: the name of the replica."""
    end = time.monotonic() + seconds
    while True:
        try:
            status, _, data = call("POST", "/v1/completions", {"prompt": "To be", "max_tokens": 2, **body}, headers, address=proxy)
        except OSError:
            status = 0
        if status == 200:
            return json.loads(data)["model"]
        assert time.monotonic() < end, (status, "expected an answer")
        time.sleep(0.1)


with tempfile.TemporaryDirectory() as folder:
    replicas = {}
    try:
        for name in "ab":
            replicas[name] = start(name)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            proxy = urllib.parse.SplitResult("http", "127.0.0.1:%d" % listener.getsockname()[1], "", "", "")
        with open(recommended) as file:
            text = file.read()
        text, count = re.subn(r"bind :8000", "bind " + proxy.netloc, text)
        # Users who are not root may not open as many files as that takes.
        text, found = re.subn(r"maxconn \d+", "maxconn 64", text)
        count += found
        for name, (_, address) in replicas.items():
            text, found = re.subn(r"server %s \S+" % name, "server %s %s" % (name, address.netloc), text)
            count += found
        expect(count, 4)
        path = os.path.join(folder, "haproxy.cfg")
        with open(path, "w") as file:
            file.write(text)
        replicas["haproxy"] = subprocess.Popen([haproxy, "-db", "-q", "-f", path]), None
        who({})

        # A conversation stays where it was, whether a header names it or the body.
        names = ["conversation-%d" % i for i in range(8)]
        first = [who({}, {"X-Conversation": name}) for name in names]
        expect(set(first), {"a", "b"})
        for name, replica in zip(names * 2, first * 2):
            expect(who({}, {"X-Conversation": name}), replica)
            expect(who({"prompt_cache_key": name}), replica)
        first = [who({"prompt_cache_key": "key-%d" % i}) for i in range(8)]
        expect(set(first), {"a", "b"})
        for i, replica in enumerate(first):
            expect(who({"prompt_cache_key": "key-%d" % i}), replica)

        # A replica that is killed while it computes: its requests, long ones too, are
        # answered by the other one, and so is the conversation from then on.
        killed = first[0]
        other = "b" if killed == "a" else "a"
        answered = []
        long = {"prompt_cache_key": "key-0", "max_tokens": 8000, "ignore_eos": True, "metadata": {"padding": "x" * 100000}}
        asking = threading.Thread(target=lambda: answered.append(call("POST", "/v1/completions", {"prompt": "To be", **long}, address=proxy)))
        asking.start()
        while True:
            metrics = call("GET", "/metrics", address=replicas[killed][1])[2].decode()
            if re.search(r"^ignis_requests_active\{.*\} 1$", metrics, re.M):
                break
            assert asking.is_alive(), metrics
        replicas[killed][0].kill()
        asking.join()
        status, _, data = answered[0]
        expect((status, json.loads(data).get("model")), (200, other))
        for i in range(8):
            expect(who({"prompt_cache_key": "key-%d" % i}), other)
    finally:
        for process, _ in replicas.values():
            process.kill()
            process.wait()
