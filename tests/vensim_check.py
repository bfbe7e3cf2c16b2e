#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole models of Vensim give the numbers that were computed without this program: tests/vensim holds a folder for each,
with model.mdl, data that it reads, and output.csv, some of its variables at some times, as a few lines of Python found
them by integrating the same equations. An empty cell asks for nothing. (round_trip.py runs their copies.)

    vensim_check.py SIMULATE
"""
import csv
import pathlib
import sys
import tempfile

from checking import check, finish, run

MODELS = pathlib.Path(__file__).resolve().parent / "vensim"


def columns(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    times = [float(row[0]) for row in rows[1:]]
    return {name: dict(zip(times, (row[i] for row in rows[1:]))) for i, name in enumerate(rows[0]) if i}


def value_at(column, time):
    return next((float(x) for t, x in column.items() if abs(t - time) < 1e-9), None)


def check_model(program, folder):
    with tempfile.TemporaryDirectory() as out:
        run(program, folder / "model.mdl", "-q", "--save", "all", "-o", out)
        found = pathlib.Path(out) / "run.csv"
        found = columns(found) if found.exists() else {}
    for name, wanted in columns(folder / "output.csv").items():
        check(name in found, f"{folder.name}: {name} is missing")
        for time, right in wanted.items():
            if not right or name not in found:
                continue
            x = value_at(found[name], time)
            good = x is not None and abs(x - float(right)) <= 1e-9 * (1 + abs(float(right)))
            check(good, f"{folder.name}: {name} at {time:g} is {x}, not {right}")


folders = sorted(MODELS.iterdir())
check(len(folders) > 0, f"{MODELS} is empty")
for model in folders:
    check_model(sys.argv[1], model)
finish("models of Vensim")
