# -*- Python -*-
# Unit tests: GoogleTest programs whose name ends in Tests.

import os

import lit.formats

config.name = "ignis-Unit"
config.suffixes = []
config.test_exec_root = os.path.join(config.ignis_obj_root, "test", "Unit")
config.test_source_root = config.test_exec_root
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.environment["IGNIS_SHARED_DIR"] = config.ignis_shared_dir
config.environment.pop("IGNIS_ISA", None)
