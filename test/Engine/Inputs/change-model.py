"""Changes a model while a program runs it.

usage: change-model.py ORIGINAL MODEL cut|write|spoil|replace CODE MESSAGE COMMAND...

MODEL is made a copy of ORIGINAL first. Fails unless the program then ends with
CODE, and MESSAGE, if there is one, is the last line on stderr.
"""

import os
import shutil
import subprocess
import sys

original, model, change, code, message = sys.argv[1:6]
shutil.copy(original, model)
process = subprocess.Popen(
    sys.argv[6:], stdout=subprocess.PIPE, stderr=subprocess.PIPE
)
process.stdout.read(20)
if change == "cut":
    os.truncate(model, 1000)
elif change == "write":
    with open(model, "r+b") as file:
        file.write(b"GGUF")
elif change == "spoil":  # scales that are no numbers
    with open(model, "r+b") as file:
        file.seek(os.path.getsize(model) // 2)
        file.write(b"\xff" * (os.path.getsize(model) // 2))
else:
    shutil.copy(original, model + ".new")
    os.truncate(model + ".new", 1000)
    os.rename(model + ".new", model)
errors = process.communicate(timeout=60)[1].decode()
last = errors.splitlines()[-1]
if process.returncode != int(code) or (message and not last.endswith(message)):
    sys.exit(f"exit code {process.returncode}, stderr {errors}")
