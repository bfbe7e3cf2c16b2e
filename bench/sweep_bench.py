#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast sweeps are: members a second, seconds by stage, the whole against pure integration, threads, ranks, peak
memory, instructions. Answers are checked before anything is timed. Ratios compare runs of this one call, taken in turn.

    sweep_bench.py PROGRAM [MPI_PROGRAM] [--quick] [--json FILE]

FILE is for bench/compare. Aims stand beside the ratios; they hold for an idle machine with two cores.
"""
import csv
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAIRS = 5


class Bench:
    def __init__(self, program, mpi, quick):
        self.program, self.mpi, self.quick = program, mpi, quick
        self.results = []

    def sweep(self, case, members, *more, threads=1, launcher=None):
        """Runs one sweep: what run-info.json says, and the peak memory in MiB."""
        shutil.rmtree("out", ignore_errors=True)
        command = [*(launcher or [self.program]), "sweep", str(case["scenario"]), "-o", "out", "-q", "--members",
                   str(members), "--threads", str(threads), *case.get("options", []), *more]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        message = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: {message.decode()}")
        info = json.load(open("out/run-info.json"))
        stages = info["sweep"]["thread_seconds"]
        write = info["sweep"]["write_seconds"]
        return {"wall": info["run_seconds"], "write": write, "peak": usage.ru_maxrss / 1024, **stages}

    def instructions(self, case, members):
        """Instructions in user space, counted by the processor, else by callgrind (which knows no AVX-512)."""
        arguments = [self.program, "sweep", str(case["scenario"]), "-o", "out", "-q", "--members", str(members),
                     "--threads", "1", *case.get("options", [])]
        for command, environment in ((["perf", "stat", "-x,", "-e", "instructions:u"], {}),
                                     (["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"],
                                      {"SIMULATE_KERNEL": "avx2"})):
            if not shutil.which(command[0]):
                continue
            shutil.rmtree("out", ignore_errors=True)
            done = subprocess.run([*command, *arguments], capture_output=True, text=True,
                                  env={**os.environ, **environment})
            for line in done.stderr.splitlines():
                if "instructions" in line and line.split(",")[0].isdigit():
                    return int(line.split(",")[0])
                if "Collected :" in line:
                    return int(line.split(":")[1])
        return None


def check_answers(bench, cases):
    """The teacup's median against its formula, and the same bytes on one and two threads for all."""
    for case in cases:
        files = []
        for threads in (1, 2):
            bench.sweep(case, 500, threads=threads)
            files.append(pathlib.Path("out/sweep.csv").read_bytes())
        if files[0] != files[1]:
            raise SystemExit(f"{case['name']}: other results on two threads: nothing is timed")
    bench.sweep(cases[0], 4096, "--set", "room=70", "--sampling", "sobol")
    rows = csv.DictReader(open("out/sweep.csv"))
    found = next(float(r["value"]) for r in rows
                 if r["variable"] == "temperature" and float(r["time"]) == 10 and r["statistic"] == "q50")
    median = 13 - math.sqrt(0.5 * (13 - 8) * (13 - 10))  # of the triangular prior [8, 10, 13]
    true = 70 + 110 * math.exp(-10 / median)
    if abs(found - true) > 0.02:
        raise SystemExit(f"teacup: median {found}, the formula says {true}: nothing is timed")


def measure(bench, case):
    """One and two threads in turn."""
    members = case["members"] // (10 if bench.quick else 1)
    ones, twos = [], []
    for _ in range(1 if bench.quick else PAIRS):
        ones.append(bench.sweep(case, members))
        twos.append(bench.sweep(case, members, threads=2))
    one = min(ones, key=lambda r: r["wall"])
    whole = one["draw"] + one["integrate"] + one["reduce"] + one["keep"] + one["write"]
    speedup = statistics.median(a["wall"] / b["wall"] for a, b in zip(ones, twos))
    share = {k: one[k] / whole for k in ("draw", "integrate", "reduce", "keep", "write")}
    print(f"{case['name']}: {members} members")
    print(f"  {members / one['wall']:,.0f} members/s on 1 thread, "
          f"{members / min(t['wall'] for t in twos):,.0f} on 2; {1000 * one['integrate'] / members:.4f} ms a member "
          "and core to integrate")
    print("  " + ", ".join(f"{k} {100 * v:.1f} %" for k, v in share.items()) + f"; peak {one['peak']:.0f} MiB")
    print(f"  whole / integration {whole / one['integrate']:.3f} (aim 1.25 for shanghai), "
          f"2 threads / 1 {speedup:.2f} (aim 1.9)")
    entry = {"name": f"sweep {case['name']}", "seconds": [r["wall"] for r in ones]}
    count = bench.instructions(case, 256)
    if count:
        entry["instructions"] = count
    bench.results.append(entry)


def measure_ranks(bench, case):
    if not bench.mpi or not shutil.which("mpirun"):
        print("ranks: skipped, no MPI")
        return
    members = case["members"] // (10 if bench.quick else 1)
    ratios = []
    for _ in range(1 if bench.quick else 3):
        walls = []
        for n in (1, 2):
            launcher = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(n), bench.mpi]
            walls.append(bench.sweep(case, members, launcher=launcher)["wall"])
        ratios.append(walls[0] / walls[1])
    print(f"{case['name']}, 2 ranks / 1: {statistics.median(ratios):.2f} (aim 1.8)")


def measure_memory(bench, case):
    few, many = (100000, 1000000) if bench.quick else (1000000, 10000000)
    small, large = bench.sweep(case, few, threads=2), bench.sweep(case, many, threads=2)
    print(f"{case['name']}, peak memory: {small['peak']:.1f} MiB at {few:,}, {large['peak']:.1f} MiB at {many:,} "
          f"members: {100 * (large['peak'] / small['peak'] - 1):+.1f} % (aims 256 MiB, 5 %); "
          f"{large['wall']:.1f} s for {many:,} on 2 threads")


def indicators(program, scenario, count):
    subprocess.run([program, "run", str(scenario), "-o", "out", "-q"], check=True)
    names = []
    for row in json.load(open("out/summary.json"))["indicators"]:
        name = row["name"].split("[")[0]
        if name not in names:
            names.append(name)
    return ",".join(names[:count])


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    target = next((sys.argv[i + 1] for i, a in enumerate(sys.argv) if a == "--json"), None)
    if target in arguments:
        arguments.remove(target)
    program = str(pathlib.Path(arguments[0]).resolve())
    mpi = str(pathlib.Path(arguments[1]).resolve()) if len(arguments) > 1 else None
    target = str(pathlib.Path(target).resolve()) if target else None
    bench = Bench(program, mpi, "--quick" in sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        scenarios = ROOT / "scenarios"
        base = scenarios / "base.yaml"
        cases = [{"name": "teacup", "scenario": scenarios / "teacup.yaml", "members": 1000000},
                 {"name": "sir", "scenario": scenarios / "sir.yaml", "members": 1000000},
                 {"name": "population", "scenario": scenarios / "population.yaml", "members": 200000},
                 {"name": "shanghai", "scenario": base, "members": 10000,
                  "options": ["--step", "1/8", "--save", indicators(program, base, 60)]}]
        check_answers(bench, cases)
        for case in cases:
            measure(bench, case)
        measure_ranks(bench, cases[-1])
        measure_memory(bench, cases[0])
        os.chdir("/")
    if target:
        json.dump({"benchmarks": bench.results}, open(target, "w"), indent=1)


if __name__ == "__main__":
    main()
