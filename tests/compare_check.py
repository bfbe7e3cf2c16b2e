#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""simulate compare, on a model whose numbers can be told by hand (tests/golden/compare): what is printed equals the
golden files, what is written to CSV and XLSX is what must come out, cell by cell; nothing in a cell can be taken for a
formula; and what cannot be compared is refused.

    compare_check.py PROGRAM
"""
import csv
import math
import pathlib
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree
import zipfile

import checking
from checking import check

FOLDER = pathlib.Path("tests/golden/compare")


def run(*arguments, code=0):
    return checking.run(program, "compare", *arguments, code=code, cwd=FOLDER)


def check_golden(name, *arguments, code=0):
    done = run(*arguments, "--no-files", code=code)
    checking.check_golden(FOLDER / f"{name}.expected", done.stdout + done.stderr)
    return done.stdout + done.stderr


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def check_columns(text):
    """Every row of a table ends its columns where the heading does: numbers are right-aligned, by terminal width."""
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("---"))
    check(width(lines[at - 1]) == len(lines[at]), "the rule is as wide as the Chinese heading")
    rows = []
    for line in lines[at + 1:]:
        if not line or line.startswith(("*", "另", "early")):
            break
        rows.append(line)
    check(len(rows) >= 4 and len({width(line) for line in rows}) == 1,
          f"rows of Chinese labels end in one column: {[width(r) for r in rows]}")


# ---- what must come out: water is 100 + the rate times the hours since it changed

TIMES = {"base": (0, 9, 20), "wide": (0, 9, 20), "early": (0, 6, 20)}


def water(scenario, time):
    return 100 + time + (max(0, time - 4) if scenario == "wide" else 0)


def check_csv(folder):
    rows = list(csv.DictReader(open(folder / "compare.csv", newline="")))
    check({r["variable"] for r in rows} >= {"water", "tap", "level", "split[left]"}, "compare.csv has all variables")
    mine = [r for r in rows if r["variable"] == "water"]
    check(len(mine) == 9, "compare.csv has a row for each moment and scenario")
    for r in mine:
        moment = ("Start 0", "Near 9", "Far 20").index(r["moment"])
        time = TIMES[r["scenario"]][moment]
        value, reference = water(r["scenario"], time), water("base", TIMES["base"][moment])
        share = 100 * (value - reference) / reference
        check(float(r["time"]) == time and abs(float(r["value"]) - value) < 1e-9,
              f"compare.csv: {r}: the value is {value} at {time}")
        check(abs(float(r["difference"]) - (value - reference)) < 1e-9,
              f"compare.csv: {r}: the difference is {value - reference}")
        check(abs(float(r["percent"]) - share) < 1e-9 and r["unit"] == "litre", f"compare.csv: {r}: {share} %")
    zero = [r for r in rows if r["variable"] == "excess" and r["moment"] == "Start 0"]
    check(zero and all(r["percent"] == "" for r in zero), "compare.csv: no per cent of zero")
    check({r["label"] for r in rows if r["variable"] == "level"} == {"'=1+1"},
          "compare.csv: a label that begins with = is protected")
    check({r["label"] for r in rows if r["variable"] == "tap"} == {"'+Tap"},
          "compare.csv: a label that begins with + is protected")
    judged = {r["variable"] for r in rows if r["label"].endswith(" *")}
    check(judged == {"excess"}, f"compare.csv: a star marks what is judged: {judged}")
    check_no_formula("compare.csv", csv.reader(open(folder / "compare.csv", newline="")))


def check_no_formula(name, rows):
    for row in rows:
        for cell in row:
            number = cell.lstrip("+-")[:1].isdigit()
            check(number or cell[:1] not in tuple("=+-@"), f"{name}: a spreadsheet would compute '{cell}'")


def check_turns(folder):
    rows = list(csv.DictReader(open(folder / "compare-turns.csv", newline="")))
    found = {}
    for r in rows:
        key = r["kind"], r["what"], r["moment"], r["scenario"]
        found[key] = float(r["value"]), float(r["bound"]), r["reached"]
    expected = {}
    for scenario in TIMES:
        near, far = (water(scenario, TIMES[scenario][i]) for i in (1, 2))
        said = lambda good: "yes" if good else "no"
        expected["benchmark", "'@plan, the first", "Near 9", scenario] = (near, 113, said(near >= 113))
        expected["target", "at least 112", "Near 9", scenario] = (near, 112, said(near >= 112))
        expected["target", "at most 125", "Far 20", scenario] = (far, 125, said(far <= 125))
    check(found == expected, f"compare-turns.csv: {found}, not {expected}")
    check_no_formula("compare-turns.csv", csv.reader(open(folder / "compare-turns.csv", newline="")))


# ---- the workbook, read as XML: a cell is text, a number, or a formula, and the last must not be

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_workbook(path, shares):
    """Cells by sheet and row; columns of cells that are shown in per cent are added to `shares`."""
    sheets = {}
    with zipfile.ZipFile(path) as book:
        parse = lambda name: xml.etree.ElementTree.fromstring(book.read(name))
        strings = ["".join(t.text or "" for t in s.iter(MAIN + "t")) for s in parse("xl/sharedStrings.xml")]
        styles = parse("xl/styles.xml")
        codes = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(MAIN + "numFmt")}
        formats = [codes.get(x.get("numFmtId")) for x in styles.find(MAIN + "cellXfs")]
        for i, sheet in enumerate(parse("xl/workbook.xml").iter(MAIN + "sheet")):
            rows = []
            for row in parse(f"xl/worksheets/sheet{i + 1}.xml").iter(MAIN + "row"):
                cells = {}
                for cell in row.iter(MAIN + "c"):
                    check(cell.find(MAIN + "f") is None, f"{path.name}: {cell.get('r')} is a formula")
                    column = cell.get("r").rstrip("0123456789")
                    value = cell.find(MAIN + "v")
                    if value is not None:
                        if formats[int(cell.get("s", 0))] == "0.0%":
                            shares.append(column)
                        cells[column] = strings[int(value.text)] if cell.get("t") == "s" else float(value.text)
                rows.append(cells)
            sheets[sheet.get("name")] = rows
    return sheets


def letter(n):
    return ("" if n < 26 else letter(n // 26 - 1)) + chr(ord("A") + n % 26)


def check_workbook(folder):
    shares = []
    sheets = read_workbook(folder / "compare.xlsx", shares)
    check(list(sheets) == ["Difference", "Target", "Scenario"], f"compare.xlsx has the sheets {list(sheets)}")
    rows = sheets["Difference"]
    head = [rows[0].get(letter(i)) for i in range(24)]
    check(head[:4] == ["Variable", "Name", "Unit", "Start 0: base"] and "Near 9: wide, Difference, %" in head,
          f"compare.xlsx: headings {head}")
    at = lambda row, title: row.get(letter(head.index(title)))
    level = next(r for r in rows if r.get("B") == "level")
    check(level["A"] == "'=1+1" and level["C"] == "litre", "compare.xlsx: a label that begins with = is protected")
    for moment, title in enumerate(("Start 0", "Near 9", "Far 20")):
        reference = water("base", TIMES["base"][moment])
        check(at(level, f"{title}: base") == reference, f"compare.xlsx: base at {title} is {reference}")
        for scenario in ("wide", "early"):
            value = water(scenario, TIMES[scenario][moment])
            cells = [at(level, f"{title}: {scenario}{part}") for part in ("", ", Difference", ", Difference, %")]
            expected = [value, value - reference, (value - reference) / reference]
            check(all(math.isclose(c, e, abs_tol=1e-9) for c, e in zip(cells, expected)),
                  f"compare.xlsx: {scenario} at {title}: {cells}, not {expected}")
    titles = {head[i] for i in range(24) if letter(i) in shares}
    check(titles == {h for h in head if h and h.endswith("%")}, f"compare.xlsx: shown in per cent: {sorted(titles)}")
    judged = [r.get("A") for r in rows if str(r.get("A")).endswith(" *")]
    check(judged == ["Excess *"] and sheets["Scenario"][-1].get("A") == "* an index made by judgement",
          f"compare.xlsx: {judged}")
    turns = sheets["Target"]
    expected = ["'=1+1", "'@plan, the first", "Near 9", 109, "missed", 114, "reached", 106, "missed"]
    check([turns[1].get(c) for c in "ABCDEFGHI"] == expected,
          f"compare.xlsx: turns {turns[1]}")
    names = sheets["Scenario"]
    check([names[3].get(c) for c in "ABCDE"] == ["The near phase ends early", "early", 0, 6, 20],
          f"compare.xlsx: scenarios {names[3]}")
    check(names[2].get("A") == '\'=HYPERLINK("http://x")', "compare.xlsx: a title that begins with = is protected")


def main():
    three = check_golden("three", "base.yaml", "wide.yaml", "early.yaml")
    check("early has other times of these moments: Near 9: 6" in three, "phases that end at other times are named")
    check_golden("gate", "base.yaml", "never.yaml", "cut.yaml")
    check_columns(check_golden("chinese", "base.yaml", "wide.yaml", "early.yaml", "--lang", "zh"))
    check_golden("chosen", "base.yaml", "wide.yaml", "--save", "tap,split,water")
    check_golden("alike", "base.yaml", "wide.yaml", "--set", "tap=3", "--save", "same")
    check_golden("one", "base.yaml", code=2)
    check_golden("models", "base.yaml", "foreign.yaml", code=1)
    check_golden("names", "base.yaml", "wide.yaml", "base.yaml", code=1)
    with tempfile.TemporaryDirectory() as name:
        folder, again = pathlib.Path(name) / "a", pathlib.Path(name) / "b"
        run("base.yaml", "wide.yaml", "early.yaml", "-o", folder, "--quiet")
        run("base.yaml", "wide.yaml", "early.yaml", "-o", again, "--quiet")
        check(sorted(p.name for p in folder.iterdir()) == ["compare-turns.csv", "compare.csv", "compare.xlsx"],
              "three files are written")
        for path in folder.iterdir():
            check(path.read_bytes() == (again / path.name).read_bytes(), f"{path.name} is the same again")
        check_csv(folder)
        check_turns(folder)
        check_workbook(folder)
        nothing = pathlib.Path(name) / "c"
        run("base.yaml", "foreign.yaml", "-o", nothing, code=1)
        check(not nothing.exists(), "nothing is written when scenarios are of different models")


program = str(pathlib.Path(sys.argv[1]).resolve())
main()
checking.finish("compare")
