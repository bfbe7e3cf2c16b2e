#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instructions of fixed runs, counted by callgrind: nearly free of noise, so that a loss of one per cent shows on a busy
machine. For each scenario: the whole program, what integrates (the function machine_run and all below it), and the
operations of the kernel alone, those of the time table included.

    instructions_bench.py PROGRAM [--json FILE] [--check FILE]

--json writes the counts for bench/compare, with the compiler, the kernel and a hash of each scenario's files. --check
compares integration and operations with such a file, where compiler and kernel are the same, and of a scenario whose
files are; elsewhere it says why it does not compare. The whole is not checked: it grows with what the program can do and
with the libraries that are loaded. The baseline is bench/instructions.json; after a change that is meant,

    bench/instructions_bench.py build/release/simulate --json bench/instructions.json
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCENARIOS = {  # scenario and model; the frozen model is the one that tests hold the engine to, and does not change
    "base": ("scenarios/base.yaml", "models/shanghai"),
    "frozen": ("tests/golden/shanghai/scenarios/base.yaml", "tests/golden/shanghai/model"),
    "sir": ("scenarios/sir.yaml", "models/sir"),
    "teacup": ("scenarios/teacup.yaml", "models/teacup"),
}
KERNEL = "avx2"  # valgrind knows no AVX-512; where the processor has no AVX2 it is the generic kernel
OPERATION = re.compile(r"^[A-Z0-9]+_[a-z]\w*$")  # MULADD_flat: functions of sim/kernel/kernel_body.c


def annotated(profile, *options):
    """(function, instructions) rows of a profile."""
    text = subprocess.run(["callgrind_annotate", "--threshold=100", "--auto=no", *options, profile], check=True,
                          capture_output=True, text=True).stdout
    for line in text.splitlines():
        found = re.match(r"\s*([\d,]+) \(.*?\)\s+\S*?:(\S+)", line)
        if found:
            yield found[2], int(found[1].replace(",", ""))


def count(program, scenario):
    with tempfile.TemporaryDirectory() as folder:
        profile = f"{folder}/profile"
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", program,
                               SCENARIOS[scenario][0], "--quiet", "-o", f"{folder}/out"], capture_output=True,
                              text=True, env={**os.environ, "SIMULATE_KERNEL": KERNEL}, cwd=ROOT)
        whole = re.search(r"Collected : (\d+)", done.stderr)
        if done.returncode or not whole:
            raise SystemExit(f"{scenario}: {done.stderr}")
        integration = max(n for name, n in annotated(profile, "--inclusive=yes") if name == "machine_run")
        operations = sum(n for name, n in annotated(profile) if OPERATION.search(name))
        kernel = json.load(open(f"{folder}/out/run-info.json"))["kernel"]
    return {"whole": int(whole[1]), "integration": integration, "operations": operations}, kernel


def hash_of_files(scenario):
    file, model = SCENARIOS[scenario]
    digest = hashlib.sha256()
    for path in [ROOT / file, *sorted((ROOT / model).rglob("*.*"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiler(program):
    """As the program itself names it, in the section that compilers write."""
    text = subprocess.run(["readelf", "-p", ".comment", program], capture_output=True, text=True).stdout
    return " + ".join(sorted(re.findall(r"\]\s+(.*)", text)))


def measure(program):
    found = {"compiler": compiler(program), "kernel": None, "inputs": {}, "benchmarks": []}
    print(f"{'instructions':12} {'whole':>14} {'integration':>14} {'operations':>14}   of the whole")
    for scenario in SCENARIOS:
        counts, found["kernel"] = count(program, scenario)
        found["inputs"][scenario] = hash_of_files(scenario)
        for part, n in counts.items():
            found["benchmarks"].append({"name": f"instructions {scenario} {part}", "instructions": n})
        print(f"{scenario:12} " + " ".join(f"{n:14,}" for n in counts.values())
              + f"   {100 * counts['integration'] / counts['whole']:.0f} %, {100 * counts['operations'] / counts['whole']:.0f} %")
    return found


def check(found, path):
    """True unless something regressed."""
    old = json.load(open(path))
    for key in ("compiler", "kernel"):
        if old[key] != found[key]:
            print(f"not compared: {key} {found[key]}, and {old[key]} in {path}")
            return True
    same = [s for s in SCENARIOS if old["inputs"].get(s) == found["inputs"][s]]
    for scenario in SCENARIOS.keys() - same:
        print(f"{scenario} is not compared: its files are not those of {path}")
    for results in (old, found):
        parts = [(*b["name"].split()[1:], b) for b in results["benchmarks"]]
        results["benchmarks"] = [b for scenario, part, b in parts if scenario in same and part != "whole"]
    if not same:
        return True
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/old.json", f"{folder}/new.json"]
        for file, results in zip(files, (old, found)):
            json.dump(results, open(file, "w"))
        return subprocess.run([sys.executable, ROOT / "bench" / "compare", *files]).returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--quick", action="store_true", help="taken as all benches take it: counts need no repetition")
    parser.add_argument("--json")
    parser.add_argument("--check")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        print("instructions: skipped, no valgrind")
        return 77
    found = measure(str(pathlib.Path(arguments.program).resolve()))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=1)
            file.write("\n")
    return 0 if not arguments.check or check(found, arguments.check) else 1


sys.exit(main())
