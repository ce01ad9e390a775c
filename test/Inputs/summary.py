"""Counts the tests of a run in one plain line, from lit's report in XML (its
report in JSON leaves out unit tests that were skipped)."""

import sys
import xml.etree.ElementTree

tests = list(xml.etree.ElementTree.parse(sys.argv[1]).iter("testcase"))
failed = sum(test.find("failure") is not None for test in tests)
skipped = sum(test.find("skipped") is not None for test in tests)
print(f"{len(tests) - failed - skipped} passed, {failed} failed, {skipped} skipped")
