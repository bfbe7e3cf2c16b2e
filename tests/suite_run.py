#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the field's models (SDXorg/test-models, SDEverywhere) through `simulate` and compares with their reference
output: within 2 units of the last printed digit, or 1e-5 of the column's largest magnitude (the references are single
precision). Each that runs is imported to YAML as well, which must give the same bits. Prints one line a case and a
table of passes by kind.

    suite_run.py SIMULATE [--root DIR] [--only TEXT] [--kind mdl|xmile|stmx] [--no-import] [--quiet]

DIR (default ../shared beside the source tree) holds test-models and sde-models; without it the exit code is 77. A case
named in tests/suite_known.txt, with the defect of its file, counts as explained; any other failure gives exit code 1.
"""
import argparse
import csv
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {".mdl": "mdl", ".xmile": "xmile", ".stmx": "stmx"}


def key(name):
    """Names are alike in any case, with any blanks, quoted or not; subscripts likewise."""
    name = name.strip().replace('\\"', '"').replace("\\n", " ")
    name = re.sub(r'"', "", name).replace("_", " ").replace("\\", " ")
    name = re.sub(r"\s+", " ", name).strip().lower()
    return re.sub(r"\s*([\[\],])\s*", r"\1", name)


def number(text):
    text = text.strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def unit(text):
    """The value of the last printed digit."""
    match = re.match(r"[-+]?(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$", text.strip())
    if not match:
        return 0.0
    return 10.0 ** (int(match[3] or 0) - len(match[2] or ""))


def read_table(path):
    """A reference output: {name: [(time, value, last digit)]}."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if path.suffix == ".dat":
        return read_dat(text)
    delimiter = "\t" if path.suffix == ".tab" else ","
    rows = [r for r in csv.reader(text.split("\n"), delimiter=delimiter) if r]
    head, columns, times = rows[0], {}, []
    if number(head[1]) is not None:  # one variable a row
        rows = [list(r) for r in zip(*rows)]
        head = rows[0]
    for i, name in enumerate(head[1:], 1):
        points = columns.setdefault(key(name), [])
        for row in rows[1:]:
            time = number(row[0])
            value = number(row[i]) if i < len(row) else None
            if time is not None and value is not None:
                points.append((time, value, unit(row[i]), unit(row[0])))
    return columns


def read_dat(text):
    columns, points = {}, []
    for line in text.split("\n"):
        cells = line.split("\t")
        if len(cells) == 1 and line.strip():
            points = columns.setdefault(key(line), [])
        elif len(cells) >= 2 and number(cells[0]) is not None and number(cells[1]) is not None:
            points.append((number(cells[0]), number(cells[1]), unit(cells[1]), unit(cells[0])))
    return columns


