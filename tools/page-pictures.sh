#!/usr/bin/env bash
# Makes the pictures of the page in python-free-docs/images, with the bundled model.
# Needs what tools/test.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/build/bin:$PATH
exec bash test/Server/Inputs/serve.sh --alias bard --chat-template test/Server/Inputs/chatml.jinja -- \
  node test/Server/Inputs/page.mjs "$PWD/build/test/npm" python-free-docs/images
