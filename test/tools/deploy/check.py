"""check.py PROJECT: holds the recipes of tools/deploy against the project.

What the container's recipe copies exists, what it installs by name is one of
tools/setup.sh's packages, and its preset is one of CMake's; the options that it and the
systemd unit give ignis-server are options that it has.
"""

import json
import os
import re
import subprocess
import sys

project = sys.argv[1]


def read(*path):
    with open(os.path.join(project, *path)) as file:
        return file.read()


recipe = re.sub(r"\\\n", " ", read("tools", "deploy", "Containerfile"))
lines = [line.split(None, 1) for line in recipe.splitlines() if line and not line.startswith("#")]
known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}
wrong = ["Containerfile: %s: expects one of %s" % (name, ", ".join(sorted(known))) for name, _ in lines if name not in known]
setup = read("tools", "setup.sh")
named = set(re.findall(r"[a-z0-9][a-z0-9.+:-]+", " ".join(re.findall(r"packages\+?=\((.*?)\)", setup, re.S))))
copied, installed, options = [], [], []
for name, rest in lines:
    if name == "COPY":
        copied += rest.split()[:-1]
    if name == "RUN":
        for arguments in re.findall(r"apt-get install ([^&]*)", rest):
            installed += [word for word in arguments.split() if not word.startswith(("-", "/"))]
        for preset in re.findall(r"--preset (\S+)", rest):
            if '"name": "%s"' % preset not in read("CMakePresets.json"):
                wrong.append("Containerfile: expects a preset, found %s" % preset)
    if name in ("ENTRYPOINT", "CMD"):
        options += json.loads(rest)
wrong += ["Containerfile: copies %s, which does not exist" % path for path in copied if not os.path.exists(os.path.join(project, path))]
wrong += ["Containerfile: installs %s, which tools/setup.sh does not name" % package for package in installed if package not in named]
if not copied or not installed:
    wrong.append("Containerfile: expects to copy and to install something")
if "tools/setup.sh" not in recipe or options[0] != "ignis-server":
    wrong.append("Containerfile: expects to run tools/setup.sh, and ignis-server in the end")
# What CMake adds as a folder is among what is copied.
for folder in re.findall(r"add_subdirectory\((\w+)\)", read("CMakeLists.txt")):
    if folder not in copied:
        wrong.append("Containerfile: expects to copy %s" % folder)
unit = read("tools", "deploy", "ignis-server.service")
options += re.search(r"^ExecStart=(.*)$", unit, re.M).group(1).split()
text = subprocess.run(["ignis-server", "--help"], capture_output=True, text=True, check=True).stdout
has = set(re.findall(r"(?<![\w-])--?[\w-]+", text))
wrong += ["%s: ignis-server has no such option" % option for option in options if option.startswith("-") and option not in has]
print("\n".join(wrong))
sys.exit(bool(wrong))
