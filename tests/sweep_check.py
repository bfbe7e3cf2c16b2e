#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps from end to end: the same bytes for any threads, lanes, shards, ranks, extension and after being killed;
failures, replays, full disks, and what is refused. Models are made here or are the small ones of the repository.

    sweep_check.py PROGRAM [MPI_PROGRAM]

SWEEP_KILLS: how many times a sweep is killed (default 4); SEED: of the moments (default 1).
"""
import csv
import filecmp
import json
import os
import pathlib
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
MPI = str(pathlib.Path(sys.argv[2]).resolve()) if len(sys.argv) > 2 else None
ROOT = pathlib.Path.cwd().resolve()
RESULTS = ["sweep.nc", "sweep.csv", "summary.json", "members.csv", "failures.csv"]
SEED = int(os.environ.get("SEED", "1"))
passed = failed = 0

MODEL = """\
model: fragile
time: {unit: year, start: 0, stop: 20, step: 0.25, save: 1}
units: {year: base}
stocks:
  x:
    unit: 1
    initial: 1
    inflows: [growth]
flows:
  growth: {unit: 1/year, equation: rate * sqrt(limit - x)}
parameters:
  rate: {unit: 1/year, value: 0.1, prior: {uniform: [0.05, 0.35]}}
levers:
  limit: {unit: 1, value: 3, range: [2, 9]}
indicators:
  share:
    unit: 1
    equation: x / 3
    targets: {end: 0.6}
"""


CHANCE = """\
model: chance
time: {unit: year, start: 0, stop: 30, step: 0.25, save: 1}
units: {year: base}
stocks:
  x: {unit: 1, initial: 1, inflows: [growth]}
flows:
  growth: {unit: 1/year, equation: "rate * x * effort + sample(time >= next, random_normal(0, 0.02), 0) / tick"}
auxiliaries:
  next: {unit: year, equation: 1}
parameters:
  rate: {unit: 1/year, value: 0.1, prior: {uniform: [0.02, 0.12]}}
  tick: {unit: year, value: 1, prior: {discrete: {1: 3, 2: 1}}}
levers:
  effort: {unit: 1, value: 1, range: [0, 2]}
indicators:
  size: {unit: 1, equation: x, targets: {first: 2, end: at most 40}}
"""

GATED = """\
scenario: gated
model: chance.yaml
phases:
  - {name: first, from: 2, when: x >= 2, test: 1 year, min: 2 year, max: 20 year}
  - {name: second}
