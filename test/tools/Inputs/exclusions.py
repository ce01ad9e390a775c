"""Gives options that do not go together, and looks at the refusals."""

import re
import subprocess
import sys

SAMPLING = """--seed --samplers --logit-bias --dry-sequence-breaker --temp --dynatemp-range --dynatemp-exp --top-k --top-p
--min-p --typical --top-n-sigma --xtc-probability --xtc-threshold --repeat-penalty --repeat-last-n --presence-penalty
--frequency-penalty --dry-multiplier --dry-base --dry-allowed-length --dry-penalty-last-n --mirostat --mirostat-ent
--mirostat-lr"""
WORKS = "--conversation --batch --perplexity --multiple-choice --machine"
MEASURES = "--perplexity --multiple-choice"
ONE_TEXT = "--batch --perplexity --multiple-choice"
PROMPTS = "--prompt --file --ids"
STRUCTURES = "--grammar --grammar-file --json-schema --json-schema-file --regex --choice"
CHECKS = "--verify-passes --verify-schedule-by-execution"

# A program, options, and those that none of them goes with; the same list: no two of it.
EXCLUDE = [
    ("ignis-run", WORKS, WORKS),
    ("ignis-run", PROMPTS, PROMPTS),
    ("ignis-run", STRUCTURES, STRUCTURES),
    ("ignis-run", "--verbose", "--quiet"),
    ("ignis-run", "--batch --multiple-choice --machine", PROMPTS),
    ("ignis-run", "--conversation --perplexity", "--ids"),
    ("ignis-run", "--machine", "--dry-run --dump-logits --stats"),
    ("ignis-run", MEASURES, SAMPLING + " --predict --reverse-prompt --ignore-eos --lookup --keep"),
    ("ignis-run", "--dump-logits --context-shift --prompt-cache --logprobs", ONE_TEXT),
    ("ignis-run", "--logprobs", "--conversation"),
    ("ignis-run", "--context-shift", "--dump-logits"),
    ("ignis-run", "--prompt-cache", "--dump-logits --simulate-ranks"),
    ("ignis-run", STRUCTURES, ONE_TEXT + " --ignore-eos"),
    ("ignis-run", "--batch", "--keep --special"),
    ("ignis-run", "--simulate-ranks", "--ranks --dry-run --max-memory"),
    ("ignis-run", "--emit " + CHECKS, "--emit " + CHECKS),
    ("ignis-run", "--emit " + CHECKS, WORKS + " --dry-run --dump-logits --stats --logprobs --prompt-cache"),
    ("ignis-run", CHECKS, "--predict"),
    ("ignis-run", "--verify-passes", "--simulate-ranks"),
    ("ignis-diff", PROMPTS, PROMPTS),
    ("ignis-bench", "--kernels --formats", "--model --program --n-prompt --n-gen --n-depth --batch-size --parallel --verify-cost --shared-prefix"),
    ("ignis-bench", "--kernels", "--formats"),
    ("ignis-tokenize", "--render", "--jsonl --decode --special"),
    ("ignis-plan", "--check", "--compare --steps --output --svg"),
    ("ignis-plan", "--compare", "--certificate --svg --capacity"),
]
# A program, options, and those of which one has to be there.
REQUIRE = [
    ("ignis-run", "--system-prompt --single-turn --hide-thinking", "--conversation"),
    ("ignis-run", "--chat-template --chat-template-kwargs", "--conversation or --batch"),
    ("ignis-run", "--prompt-cache-ro", "--prompt-cache"),
    ("ignis-run", "--ranks", "--dry-run"),
    ("ignis-run", "--keep", "--context-shift"),
    ("ignis-run", "--parallel --unordered", "--batch"),
    ("ignis-run", "--kl-divergence-base", "--perplexity"),
    ("ignis-run", "--kl-divergence", "--kl-divergence-base"),
    ("ignis-run", "--trust-program", "--program"),
    ("ignis-bench", "--trust-program", "--program"),
    ("ignis-tokenize", "--chat-template", "--render"),
    ("ignis-server", "--pooling", "--embeddings"),
]

# What an option takes where no value will do.
VALUES = {
    "--ids": "1", "--choice": "a", "--logit-bias": "1+1", "--samplers": "top_k", "--emit": "fused", "--grammar": 'root ::= "a"',
    "--json-schema": "{}", "--chat-template-kwargs": "{}", "--pooling": "last", "--output": "x", "--isa": "scalar",
    "--mirostat": "2", "--mirostat-lr": "0.1", "--typical": "0.5", "--xtc-threshold": "0.1", "--top-p": "0.5", "--min-p": "0.1",
    "--xtc-probability": "0.5", "--chat-template": "./t",
}  # fmt: skip
ALONE = {"ignis-tokenize": ["-m", "none"], "ignis-plan": ["none"]}
PROGRAMS = "ignis-run ignis-server ignis-compile ignis-bench ignis-tokenize ignis-diff ignis-plan ignis-verify".split()
takes_value = {}
wrong = []


def find_values(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    for line in re.findall(r"^  (-.*?)(?:  |$)", text, re.MULTILINE):
        for name in re.findall(r"--[\w-]+", line):
            takes_value[program, name] = bool(re.search(r" [A-Z][A-Z_.+]*(\[\.\.[A-Z]\])?(,\.\.\.)?$| \w+(\|\w+)+$| FILE\.\w+$", line.rstrip()))


def arguments(program, name):
    return [name, VALUES.get(name, "2")] if takes_value[program, name] else [name]


def refuses(program, options, *ways):
    """One of the ways is said in one line, and nothing else happens."""
    command = [program, *ALONE.get(program, []), *(a for name in options for a in arguments(program, name))]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    is_said = any(result.stderr.startswith(f"{program}: error: {way}") for way in ways)
    if result.returncode != 2 or result.stdout or result.stderr.count("\n") != 1 or not is_said:
        wrong.append(f"{' '.join(command)}: expected {ways}, found {result.returncode}: {result.stderr}")


for program in PROGRAMS:
    find_values(program)
pairs = set()
for program, ones, others in EXCLUDE:
    for one in ones.split():
        for other in others.split():
            if one != other:
                pairs.add((program, *sorted((one, other))))
for program, one, other in sorted(pairs):
    refuses(program, (one, other), f"{one} excludes {other}", f"{other} excludes {one}")
for program, ones, others in REQUIRE:
    for one in ones.split():
        refuses(program, [one], f"{one} requires {others}")

# The programs have these rules and no others.
expected = {f"{program}: {one} excludes {other}" for program, one, other in pairs}
expected |= {f"{program}: {one} requires {others}" for program, ones, others in REQUIRE for one in ones.split()}
found = set()
for program in PROGRAMS:
    text = subprocess.run([program, "--write-manual", "rules"], capture_output=True, text=True, check=True).stdout
    for rule in text.splitlines():
        one, word, other = rule.partition(" excludes ")
        found.add(f"{program}: " + (word.join(sorted((one, other))) if word else rule))
wrong += [f"{rule}: a rule of the table alone" for rule in sorted(expected - found)]
wrong += [f"{rule}: a rule of the program alone" for rule in sorted(found - expected)]
print("\n".join(wrong))
sys.exit(bool(wrong))
