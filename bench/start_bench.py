#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user waits for: runs, checks and tests from start to exit, and the stages of compilation, each beside its aim.

    start_bench.py PROGRAM [STAGES] [--quick] [--json FILE]

Wall times of whole processes, the median of repetitions taken in turn; processor time stands beside them, since a busy
machine stretches only the former. STAGES (bench/stages.c) times stages inside a process. The large Vensim model is
made here: 50,000 lines, 1.4 MB, 5,700 array elements. Aims hold for an idle machine with two cores. --quick runs each once.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS = 9

TEACUP = """{UTF-8}
Cooling Time = 10
	~	Minute
	~	The time in which the difference falls to 1/e.
	|
Heat Loss = (Teacup Temperature - Room Temperature) / Cooling Time
	~	Fahrenheit/Minute
	~	Heat goes where it is colder.
	|
Room Temperature = 70
	~	Fahrenheit
	~	A room in spring.
	|
Teacup Temperature = INTEG (-Heat Loss, 180)
	~	Fahrenheit
	~	A cup of fresh tea.
	|
FINAL TIME = 30 ~ Minute ~ |
INITIAL TIME = 0 ~ Minute ~ |
SAVEPER = TIME STEP ~ Minute ~ |
TIME STEP = 0.125 ~ Minute ~ |
\\\\\\---/// Sketch information - do not modify anything except names
V300  Do not put anything below this section - it will be ignored
*View 1
$192-192-192,0,Arial|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|72,72,100,0
10,1,Teacup Temperature,300,200,40,20,3,3,0,0,0,0,0,0
///---\\\\\\
"""


def entry(name, equation, unit, text=""):
    return f"{name}=\n\t{equation}\n\t~\t{unit}\n\t~\t{text}\n\t|\n\n"


def large_model(lines=50_000, regions=19, sectors=20, blocks=3):
    """Arrays of regions by sectors, five a block (5,700 elements), then scalars in chains of levels up to so many lines."""
    def subscripts(letter, count):
        return ", ".join(f"{letter}{i}" for i in range(1, count + 1))

    parts = [f"{{UTF-8}}\nRegion:\n\t{subscripts('R', regions)}\n\t~\t\n\t~\t\n\t|\n\n"
             f"Sector:\n\t{subscripts('S', sectors)}\n\t~\t\n\t~\t\n\t|\n\n"]
    both = "[Region,Sector]"
    for i in range(blocks):
        spread = f"SUM(Income {i - 1}[Region,Sector!]) / {sectors}" if i else f"Income {i}{both}"
        rows = [(f"Capital {i}{both}", f"INTEG (Investment {i}{both} - Wear {i}{both}, {100 + i})", "Yuan"),
                (f"Investment {i}{both}", f"Share {i}[Region] * (Income {i}{both} + {spread}) / 2", "Yuan/Year"),
                (f"Wear {i}{both}", f"Capital {i}{both} / Life {i}{both}", "Yuan/Year"),
                (f"Income {i}{both}", f"Capital {i}{both} * (1 + 0.1 * SIN(Time / Cycle)) / Payback", "Yuan/Year"),
                (f"Life {i}{both}", f"Payback + MIN(Cycle, Payback ^ 2 * Income {i}{both} / Capital {i}{both})", "Year"),
                (f"Share {i}[Region]", ", ".join(f"0.{20 + r}" for r in range(regions)), "Dmnl")]
        parts += [entry(*row, "investment and its wear by region and sector") for row in rows]
    tail = "".join(entry(*row, "Year") for row in (("Cycle", "5"), ("Payback", "3"), ("INITIAL TIME", "0"),
                                                   ("FINAL TIME", "10"), ("TIME STEP", "0.125"), ("SAVEPER", "1")))
    written, k = sum(p.count("\n") for p in parts) + tail.count("\n"), 0
    while written < lines - 36:
        stock = f"Level in the Chain {k}"
        before = f"Level in the Chain {k - 1}" if k else "5"
        rows = [(stock, f"INTEG (Inflow of Level {k} - Outflow of Level {k}, {k % 90 + 10})", "Thing"),
                (f"Inflow of Level {k}", f"MAX(0, Gap of Level {k}) / Delay of Level {k}", "Thing/Year"),
                (f"Outflow of Level {k}", f"{stock} / (4 * Delay of Level {k})", "Thing/Year"),
                (f"Gap of Level {k}", f"Goal of Level {k} - {stock} + 0.01 * {before}", "Thing"),
                (f"Goal of Level {k}", f"IF THEN ELSE(Time > {k % 9}, {k % 50 + 20}, 20)", "Thing"),
                (f"Delay of Level {k}", f"{k % 7 + 2}", "Year")]
        parts += [entry(*row, f"number {k} in a chain of levels, each of which follows a goal and the one before it") for row in rows]
        written, k = written + 36, k + 1
    return "".join(parts) + tail


