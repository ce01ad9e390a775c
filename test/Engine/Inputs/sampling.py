"""Whether ignis-run chooses the tokens that python-free-docs/sampling.md says:
each formula once more, on the logits that the run itself writes.

sampling.py TOKENS "OPTIONS" ...: for each set of options, a run's tokens."""

import bisect
import json
import math
import os
import shlex
import struct
import subprocess
import sys

NEVER = -math.inf
LN2 = float.fromhex("0x1.62e42fefa39efp-1")
LOG2E = float.fromhex("0x1.71547652b82fep+0")


def f32(x):
    """Rounds to binary32."""
    try:
        return struct.unpack("f", struct.pack("f", x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)


def fma32(a, b, c):
    """a * b + c, rounded once: the product is exact in binary64; the sum is
    rounded to odd there, so that rounding it again does no harm."""
    product = a * b
    s = product + c
    t = s - product
    error = (product - (s - t)) + (c - t)
    if error != 0:
        bits = struct.unpack("<q", struct.pack("<d", s))[0]
        if bits % 2 == 0:
            bits += 1 if (error > 0) == (s > 0) else -1
            s = struct.unpack("<d", struct.pack("<q", bits))[0]
    return f32(s)


exps = {}


def exp32(x):
    """The numeric contract's exp."""
    if x in exps:
        return exps[x]
    if x < -87:
        return 0.0
    x0, x = x, min(x, 88.0)
    h = float.fromhex
    n = float(round(f32(x * h("0x1.715476p+0"))))
    r = fma32(n, h("-0x1.63p-1"), x)
    r = fma32(n, h("0x1.bd0106p-13"), r)
    p = h("0x1.a0d2cep-13")
    for c in ("0x1.6e879cp-10", "0x1.111210p-7", "0x1.555382p-5", "0x1.555554p-3", "0x1p-1"):
        p = fma32(p, r, h(c))
    y = f32(fma32(p, f32(r * r), r) + 1)
    exps[x0] = y * 2.0**n
    return exps[x0]


def exp64(x):
    if x < -708:
        return 0.0
    x = min(x, 709.0)
    n = float(round(x * LOG2E))
    r = (x - n * float.fromhex("0x1.62e42feep-1")) - n * float.fromhex("0x1.a39ef35793c76p-33")
    total = 1.0
    for k in range(13, 0, -1):
        total = 1 + total * (r / k)
    return math.ldexp(total, int(n))


def log64(x):
    if x == 0:
        return NEVER
    m, e = math.frexp(x)
    if m < float.fromhex("0x1.6a09e667f3bcdp-1"):
        m, e = m * 2, e - 1
    s = (m - 1) / (m + 1)
    total = 0.0
    for k in range(21, 0, -2):
        total = total * (s * s) + 1.0 / k
    return e * LN2 + 2 * s * total


class Random:
    MASK = 2**64 - 1

    def __init__(self, seed):
        self.s = []
        for _ in range(4):
            seed = seed + 0x9E3779B97F4A7C15 & self.MASK
            z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & self.MASK
            z = (z ^ z >> 27) * 0x94D049BB133111EB & self.MASK
            self.s.append(z ^ z >> 31)

    def rotl(self, x, k):
        return (x << k | x >> 64 - k) & self.MASK

    def next(self):
        s = self.s
        result = self.rotl(s[1] * 5 & self.MASK, 7) * 9 & self.MASK
        t = s[1] << 17 & self.MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = self.rotl(s[3], 45)
        return (result >> 11) * 2.0**-53


DEFAULTS = {
    "temp": 0.8, "dynatemp-range": 0, "dynatemp-exp": 1, "top-k": 40, "top-p": 0.95, "min-p": 0.05, "typical": 1,
    "top-n-sigma": -1, "xtc-probability": 0, "xtc-threshold": 0.1, "repeat-penalty": 1, "repeat-last-n": 64,
    "presence-penalty": 0, "frequency-penalty": 0, "dry-multiplier": 0, "dry-base": 1.75, "dry-allowed-length": 2,
    "dry-penalty-last-n": -1, "mirostat": 0, "mirostat-ent": 5, "mirostat-lr": 0.1,
    "samplers": "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature", "seed": 1,
}


class Sampler:
    def __init__(self, words, text_of):
        self.o = dict(DEFAULTS)
        self.bias, self.breakers = {}, ["\n", ":", '"', "*"]
        self.text_of = text_of
        given = []
        while words:
            name = words.pop(0).removeprefix("--")
            if name == "ignore-eos":
                self.bias.update({2045: NEVER, 2047: NEVER})
                continue
            value = words.pop(0)
            if name == "logit-bias":
                at = max(value.find("+"), value.find("-"))
                self.bias[int(value[:at])] = float(value[at:])
            elif name == "dry-sequence-breaker":
                given.append(value)
                self.breakers = [] if value == "none" else given
            else:
                self.o[name] = value if name == "samplers" else f32(float(value))
        for name in list(self.o):
            if name != "samplers":
                self.o[name] = f32(self.o[name])
        self.random = Random(int(self.o["seed"]))
        self.mu = 2 * self.o["mirostat-ent"]
        order = self.o["samplers"].split(";")
        if self.o["temp"] <= 0:
            order = [s for s in order if s in ("penalties", "dry")]
        elif self.o["mirostat"]:
            order = [s for s in order if s in ("penalties", "dry", "temperature")]
        self.order = order

    # A candidate is [token, logit]; `self.c` is in the vocabulary's order until
    # something sorts it.

    def sort(self):
        self.c = [c for c in self.c if c[1] != NEVER] or [self.c[0]]
        self.c.sort(key=lambda c: (-c[1], c[0]))
        self.is_sorted = True

    def weigh(self):
        self.sort()
        best = self.c[0][1]
        self.w = [exp32(f32(c[1] - best)) for c in self.c]
        total = 0.0
        for w in self.w:
            total += w
        return total

    def surprises(self, total):
        best, log_total = self.c[0][1], log64(total)
        return [log_total - f32(c[1] - best) for c in self.c]

    def entropy(self, total):
        result = 0.0
        for w, s in zip(self.w, self.surprises(total)):
            if w:
                result += w / total * s
        return result

    def recent(self, n):
        return self.text if n < 0 else self.text[max(0, len(self.text) - int(n)):]

    def penalties(self):
        o = self.o
        recent = self.recent(o["repeat-last-n"])
        for c in self.c:
            if c[0] not in recent:
                continue
            r = o["repeat-penalty"]
            c[1] = f32(c[1] / r) if c[1] > 0 else f32(c[1] * r)
            off = f32(f32(recent.count(c[0]) * o["frequency-penalty"]) + o["presence-penalty"])
            c[1] = f32(c[1] - off)

    def dry(self):
        o = self.o
        if o["dry-multiplier"] == 0:
            return
        t = self.recent(o["dry-penalty-last-n"])
        limit = 0
        while limit < len(t) and not any(b in self.text_of(t[-1 - limit]) for b in self.breakers):
            limit += 1
        longest = {}
        for j in range(1, len(t)):
            length = 0
            while length < min(j, limit) and t[j - 1 - length] == t[-1 - length]:
                length += 1
            if length >= o["dry-allowed-length"]:
                longest[t[j]] = max(longest.get(t[j], 0), length)
        if limit < o["dry-allowed-length"]:
            return
        for c in self.c:
            if c[0] in longest:
                penalty = o["dry-multiplier"]
                for _ in range(longest[c[0]] - int(o["dry-allowed-length"])):
                    if penalty < 1e30:
                        penalty *= o["dry-base"]
                c[1] = f32(c[1] - f32(min(penalty, 1e30)))

    def top_n_sigma(self):
        if self.o["top-n-sigma"] <= 0:
            return
        values = [c[1] for c in self.c if c[1] != NEVER]
        mean = 0.0
        for v in values:
            mean += v
        mean /= len(values)
        squares = 0.0
        for v in values:
            squares += (v - mean) * (v - mean)
        least = max(values) - self.o["top-n-sigma"] * math.sqrt(squares / len(values))
        self.c = [c for c in self.c if c[1] >= least]
        self.sort()

    def top_k(self):
        if self.o["top-k"] > 0:
            self.sort()
            self.c = self.c[: int(self.o["top-k"])]

    def typ_p(self):
        if self.o["typical"] >= 1:
            return
        total = self.weigh()
        expected = self.entropy(total)
        shifts = [abs(s - expected) for s in self.surprises(total)]
        running, kept = 0.0, []
        for i in sorted(range(len(self.c)), key=lambda i: (shifts[i], i)):
            kept.append(self.c[i])
            running += self.w[i]
            if running > self.o["typical"] * total:
                break
        self.c = kept
        self.sort()

    def top_p(self):
        if self.o["top-p"] >= 1:
            return
        total, running, n = self.weigh(), 0.0, 0
        while n < len(self.c):
            running += self.w[n]
            n += 1
            if running >= self.o["top-p"] * total:
                break
        self.c = self.c[:n]

    def min_p(self):
        if self.o["min-p"] > 0:
            self.weigh()
            self.c = [c for c, w in zip(self.c, self.w) if w >= self.o["min-p"] or c is self.c[0]]

    def xtc(self):
        o = self.o
        if o["xtc-probability"] <= 0 or o["xtc-threshold"] > 0.5:
            return
        total = self.weigh()
        if len(self.c) < 2 or self.random.next() >= o["xtc-probability"]:
            return
        reaching = sum(w >= o["xtc-threshold"] * total for w in self.w)
        if reaching > 1:
            self.c = self.c[reaching - 1:]

    def temperature(self):
        o = self.o
        t = o["temp"]
        if o["dynatemp-range"] > 0:
            total = self.weigh()
            h = 0.0 if len(self.c) == 1 else self.entropy(total) / log64(float(len(self.c)))
            low, high = f32(max(0.0, f32(t - o["dynatemp-range"]))), f32(t + o["dynatemp-range"])
            t = f32(low + (high - low) * exp64(o["dynatemp-exp"] * log64(h)))
        self.sort()
        if t <= 0:
            self.c = self.c[:1]
            return
        best = self.c[0][1]
        for c in self.c:
            c[1] = f32(f32(c[1] - best) / t)

    def draw(self):
        if len(self.c) == 1:
            return 0
        total, running = self.weigh(), 0.0
        target = self.random.next() * total
        for i, w in enumerate(self.w):
            running += w
            if target < running:
                return i
        return len(self.c) - 1

    def choose(self, text, logits):
        self.text = text
        self.c = [[i, l] for i, l in enumerate(logits)]
        for token, bias in self.bias.items():
            self.c[token][1] = f32(self.c[token][1] + bias)
        for step in self.order:
            getattr(self, step)()
        self.sort()
        if self.o["temp"] <= 0:
            self.c = self.c[:1]
        elif self.o["mirostat"]:
            total = self.weigh()
            kept = [c for c, s in zip(self.c, self.surprises(total)) if s * LOG2E <= self.mu]
            self.c = kept or self.c[:1]
        i = self.draw()
        if self.o["mirostat"]:
            surprise = 0.0 if len(self.c) == 1 else self.surprises(self.weigh())[i] * LOG2E
            self.mu -= self.o["mirostat-lr"] * (surprise - self.o["mirostat-ent"])
        return self.c[i][0]


def check_logprobs(line, logits):
    """Against the C library, which rounds otherwise."""
    best = max(logits)
    log_total = math.log(math.fsum(math.exp(l - best) for l in logits))
    ranked = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
    given = [line] + line["top_logprobs"]
    assert [each["id"] for each in given[1:]] == ranked[: len(given) - 1], given
    for each in given:
        expected = logits[each["id"]] - best - log_total
        assert abs(each["logprob"] - expected) < 1e-12 * (1 + abs(expected)), (each, expected)


def text_of(token, texts={}):
    if token not in texts:
        texts[token] = subprocess.run(
            ["ignis-tokenize", "-m", sys.argv[1], "--decode"], input=str(token), capture_output=True, text=True,
            check=True, errors="replace",
        ).stdout
    return texts[token]


prompt = [int(t) for t in sys.argv[2].split(",")]
dump = sys.argv[3]
seen = {}
for options in sys.argv[4:]:
    words = shlex.split(options)
    count = "24"
    run = ["ignis-run", "--ids", sys.argv[2], "-n", count, "--seed", "1", "--logprobs", "3", "--dump-logits", dump]
    lines = subprocess.run(run + words, capture_output=True, text=True)
    if lines.returncode:
        sys.exit(f"{options}: {lines.stderr}")
    lines = [json.loads(line) for line in lines.stdout.splitlines()]
    found = [line["id"] for line in lines]
    rows = open(dump, "rb").read()
    os.remove(dump)
    vocab = len(rows) // 4 // (len(prompt) + len(found))
    sampler, text = Sampler(words, text_of), list(prompt)
    for k, line in enumerate(lines):
        logits = struct.unpack_from(f"<{vocab}f", rows, 4 * vocab * (len(prompt) - 1 + k))
        check_logprobs(line, logits)
        expected = sampler.choose(text, logits)
        if expected != line["id"]:
            sys.exit(f"{options}: token {k}: expected {expected}, found {line['id']}")
        text.append(expected)
    if len(found) < 8:
        sys.exit(f"{options}: expected a text, found {found}")
    if tuple(found) in seen.values() and "same" not in dump:
        other = next(o for o in seen if seen[o] == tuple(found))
        sys.exit(f"{options}: expected another text than with {other}")
    seen[options] = tuple(found)
print(len(seen), "sets of options")
