#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random models of Vensim against an interpreter of their equations that shares nothing with this program: arrays,
subranges, mappings, exceptions, sums over several ranges, lookups, delays, macros, in any order of equations. The
model's copies as our YAML and as XMILE must give the same numbers, or be refused for a reason.

    vensim_random.py SIMULATE [--seed N] [--count N] [--keep DIR]

A failure names its seed: `--seed N --count 1 --keep DIR` leaves the files in DIR.
"""
import argparse
import csv
import itertools
import math
import os
import pathlib
import random
import subprocess
import tempfile

from checking import check, failed, finish

STEP, STEPS = 0.5, 5
RANGES = {"A": ["a1", "a2", "a3", "a4"], "S": ["a2", "a3"], "L": ["a1", "a4"], "AA": ["a1", "a2", "a3", "a4"],
          "B": ["b1", "b2"], "M": ["m1", "m2", "m3", "m4"], "C": ["c1", "c2", "c3"]}
WHOLE = {"A": "A", "S": "A", "L": "A", "AA": "A", "B": "B", "M": "M", "C": "C"}
POINTS = {"a1": [(0, 0), (1, 5)], "a2": [(-2, 1), (0, 4), (3, -1)], "a3": [(0, 2)], "a4": [(-5, -5), (5, 5)]}
HEAD = """{UTF-8}
:MACRO: LAGGED(x, tau)
LAGGED = lev * 2 + x * 0.1 ~~|
lev = INTEG((x - lev) / tau, x * 0.5) ~~|
:END OF MACRO:
A: (a1-a4) ~~|
S: a2, a3 ~~|
L: a1, a4 ~~|
AA <-> A ~~|
B: b1, b2 ~~|
M: m1, m2, m3, m4 -> A ~~|
C: c1, c2,
\tc3 ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 2 ~~|
TIME STEP = 0.5 ~~|
SAVEPER = TIME STEP ~~|
""" + "".join(f"curve[{e}]({', '.join(f'({x},{y})' for x, y in p)}) ~~|\n" for e, p in POINTS.items())


def curve(element, x):
    points = POINTS[element]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x <= x1:
            return y0 if x <= x0 else y0 + (x - x0) * (y1 - y0) / (x1 - x0)
    return points[-1][1]


def mix(state, x, time):
    return state + STEP * (x - state) / time


# ---- what a variable remembers: text around its input, state at the start, state a step later, value

def chain(state, x):
    return tuple(mix(s, i, 1) for s, i in zip(state, (x, *state)))


def smooth(state, x):
    return mix(state, x, 2)


MEMORIES = {
    "stock": ("INTEG(MIN(5, MAX(-5, {})), 3)", lambda x: 3.0, lambda s, x: s + STEP * min(5, max(-5, x)), None),
    "smooth": ("SMOOTH({}, 2)", lambda x: x(), smooth, None),
    "smoothi": ("SMOOTHI({}, 2, 3)", lambda x: 3.0, smooth, None),
    "delay": ("DELAY1({}, 2)", lambda x: x(), smooth, None),
    "delay3": ("DELAY3({}, 3)", lambda x: (x(),) * 3, chain, lambda s, x: s[2]),
    "fixed": ("DELAY FIXED({}, 2, 4)", lambda x: (4.0,) * 4, lambda s, x: (*s[1:], x), lambda s, x: s[0]),
    "initial": ("INITIAL({})", lambda x: x(), lambda s, x: s, None),
    "macro": ("LAGGED({}, 2)", lambda x: x() * 0.5, smooth, lambda s, x: s * 2 + x() * 0.1),
    "inside": ("2 * SMOOTH({}, 2) - 1", lambda x: x(), smooth, lambda s, x: 2 * s - 1),
}

# ---- expressions: pairs of a text and a function of where = {range: element}, values and the time

TWO = [("({} + {})", lambda x, y: x + y), ("({} - {})", lambda x, y: x - y), ("({} * {})", lambda x, y: x * y),
       ("MIN({}, {})", min), ("MAX({}, {})", max),
       ("ZIDZ({}, {})", lambda x, y: x / y if abs(y) >= 1e-6 else 0),
       ("XIDZ({}, {}, 2)", lambda x, y: x / y if abs(y) >= 1e-6 else 2),
       ("IF THEN ELSE({} > 1 :AND: :NOT: {} <= 2, 3, -1)", lambda x, y: 3 if x > 1 and not y <= 2 else -1)]
ONE = [("QUANTUM({}, 2)", lambda x: 2 * math.trunc(x / 2)), ("MODULO({}, 3)", lambda x: math.fmod(x, 3)),
       ("ABS({})", abs), ("(-{})", lambda x: -x), ("INTEGER({})", math.trunc)]
AT_TIME = [("Time", lambda t: t), ("STEP(2, 0.3)", lambda t: 2 if t + STEP / 2 > 0.3 else 0),
           ("PULSE(0.6, 0.8)", lambda t: 1 if 0.6 < t + STEP / 2 < 0.6 + 0.8 else 0),
           ("RAMP(2, 0.7, 1.5)", lambda t: max(0, 2 * (min(t, 1.5) - 0.7)))]


class Model:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.variables, self.equations = [], []
        names = ["v%d", "Big thing %d", "net rate %d", '"x-y %d"', "sum of %d"]
        shapes = [[], ["A"], ["B"], ["A", "B"], ["B", "A"], ["M"], ["C", "A"], ["A", "B", "C"]]
        for i in range(self.random.randint(8, 16)):
            memory = "stock" if i < 2 else self.random.choice([None, None, None, *MEMORIES])
            self.variables.append({"name": self.random.choice(names) % i, "shape": self.random.choice(shapes),
                                   "memory": memory, "number": i})
        for v in self.variables:
            stocks = [x for x in self.variables if x["memory"] == "stock"]
            seen = self.variables if v["memory"] == "stock" else self.variables[:v["number"]] + stocks
            v["parts"] = [self.part(v, subscripts, but, seen) for subscripts, but in self.division(v["shape"])]
        self.random.shuffle(self.equations)

    def part(self, v, subscripts, but, seen):
        text, function = self.expression([s for s in subscripts if s in RANGES], [], 3, seen)
        around = MEMORIES[v["memory"]][0] if v["memory"] else "{}"
        left = v["name"] + (f"[{', '.join(subscripts)}]" if subscripts else "") + but
        self.equations.append(f"{left} = {around.format(text)} ~~|")
        return subscripts, function

    def division(self, shape):
        """Left sides that cover the variable together; where two give an element, the later one does."""
        if "A" not in shape or self.random.random() < 0.5:
            return [(shape, "")]
        def put(x):
            return [x if s == "A" else s for s in shape]
        but = f" :EXCEPT: [{', '.join(put('S'))}]"
        return self.random.choice([[(put("S"), ""), (put("a1"), ""), (put("a4"), "")], [(put("S"), ""), (put("L"), "")],
                                   [(shape, but), (put("S"), "")]])

    def expression(self, ranges, bound, depth, seen):
        choose = self.random.choice
        kind = choose(["name"] * 3 if depth <= 0 else ["name"] * 3 + ["two"] * 4 + ["one", "if", "curve", "sum", "sum"])
        if kind == "name":
            return self.name(ranges, bound, seen) if self.random.random() < 0.7 else self.leaf(ranges)
        def inner():
            return self.expression(ranges, bound, depth - 1, seen)
        x = inner()
        if kind == "two":
            y, (text, f) = inner(), choose(TWO)
            return text.format(x[0], y[0]), lambda w: f(x[1](w), y[1](w))
        if kind == "one":
            text, f = choose(ONE)
            return text.format(x[0]), lambda w: f(x[1](w))
        if kind == "if":
            y, z = inner(), inner()
            return f"IF THEN ELSE({x[0]} > 1, {y[0]}, {z[0]})", lambda w: y[1](w) if x[1](w) > 1 else z[1](w)
        if kind == "curve":
            of = choose([r for r in ranges if WHOLE[r] == "A"] + ["a1", "a3"])
            return f"curve[{of}]({x[0]})", lambda w: curve(w.get(of, of), x[1](w))
        return x if bound else self.reduction(ranges, depth, seen)

    def leaf(self, ranges):
        c, (text, f), r = self.random.choice([0, 1, 2, 0.5, 3.25, 10]), self.random.choice(AT_TIME), ranges[:1]
        number = (r[0], lambda w: RANGES[WHOLE[r[0]]].index(w[r[0]]) + 1) if r else (str(c), lambda w: c)
        return self.random.choice([(str(c), lambda w: c), (text, lambda w: f(w["time"])), number])

    def name(self, ranges, bound, seen):
        v = self.random.choice(seen) if seen else None
        if not v:
            return "2", lambda w: 2
        picks = [self.subscript(d, ranges, bound) for d in v["shape"]]
        text = v["name"] + (f"[{', '.join(p[0] for p in picks)}]" if picks else "")
        return text, lambda w: w["value"](v, tuple(p[1](w) for p in picks))

    def subscript(self, whole, ranges, bound):
        picks = [(r, lambda w, r=r: w[r]) for r in ranges if WHOLE[r] == whole]
        picks += [(f"{r}!", lambda w, r=r: w[f"{r}!"]) for r in bound if WHOLE[r] == whole] * 2
        if whole == "M" and "A" in ranges:
            picks.append(("M", lambda w: "m" + w["A"][1:]))
        element = self.random.choice(RANGES[whole])
        return self.random.choice(picks + [(element, lambda w: element)])

    def reduction(self, ranges, depth, seen):
        over = self.random.choice([["A"], ["S"], ["B"], ["AA"], ["C"], ["M"], ["A", "B"], ["S", "C"]])
        text, f = self.expression(ranges, over, depth - 1, seen)
        used = [r for r in over if f"{r}!" in text]
        word, join = self.random.choice([("SUM", sum), ("VMAX", max), ("VMIN", min)])
        if not used:
            return text, f
        def value(w):
            places = itertools.product(*(RANGES[r] for r in used))
            return join([f({**w, **{f"{r}!": e for r, e in zip(used, place)}}) for place in places])
        return f"{word}({text})", value

    # ---- the interpreter

    def run(self):
        """[{(variable's number, elements): value}], one for each time."""
        states, rows = {}, []
        for k in range(STEPS):
            row = {}
            def value(v, place):
                key = v["number"], place
                if key not in row:
                    row[key] = self.value(v, place, states, lambda: self.given(v, place, value, k * STEP))
                return row[key]
            everything = [(v, p) for v in self.variables for p in itertools.product(*(RANGES[s] for s in v["shape"]))]
            for v, place in everything:
                value(v, place)
            rows.append(row)
            states = {(v["number"], p): MEMORIES[v["memory"]][2](states[v["number"], p],
                                                                 self.given(v, p, value, k * STEP))
                      for v, p in everything if v["memory"]}
        return rows

    @staticmethod
    def value(v, place, states, given):
        if not v["memory"]:
            return given()
        _, start, _, show = MEMORIES[v["memory"]]
        key = v["number"], place
        if key not in states:
            states[key] = start(given)
        return show(states[key], given) if show else states[key]

    @staticmethod
    def given(v, place, value, time):
        for subscripts, f in reversed(v["parts"]):
            if all(e in RANGES.get(s, [s]) for s, e in zip(subscripts, place)):
                where = {s: e for s, e in zip(subscripts, place) if s in RANGES}
                return f({**where, "value": value, "time": time})
        raise AssertionError("no part of the variable has this element")


# ---- comparing

def call(arguments):
    return subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=120, check=False)


def plain(name):
    return name.replace('"', "").replace("_", " ").replace(", ", ",").lower()


def table(program, model, out):
    done = call([program, model, "-q", "--save", "all", "--units", "warn", "-o", out])
    if done.returncode:
        return None, done.stderr[:800]
    with open(out / "run.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {plain(c[0]): [float(x) for x in c[1:]] for c in zip(*rows)}, None


def close(a, b):
    return abs(a - b) <= 1e-8 * (1 + abs(b)) or abs(b) > 1e12


def check_seed(program, seed, folder):
    model = Model(seed)
    file = folder / "model.mdl"
    file.write_text(HEAD + "\n".join(model.equations) + "\n", encoding="utf-8")
    found, why = table(program, file, folder / "a")
    check(found, f"seed {seed}: {why}")
    if not found:
        return
    for k, row in enumerate(model.run()):
        for (number, place), right in row.items():
            name = plain(model.variables[number]["name"] + (f"[{','.join(place)}]" if place else ""))
            x = found.get(name, [math.nan] * STEPS)[k]
            check(close(x, right), f"seed {seed}: {name} at {k * STEP} is {x}, not {right}")
    check_copy(program, seed, found, [program, "import", file, "-o", folder / "copy"], folder / "copy" / "model.yaml")
    check_copy(program, seed, found, [program, "export", "--xmile", file, "-o", folder / "copy.xmile"],
               folder / "copy.xmile")


def check_copy(program, seed, found, arguments, copy):
    done = call(arguments)
    if done.returncode:
        check("has no words for" in done.stderr, f"seed {seed}: {done.stderr[:500]}")
        return
    again, why = table(program, copy, copy.parent / "again")
    check(again, f"seed {seed}, {copy.name}: {why}")
    for name, values in found.items() if again else []:
        check(again.get(name) == values, f"seed {seed}, {copy.name}: {name} is {again.get(name)}, not {values}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    for seed in range(options.seed, options.seed + options.count):
        if len(failed) > 10:
            break
        with tempfile.TemporaryDirectory() as folder:
            place = options.keep or pathlib.Path(folder)
            place.mkdir(exist_ok=True)
            check_seed(options.program, seed, place)
    finish("random models of Vensim")


main()