levers: {effort: {second: 0.5}}
sweep: {members: 5000, seed: 4, histograms: {x: 12}}
save: [x, size]
"""


def check(what, good, more=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what} {more}")


def run(*arguments, code=0, program=PROGRAM, **options):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, **options)
    check(f"{' '.join(map(str, arguments))} ends with {code}", done.returncode == code,
          f"not {done.returncode}: {done.stderr[-600:]}")
    return done


def same(one, other, what):
    for name in RESULTS:
        a, b = pathlib.Path(one) / name, pathlib.Path(other) / name
        if a.exists() or b.exists():
            check(f"{what}: same {name}", a.exists() and b.exists() and filecmp.cmp(a, b, shallow=False))


def sweep(folder, scenario, *more, code=0, **options):
    shutil.rmtree(folder, ignore_errors=True)
    return run("sweep", scenario, "-o", folder, "-q", *more, code=code, **options)


def ways(scenario, members, memory):
    """One sweep done in many ways."""
    size = ["--members", members, "--memory", memory]
    sweep("one", scenario, *size, "--threads", 1, "--lanes", 64)
    for threads, lanes in ((2, 16), (3, 32), (8, 128)):
        sweep("two", scenario, *size, "--threads", threads, "--lanes", lanes)
        same("one", "two", f"{scenario.name} {memory}, {threads} threads, {lanes} lanes")
        check(f"a member of {lanes} lanes replays with the same bits",
              "same bits" in run("replay", "two", "--member", 77, "--no-files").stdout)
    for i in (1, 2, 3):
        sweep(f"part{i}", scenario, *size, "--shard", f"{i}/3")
        check("a shard writes no results", not pathlib.Path(f"part{i}/sweep.csv").exists())
    run("merge", "part1", "part3", "-o", "half", "-q", code=1)
    shutil.rmtree("two")
    run("merge", "part3", "part1", "part2", "-o", "two", "-q")
    same("one", "two", f"{scenario.name} {memory}, shards")
    sweep("two", scenario, "--members", 1000, "--memory", memory)
    run("sweep", scenario, "-o", "two", "--extend", members, "--memory", memory, "-q")
    same("one", "two", f"{scenario.name} {memory}, extended")
    for member in (0, 77, members - 1):
        for folder in ("one", "two"):
            check("a replay has the same bits",
                  "same bits" in run("replay", folder, "--member", member, "--no-files").stdout)


def chance():
    """Random numbers inside equations, and phases that begin when each member is ready."""
    pathlib.Path("chance.yaml").write_text(CHANCE)
    scenario = pathlib.Path("gated.yaml")
    scenario.write_text(GATED)
    ways(scenario, 5000, "128 MiB")
    ways(scenario, 5000, "1 MiB")
    second = json.load(open("one/summary.json"))["sweep"]["phases"][1]
    years = {b["time"]: b["members"] for b in second["began"]}
    check("the years in which a gate is passed differ, and add up", len(years) > 3 and sum(years.values()) +
          second["never"] == 5000, str(second))
    outcome = next(o for o in json.load(open("one/summary.json"))["sweep"]["outcomes"] if o["phase"] == "first")
    check("targets of a gated phase are judged", 0 < outcome["target"]["met"] <= outcome["target"]["judged"],
          str(outcome)[:400])


def ranks(scenario):
    if not MPI or not shutil.which("mpirun"):
        print("skipped: sweeps on several ranks (no MPI)")
        return
    for memory in ("128 MiB", "2 MiB"):
        size = ["--members", 3001, "--memory", memory]
        sweep("one", scenario, *size)
        for n in (1, 2, 4):
            shutil.rmtree("two", ignore_errors=True)
            done = subprocess.run(
                ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(n), MPI, "sweep",
                 str(scenario), "-o", "two", "-q", *map(str, size)], capture_output=True, text=True, timeout=120)
            check(f"{n} ranks end well", done.returncode == 0, done.stderr[-600:])
            same("one", "two", f"{n} ranks, {memory}")


def kills(scenario):
    """Killed at random moments, then resumed until it is done."""
    rng = random.Random(SEED)
    size = ["--members", 40000, "--memory", "4 MiB"]
    start = time.monotonic()
    sweep("one", scenario, *size)
    whole = time.monotonic() - start
    for round_ in range(int(os.environ.get("SWEEP_KILLS", "4"))):
        shutil.rmtree("two", ignore_errors=True)
        moment = rng.uniform(0, whole)
        for attempt in range(50):
            resume = ["--resume"] if pathlib.Path("two/sweep.journal").exists() else []
            process = subprocess.Popen([PROGRAM, "sweep", str(scenario), "-o", "two", "-q", *map(str, size), *resume],
                                       stderr=subprocess.PIPE)
            try:
                # The second attempt is let through, so that a round is one kill, and now and then two.
                process.wait(moment if attempt == 0 else moment / 3 if attempt == 1 and round_ % 2 else None)
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        check(f"a resumed sweep ends well (SEED={SEED}, after {moment:.3f} s)", process.returncode == 0,
              process.stderr.read().decode()[-600:])
        same("one", "two", f"killed after {moment:.3f} s (SEED={SEED})")
    run("sweep", scenario, "-o", "two", "-q", *size, "--resume")
    same("one", "two", "resumed when there was nothing left")


def full_disk(scenario):
    size = ["--members", 40000, "--memory", "4 MiB"]
    sweep("one", scenario, *size)

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = pathlib.Path("one/sweep.journal").stat().st_size // 2
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = sweep("two", scenario, *size, code=4, preexec_fn=small_files)
    check("a full disk is named", "cannot write" in done.stderr, done.stderr)
    check("a full disk leaves no results", not pathlib.Path("two/sweep.csv").exists())
    run("sweep", scenario, "-o", "two", "-q", *size, "--resume")
    same("one", "two", "resumed after a full disk")


def blocked(scenario):
    """A result that cannot be written is named, whichever thread writes it, and the sweep can be finished later."""
    sweep("one", scenario, "--threads", 1)
    sweep("two", scenario, "--threads", 2)
    for name in ("sweep.csv", "sweep.nc"):
        path = pathlib.Path("two") / name
        path.unlink()
        path.mkdir()
        done = run("sweep", scenario, "-o", "two", "-q", "--resume", "--threads", 2, code=4)
        check(f"{name} is named", f"two/{name}" in done.stderr, done.stderr)
        path.rmdir()
    run("sweep", scenario, "-o", "two", "-q", "--resume", "--threads", 2)
    same("one", "two", "resumed after a result that could not be written")


def full_volume(scenario):
    """A file system that really is full, where mounting one is allowed."""
    pathlib.Path("small").mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "small"], capture_output=True).returncode:
        print("skipped: a sweep on a full file system (mounting is not allowed)")
        return
    try:
        size = ["--members", 40000, "--memory", "4 MiB"]
        sweep("one", scenario, *size)
        done = sweep("small/two", scenario, *size, code=4)
        check("a full file system is named", "No space left" in done.stderr, done.stderr)
        check("it leaves no results", not pathlib.Path("small/two/sweep.csv").exists())
        subprocess.run(["mount", "-o", "remount,size=64m", "small"], check=True)
        run("sweep", scenario, "-o", "small/two", "-q", *size, "--resume")
        same("one", "small/two", "resumed after a full file system")
    finally:
        subprocess.run(["umount", "small"], check=True)


def compacted():
    """A sweep of so many numbers that its journal is compacted on the way; then extended, and replayed."""
    scenario = ROOT / "scenarios" / "base.yaml"
    size = ["--step", "1", "--save", "all", "--memory", "32 MiB", "--threads", "2"]
    sweep("one", scenario, *size, "--members", 3000)
    journal = pathlib.Path("one/sweep.journal").stat().st_size
    check("the journal was compacted", journal < 64 << 20, str(journal))
    for member in (3, 2999):
        check("a replay has the same bits after compacting",
              "same bits" in run("replay", "one", "--member", member, "--no-files").stdout)
    sweep("two", scenario, *size, "--members", 1500)
    run("sweep", scenario, "-o", "two", "-q", *size, "--extend", 3000)
    same("one", "two", "extended over a compacted journal")


def failures():
    pathlib.Path("fragile.yaml").write_text(MODEL)
    scenario = pathlib.Path("it's.yaml")
    scenario.write_text("scenario: fragile\nmodel: fragile.yaml\nsweep: {members: 500, sampling: random}\n")
    done = sweep("bad", scenario, code=3)
    check("the share of failures is told", "runs failed" in done.stderr, done.stderr)
    sweep("good", scenario, "--failures", "100 %")
    same("bad", "good", "the allowed share changes no result")
    rows = list(csv.DictReader(open("bad/failures.csv")))
    summary = json.load(open("bad/summary.json"))["sweep"]
    counted = summary["failures"][0]["failed"]
    check("all failures are counted and listed", 0 < counted == len(rows) < 500, f"{counted} {len(rows)}")
    check("the cause is named", all(r["variable"] in ("growth", "x", "share") for r in rows), str(rows[:1]))
    check("failed members are left out", all(o["count"] == 500 - counted for o in summary["outcomes"]))
    for row in rows[:2]:
        words = shlex.split(row["replay"])
        done = run(*words[1:], code=3, cwd="bad")
        check("a failed member fails again, with the same bits", "same bits" in done.stdout and row["variable"] in
              done.stderr, done.stdout + done.stderr)
        check("with the parameters that are listed", row["rate"] in done.stdout, done.stdout)
    # The sweep knows its scenario, from wherever a replay is called; a changed one is told.
    fine = next(k for k in range(500) if str(k) not in {r["member"] for r in rows})
    run("replay", pathlib.Path("bad").resolve(), "--member", fine, "-q", cwd="/")
    check("a replay writes the member's values", pathlib.Path(f"bad/member-{fine}.csv").exists())
    scenario.write_text(scenario.read_text() + "step: 0.125\n")
    done = run("replay", "bad", "--member", fine, code=1)
    check("a changed scenario is told", "another sweep" in done.stderr, done.stderr)


def policies():
    for name, limit in (("low", 5), ("high", 8)):
        pathlib.Path(f"{name}.yaml").write_text(f"scenario: {name}\nmodel: fragile.yaml\nlevers: {{limit: {limit}}}\n")
    both = pathlib.Path("both.yaml")
    both.write_text("scenario: both\nmodel: fragile.yaml\n"
                    "sweep: {members: 700, seed: 3, policies: [low.yaml, high.yaml], failures: 100 %}\n")
    sweep("one", both, "--threads", 1, "--lanes", 16)
    sweep("two", both, "--threads", 3, "--lanes", 128)
    same("one", "two", "policies")
    compared = json.load(open("one/summary.json"))["sweep"]["comparisons"][0]
    check("policies are compared future by future", compared["first"] == "low" and compared["second_better"] > 0)
    check("each policy replays", "same bits" in run("replay", "one", "--member", 5, "--policy", "high", "--no-files")
          .stdout)
    run("replay", "one", "--member", 5, "--policy", "hihg", code=1)
    low = pathlib.Path("low.yaml")
    low.write_text(low.read_text() + "parameters: {rate: 0.2}\n")
    check("a policy cannot set what is uncertain", "uncertain" in sweep("two", both, code=1).stderr)


def kept(scenario):
    for memory in ("128 MiB", "2 MiB"):
        size = ["--members", 1500, "--memory", memory, "--keep", "members"]
        sweep("one", scenario, *size, "--threads", 1)
        for i in (1, 2):
            sweep(f"part{i}", scenario, *size, "--shard", f"{i}/2")
        shutil.rmtree("two", ignore_errors=True)
        run("merge", "part1", "part2", "-o", "two", "-q")
        same("one", "two", f"kept members, {memory}, shards")
        check("each member has a row", sum(1 for _ in open("one/members.csv")) == 1501)


def refused(scenario):
    for more, words in ((["--members", 0], "1 to 4294967295"), (["--members", "4294967297"], "1 to 4294967295"),
                        (["--seed", "many"], "seed"), (["--sampling", "latn"], "latin")):
        check(f"{more} is refused", words in sweep("no", scenario, *more, code=1).stderr)
    for more in (["--shard", "4/3"], ["--threads", 0], ["--lanes", 24], ["--shard", "1/2", "--extend", 5]):
        sweep("no", scenario, *more, code=2)
    sweep("no", scenario, "--members", 64, env=dict(os.environ, OMP_NUM_THREADS="99999"))
    sweep("latin", scenario, "--members", 100, "--sampling", "latin")
    done = run("sweep", scenario, "-o", "latin", "--sampling", "latin", "--extend", 200, code=1)
    check("a Latin hypercube is not extended, and the reason given", "strata" in done.stderr, done.stderr)
    sweep("one", scenario, "--members", 100)
    check("a sweep is not overwritten", "holds a sweep" in run("sweep", scenario, "-o", "one", code=1).stderr)
    done = run("sweep", scenario, "-o", "one", "--members", 200, "--resume", code=1)
    check("another number of members is told", "100 members" in done.stderr, done.stderr)
    done = run("sweep", scenario, "-o", "one", "--seed", 9, "--resume", code=1)
    check("another seed is told", "seed 9" in done.stderr, done.stderr)
    run("sweep", scenario, "-o", "one", "--extend", 50, code=1)
    run("replay", "one", "--member", 100, code=1)
    run("sweep", scenario, "-o", "/proc/none", code=4)
    pathlib.Path("file").write_text("no folder")
    for folder in ("file", "file/below"):
        check("a file in place of the folder is named", "'file'" in run("sweep", scenario, "-o", folder, code=4).stderr)
    journal = pathlib.Path("one/sweep.journal")
    data = bytearray(journal.read_bytes())
    sweep("long", scenario, "--members", 20000, "--memory", "2 MiB")
    journal = pathlib.Path("long/sweep.journal")
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    done = run("sweep", scenario, "-o", "long", "--members", 20000, "--memory", "2 MiB", "--resume", code=1)
    check("a damaged journal names the last good record", "damaged after record" in done.stderr, done.stderr)


def locked(scenario):
    shutil.rmtree("two", ignore_errors=True)
    size = ["--members", 3000000, "--memory", "4 MiB", "-o", "two", "-q"]
    first = subprocess.Popen([PROGRAM, "sweep", str(scenario), *map(str, size)])
    for _ in range(500):
        if pathlib.Path("two/sweep.journal").exists() and pathlib.Path("two/sweep.journal").stat().st_size > 500:
            break
        time.sleep(0.01)
    done = run("sweep", scenario, *size, "--resume", code=4)
    check("a second process is refused", "another process" in done.stderr, done.stderr)
    first.kill()
    first.wait()


def main():
    scenarios = ROOT / "scenarios"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        ways(scenarios / "sir.yaml", 5000, "128 MiB")
        ways(scenarios / "population.yaml", 4100, "4 MiB")
        kills(scenarios / "sir.yaml")
        full_disk(scenarios / "sir.yaml")
        blocked(scenarios / "sir.yaml")
        full_volume(scenarios / "sir.yaml")
        compacted()
        chance()
        failures()
        policies()
        kept(scenarios / "sir.yaml")
        refused(scenarios / "teacup.yaml")
        locked(scenarios / "sir.yaml")
        ranks(scenarios / "sir.yaml")
        os.chdir("/")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
