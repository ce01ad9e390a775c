"""Whether every relative link and picture of the Markdown files in a folder leads to a file, and
to a heading of it where it names one.

usage: check-links.py FOLDER
"""

import os
import re
import sys


def anchors(path):
    """Of its headings, as GitHub and others make them."""
    text = re.sub(r"^```.*?^```", "", open(path).read(), flags=re.M | re.S)
    for heading in re.findall(r"^#+ (.*)", text, re.M):
        heading = re.sub(r"[^\w\- ]", "", heading.lower())
        yield heading.strip().replace(" ", "-")


(folder,) = sys.argv[1:]
pages = [os.path.join(at, name) for at, _, names in os.walk(folder)
         for name in names if name.endswith(".md")]
links = wrong = 0
for page in pages:
    text = re.sub(r"^```.*?^```", "", open(page).read(), flags=re.M | re.S)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in found:
        if re.match(r"[a-z]+:", link):
            continue
        links += 1
        target, _, anchor = link.partition("#")
        path = os.path.join(os.path.dirname(page), target) if target else page
        if not os.path.exists(path) or (anchor and path.endswith(".md") and anchor not in anchors(path)):
            print(f"{page}: {link}")
            wrong += 1
print(f"{links} links in {len(pages)} pages")
sys.exit(wrong > 0 or links < 50)
