#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every model that runs gives the same bits after `simulate import` (as our YAML) and after `simulate export --xmile`:
our own models and scenarios, the fuzzers' small .mdl files, and the field's suites where they are. Every saved column is
compared, as text. What a format cannot say must be an error that names it: those are counted by reason, not passed over.

    round_trip.py SIMULATE [--root DIR] [--only TEXT] [--by import|export] [--quiet]

DIR (default ../shared beside the source tree) holds test-models and sde-models; without it our own models run alone.
Exit code 1 when a copy runs with other numbers, does not run, or is refused without a known reason.
"""
import argparse
import collections
import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
FOREIGN = {".mdl", ".xmile", ".stmx"}
# Draws follow from names, and XMILE's have no blanks: hidden ones of an .mdl are others there.
OTHER_DRAWS = ("draws.mdl",)
SAYS_WHY = ("XMILE has no words for", "YAML has no words for", "cannot be said in YAML")


def call(arguments, timeout=120):
    try:
        return subprocess.run(arguments, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return None


def results(simulate, model, out, flags):
    """The columns of a run, as text; None and the first error when there is none."""
    done = call([simulate, "run", "-q", "--save", "all", "-o", str(out), *flags, str(model)])
    if done is None:
        return None, "timeout"
    files = list(out.rglob("run.csv"))
    if done.returncode or not files:
        return None, first_error(done.stderr)
    with open(files[0], newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {column[0]: column[1:] for column in zip(*rows)}, None


def first_error(text):
    lines = [line for line in text.splitlines() if "error: " in line] or text.splitlines() or ["no message"]
    return re.sub(r"^.*?error: ", "", lines[0])


def folded(name):
    return re.sub(r"[\s_]+", "_", name.strip().lower().replace('"', ""))


def differs(original, copy):
    """None, or the first column that is missing or other."""
    theirs = {folded(name): values for name, values in copy.items()}
    for name, values in original.items():
        if folded(name) not in theirs:
            return f"{name} is missing"
        other = theirs[folded(name)]
        if len(other) != len(values):
            return f"{name} has {len(other)} values, not {len(values)}"
        for row, (a, b) in enumerate(zip(values, other)):
            if a != b and float(a) != float(b) and not (a != a and b != b):
                return f"{name} at row {row + 1}: {a}, copy {b}"
    return None


def convert(simulate, way, model, folder):
    """The copy of a model, or the reason why there is none."""
    if way == "import":
        done, copy = call([simulate, "import", "-o", str(folder / "copy"), str(model)]), folder / "copy" / "model.yaml"
        made = folder / "copy"
        scenarios = [p for p in made.glob("*.yaml") if re.search(r"^scenario:", p.read_text(encoding="utf-8"), re.M)]
        copy = scenarios[0] if scenarios else copy
    else:
        copy = folder / "copy.xmile"
        done = call([simulate, "export", "--xmile", "-o", str(copy), str(model)])
    if done is None:
        return None, "timeout"
    return (copy, None) if done.returncode == 0 else (None, first_error(done.stderr))


def check(simulate, way, model):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        original, why = results(simulate, model, folder / "a", [])
        if original is None:
            return "none", why
        copy, why = convert(simulate, way, model, folder)
        if copy is None:
            return ("said" if any(text in why for text in SAYS_WHY) else "fail"), why
        again, why = results(simulate, copy, folder / "b", ["--units", "warn"])
        if again is None:
            return "fail", f"the copy does not run: {why}"
        why = differs(original, again)
        return ("fail", why) if why else ("same", None)


def models(root):
    yield from sorted(TOP.glob("models/*/model.yaml"))
    yield from sorted(TOP.glob("scenarios/*.yaml"))
    yield from sorted(HERE.glob("fuzz/corpus/mdl/*.mdl"))
    yield from sorted(TOP.glob("tests/vensim/*/model.mdl"))
    for part in ("test-models/tests", "test-models/samples", "sde-models"):
        for path in sorted((root / part).rglob("*")):
            if path.suffix.lower() in FOREIGN and path.is_file():
                yield path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("simulate")
    parser.add_argument("--root", default=str(TOP.parent / "shared"))
    parser.add_argument("--only", default="")
    parser.add_argument("--by", default="", choices=["", "import", "export"])
    parser.add_argument("--quiet", action="store_true", help="failures only")
    options = parser.parse_args()
    simulate, failed = os.path.abspath(options.simulate), False
    counts = {way: collections.Counter() for way in ("import", "export")}
    for model in models(pathlib.Path(options.root)):
        for way in counts:
            own = model.suffix == ".yaml"
            if way == "export" and model.name in OTHER_DRAWS:
                continue
            if options.only not in str(model) or options.by not in ("", way) or (own and way == "import" and "scenarios" in model.parts):
                continue
            result, why = check(simulate, way, model)
            counts[way][result] += 1
            failed = failed or result == "fail"
            if result == "fail" or not options.quiet:
                print(f"{result:<5}{way:<7}{os.path.relpath(model, TOP.parent)}  {why or ''}".rstrip(), flush=True)
    for way, c in counts.items():
        print(f"{way}: {c['same']} the same bits, {c['said']} refused with the reason, {c['fail']} failed, "
              f"{c['none']} that do not run themselves")
    return 1 if failed else 0


sys.exit(main())