class Clock:
    def __init__(self):
        self.wall, self.processor = {}, {}

    def run(self, name, command):
        start = time.perf_counter()
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{name}: exit code {process.returncode}")
        self.wall.setdefault(name, []).append(wall)
        self.processor.setdefault(name, []).append(usage.ru_utime + usage.ru_stime)


def report(name, seconds, aim, note=""):
    verdict = "ok" if seconds <= aim else "MISSED"
    print(f"  {name:44} {1e3 * aim:8.1f} {1e3 * seconds:10.2f} {seconds / aim:8.2f}  {verdict:7}{note}")


def stages_of(program, files):
    done = subprocess.run([program, *map(str, files)], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("stages", nargs="?", type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    arguments = parser.parse_args()
    program = arguments.program
    with tempfile.TemporaryDirectory() as folder:
        teacup, xmile, large = (pathlib.Path(folder) / n for n in ("teacup.mdl", "teacup.xmile", "large.mdl"))
        teacup.write_text(TEACUP, encoding="utf-8")
        large.write_text(large_model(), encoding="utf-8")
        subprocess.run([program, "export", "--xmile", ROOT / "models/teacup/model.yaml", "-o", xmile], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        out = ["--quiet", "-o", f"{folder}/out"]
        cases = [("start and exit (--version)", 0.005, ["--version"]),
                 ("simulate scenarios/base.yaml", 0.06, ["scenarios/base.yaml", *out]),
                 ("simulate test models/shanghai", 2, ["test", "models/shanghai"]),
                 ("simulate check teacup.mdl", 0.005, ["check", teacup]),
                 ("simulate check teacup.xmile", 0.005, ["check", xmile]),
                 ("simulate check large.mdl", 0.5, ["check", "--quiet", large])]
        clock = Clock()
        for i in range(1 if arguments.quick else ROUNDS):
            for name, aim, command in cases:
                if aim < 0.4 or i < 3:
                    clock.run(name, [program, *command])
        print(f"  {'ms, wall, median of runs in turn':44} {'aim':>8} {'measured':>10} {'of aim':>8}")
        for name, aim, _ in cases:
            processor = statistics.median(clock.processor[name])
            report(name, statistics.median(clock.wall[name]), aim, f"processor {1e3 * processor:.1f} ms")
        if arguments.stages:
            base, big = stages_of(arguments.stages, ["scenarios/base.yaml", large])
            report("units of Shanghai's model", base["units"] / 1e3, 0.01)
            report("large.mdl to its program", sum(big[s] for s in ("read", "check", "lower")) / 1e3, 0.5)
            for name, row in (("base.yaml", base), ("large.mdl", big)):
                print(f"  {name}: " + ", ".join(f"{s} {row[s]:.1f} ms" for s in ("read", "check", "lower")))
        text = large.read_text(encoding="utf-8")
        print(f"  large.mdl: {text.count(chr(10)):,} lines, {len(text) / 1e6:.2f} MB")
    if arguments.json:
        rows = [{"name": f"start {name}", "seconds": seconds} for name, seconds in clock.wall.items()]
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"benchmarks": rows}, file, indent=1)


if __name__ == "__main__":
    main()