def read_run(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    head = [key(name[1:] if name.startswith("'") else name) for name in rows[0]]
    return {name: [(float(r[0]), float(r[i])) for r in rows[1:]] for i, name in enumerate(head)}


def value_at(points, time, digit):
    """The value at a time that is printed with few digits."""
    best = min(points, key=lambda p: abs(p[0] - time))
    return best[1] if abs(best[0] - time) <= max(digit, 1e-6 * max(1.0, abs(time))) else None


CONTROLS = {"initial time", "final time", "time step", "saveper"}  # of Vensim; other formats have no such variables


def compare(reference, run, controls):
    """None, or what differs first."""
    missing, compared = [], 0
    for name, points in reference.items():
        if name in ("time", "") or name.startswith("#") or not points:  # "#" begins Vensim's own helpers
            continue
        if name not in run and name in CONTROLS and not controls:
            continue
        if name not in run:
            missing.append(name)
            continue
        scale = max(abs(p[1]) for p in points)
        lookup = {round(t, 9): v for t, v in run[name]}
        for time, value, digit, time_digit in points:
            ours = lookup.get(round(time, 9))
            if ours is None:
                ours = value_at(run[name], time, time_digit)
            if ours is None:
                return f"{name}: no value at time {time:g}"
            compared += 1
            if not abs(ours - value) <= max(2 * digit, 1e-5 * scale, 1e-12):
                return f"{name} at {time:g}: {ours:.9g}, reference {value:.9g}"
    if missing:
        return f"not saved: {', '.join(missing[:4])}" + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    return None if compared else "nothing to compare"


def reference_of(model):
    """The reference output beside a model."""
    own = [f"{model.stem}.dat", f"{model.stem}.tab", f"{model.stem}.csv"]
    names = ["output.tab", "output.csv"] + own
    if model.suffix.lower() != ".mdl":  # what Stella made of it, before what Vensim did
        own.reverse()
        names = ["output_stella.csv", "output.tab", "output.csv"] + own
    for name in names:
        if (model.parent / name).exists():
            return model.parent / name
    return None


def simulate_file(simulate, model, out):
    """(what a run saved, None) or (None, what went wrong)."""
    try:
        done = subprocess.run([simulate, "run", "-q", "--save", "all", "-o", str(out), str(model)], capture_output=True,
                              text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None, "timeout"
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines() or ["?"]
        return None, f"exit {done.returncode}: " + errors[0].replace(str(model.parent) + "/", "")
    files = list(out.rglob("run.csv"))
    return (read_run(files[0]), None) if files else (None, "no run.csv")


def run_case(simulate, model, reference, folder):
    run, why = simulate_file(simulate, model, pathlib.Path(folder) / "out")
    return why or compare(read_table(reference), run, model.suffix.lower() == ".mdl")


def round_trip(simulate, model, folder):
    """None, or how the model differs after `simulate import`: it must give the same bits."""
    copy = pathlib.Path(folder) / "copy"
    done = subprocess.run([simulate, "import", "-q", str(model), "-o", str(copy)], capture_output=True, text=True,
                          timeout=60)
    if done.returncode:
        return "import: " + (done.stderr.splitlines() or ["?"])[0]
    before, why = simulate_file(simulate, model, pathlib.Path(folder) / "before")
    after, why_after = simulate_file(simulate, copy / "model.yaml", pathlib.Path(folder) / "after")
    if why or why_after:
        return "import: " + (why or why_after)
    if before.keys() != after.keys():
        return f"import: other columns: {', '.join(sorted(before.keys() ^ after.keys())[:4])}"
    for name, points in before.items():
        if points != after[name] and repr(points) != repr(after[name]):  # NaN is NaN
            return f"import: {name} has other bits"
    return None


def known_defects():
    path = HERE / "suite_known.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    return {name: why for name, why in pairs}


def find_cases(root):
    for part in ("test-models/tests", "test-models/samples", "sde-models"):
        for path in sorted((root / part).rglob("*")):
            if path.suffix.lower() in KINDS and path.is_file():
                yield path


def show_table(counts):
    print(f"\n{'kind':<8}{'passed':>8}{'of':>6}{'file defects':>14}{'failed':>8}{'no reference':>14}")
    for kind in KINDS.values():
        c = counts[kind]
        print(f"{kind:<8}{c['pass']:>8}{c['pass'] + c['known'] + c['fail']:>6}{c['known']:>14}{c['fail']:>8}{c['none']:>14}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("simulate")
    parser.add_argument("--root", default=str(HERE.parent.parent / "shared"))
    parser.add_argument("--only", default="")
    parser.add_argument("--kind", default="")
    parser.add_argument("--no-import", action="store_true", help="without the round trip through YAML")
    parser.add_argument("--quiet", action="store_true", help="failures only")
    options = parser.parse_args()
    root = pathlib.Path(options.root)
    if not (root / "test-models").is_dir():
        print(f"skipped: {root} does not hold the field's test models")
        return 77
    known = known_defects()
    counts = {kind: dict.fromkeys(("pass", "fail", "known", "none"), 0) for kind in KINDS.values()}
    for model in find_cases(root):
        kind = KINDS[model.suffix.lower()]
        name = model.relative_to(root).as_posix()
        if options.only not in name or options.kind not in ("", kind):
            continue
        reference = reference_of(model)
        if not reference:
            counts[kind]["none"] += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            why = run_case(os.path.abspath(options.simulate), model, reference, folder)
            result = "pass" if why is None else "known" if name in known else "fail"
            if not options.no_import and (why is None or not why.startswith("exit")):
                changed = round_trip(os.path.abspath(options.simulate), model, folder)
                why, result = (changed, "fail") if changed else (why, result)
        counts[kind][result] += 1
        text = {"pass": "", "known": f"{known.get(name)} ({why})", "fail": why}[result]
        if result == "fail" or not options.quiet:
            print(f"{result:<6}{name}  {text or ''}".rstrip())
    show_table(counts)
    return 1 if any(c["fail"] for c in counts.values()) else 0


sys.exit(main())
