"""A small client of ignis-server, for tests."""

import http.client
import json
import os
import urllib.parse

ADDRESS = urllib.parse.urlsplit(os.environ.get("SERVER", ""))
# An answer may take as long as all of them (serve.sh).
SECONDS = float(os.environ.get("SERVE_SECONDS", 400))


def call(method, path, body=None, headers={}, address=ADDRESS):
    """Status, headers and bytes of an answer."""
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=SECONDS)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    connection.request(method, path, body, {"Content-Type": "application/json", **headers})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, response.headers, data


def post(path, body, **more):
    status, _, data = call("POST", path, body, **more)
    return status, json.loads(data)


def get(path, **more):
    status, _, data = call("GET", path, **more)
    return status, json.loads(data)


def events(data):
    """The values of a stream's events; the last line says that it is whole."""
    lines = [line[6:] for line in data.decode().split("\n\n") if line]
    assert lines[-1] == "[DONE]", lines[-1]
    return [json.loads(line) for line in lines[:-1]]


def response_events(data):
    """The same of a response in pieces, whose events have names."""
    values = []
    for number, lines in enumerate(data.decode().split("\n\n")[:-1]):
        name, value = lines.split("\n")
        values.append(json.loads(value.removeprefix("data: ")))
        expect((name, values[-1]["sequence_number"]), ("event: " + values[-1]["type"], number))
    return values


def expect(found, wanted):
    assert found == wanted, "expected %r, found %r" % (wanted, found)
