#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""simulate doc, on a small model whose texts try to be HTML and Markdown (tests/golden/doc): both forms in both
languages equal the files that stand beside it, the style sheet left out; the HTML nests, runs nothing, and every link
of both forms leads somewhere. The same is asked of the Shanghai model, without its text.

    doc_check.py PROGRAM
"""
import html.parser
import pathlib
import re
import sys
import tempfile

import checking
from checking import check

HOLES = """{UTF-8}
side: left, right, middle ~~|
rest: right, middle ~~|
base[side] = 1, 2, 3 ~~|
first[side] :EXCEPT: [left] = base[side] * 2 ~~|
last[side] :EXCEPT: [middle] = -base[side] ~~|
level[rest] = INTEG(first[rest], 0) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 4 ~~|
TIME STEP = 1 ~~|
SAVEPER = 1 ~~|
"""
FOLDER = pathlib.Path("tests/golden/doc")
VOID = {"meta", "link", "br"}


def run(*arguments, code=0):
    return checking.run(program, *arguments, code=code)


class Page(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__()
        self.name, self.open, self.ids, self.links, self.tags, self.words = name, [], [], [], set(), []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.add(tag)
        check(not any(key.startswith("on") for key in values), f"{self.name}: <{tag}> has a handler")
        if tag not in VOID:
            self.open.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])

    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, f"{self.name}: </{tag}> closes another element")

    def handle_data(self, data):
        self.words.append(data)


def check_links(name, ids, links):
    check(len(ids) == len(set(ids)),
          f"{name}: ids that are given twice: {sorted({i for i in ids if ids.count(i) > 1})[:5]}")
    lost = sorted({link for link in links if link[0] != "#" or link[1:] not in set(ids)})
    check(links and not lost, f"{name}: links that lead nowhere: {lost[:5]}")


def check_html(name, text):
    page = Page(name)
    page.feed(text)
    page.close()
    check(not page.open, f"{name}: left open: {page.open}")
    check("script" not in page.tags and "img" not in page.tags and "b" not in page.tags,
          f"{name}: text became an element")
    check("default-src 'none'" in text and "script-src" not in text, f"{name}: the policy lets scripts run")
    check(not re.search(r'(src|href)="(?!#|data:,)', text), f"{name}: something is fetched from elsewhere")
    check_links(name, page.ids, page.links)
    return "".join(page.words)


def check_markdown(name, text):
    flow = re.sub(r"(?m)^    .*$", "", text)      # without indented code
    flow = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", flow)
    raw = set(re.findall(r"<[^>]*>", flow)) - set(re.findall(r'<a id="[A-Za-z0-9_.-]+">|</a>', flow))
    check(not raw, f"{name}: text became HTML: {sorted(raw)[:5]}")
    check("](javascript" not in flow.replace("\\](", ""), f"{name}: text became a link")
    check_links(name, re.findall(r'<a id="([^"]*)">', text), re.findall(r"(?<!\\)\]\((#[^)]*)\)", text))


def check_golden(ending, language):
    golden = FOLDER / f"town.{language}.{ending}"
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / f"doc.{ending}"
        run("doc", FOLDER, "-o", out, "--lang", language, "--quiet")
        text = out.read_text()
        run("doc", FOLDER / "model.yaml", "-o", out, "--lang", language, "--quiet")
        check(out.read_text() == text, f"{golden.name}: a folder and its model.yaml make two documents")
    words = check_html(golden.name, text) if ending == "html" else check_markdown(golden.name, text) or text
    for word in ("Town <script>", "R1", "census", "people[age] = start"):
        check(word in words.replace("&lt;", "<"), f"{golden.name} lacks '{word}'")
    text = re.sub(r"(?s)<style>.*</style>", "<style></style>", text)
    text = re.sub(r"simulate [0-9.]+", "simulate VERSION", text)
    checking.check_golden(golden, text)


def check_shanghai():
    names = set()
    for path in sorted(pathlib.Path("models/shanghai").glob("[0-9]*.yaml")):
        names |= set(re.findall(r"(?m)^  (\w+)(?:\[\w+\])?:", path.read_text()))
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "doc.html"
        run("doc", "models/shanghai", "-o", out, "--quiet")
        words = check_html("shanghai.html", out.read_text())
        ids = set(re.findall(r'id="([^"]*)"', out.read_text()))
        markdown = run("doc", "models/shanghai").stdout
    check_markdown("shanghai.md", markdown)
    check(len(names) > 700 and not [n for n in names if f"v-{n}" not in ids],
          f"shanghai.html lacks {[n for n in sorted(names) if f'v-{n}' not in ids][:5]}")
    for loop in [f"R{i}" for i in range(1, 12)] + [f"B{i}" for i in range(1, 15)]:
        check(f"l-{loop}" in ids, f"shanghai.html lacks loop {loop}")
    for word in ("探路者", "as printed", "calibrated on", "triangular", "recalled", "An index made by judgement"):
        check(word in words, f"shanghai.html lacks '{word}'")


def check_others():
    done = run("doc", FOLDER, "-o", "doc.pdf", code=2)
    check("'doc.pdf' is neither .md nor .html" in done.stderr, "another ending is refused")
    run("doc", code=2)
    run("doc", FOLDER / "none.yaml", code=4)
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model.yaml"
        source = "model: m\ntime: {unit: yr, start: 0, stop: 2, step: 1}\nunits: {yr: base}\n"
        model.write_text(source + "stocks: {x: {unit: 1, initial: 1, inflows: [f]}}\n"
                                  "flows: {f: {unit: 1/yr, equation: 1 / (0 * x) / one}}\n"
                                  "parameters: {one: {unit: yr, value: 1}}\n")
        done = run("doc", model)
        check("Signs of links could not be measured" in done.stdout, "a run that fails is told of, and no error")
        holes = pathlib.Path(folder) / "holes.mdl"
        holes.write_text(HOLES)
        text = run("doc", holes).stdout
        for variable, sign in (("first", "+"), ("last", "-")):
            entry = text[text.index(f"#### {variable}[side]"):]
            check(f"- Causes: [`base`](#v-base)\u00a0{sign}\n" in entry[:entry.index("<a id")],
                  f"an array with holes is documented, its links measured: {entry[:300]}")
        check("    time = 0: level[rest] = 0" in text, "a model without a unit of time has times")
        (pathlib.Path(folder) / "paper.yaml").write_text("paper: p\nmaps: {}\npassages: {a: {variables: [y]}}\n")
        run("doc", model, code=1)


program = sys.argv[1]
for ending in ("md", "html"):
    for language in ("en", "zh"):
        check_golden(ending, language)
check_shanghai()
check_others()
checking.finish("doc")
