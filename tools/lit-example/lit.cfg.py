# -*- Python -*-
# A test suite of one's own against ignis: copy this folder, add .mlir files, run
#
#     lit -v FOLDER
#
# ignis-opt and the other programs are taken from the tree this file was
# installed in or, where it was copied elsewhere, from PATH; FileCheck from
# LLVM 22's folder.

import os

import lit.formats

config.name = "ignis-example"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = lit_config.params.get(
    "exec_root", os.path.join(config.test_source_root, "Output")
)

installed = os.path.normpath(os.path.join(config.test_source_root, "../../../bin"))
folders = [installed, "/usr/lib/llvm-22/bin", os.environ.get("PATH", "")]
config.environment["PATH"] = os.pathsep.join(folders)
