#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the symbol tables of the library's objects and holds three promises of the house style:
  - what a file exports begins with the file's name (or with a part of it: model_read.c may export model_*), or with a
    further prefix listed here;
  - memory comes from base/mem.c alone, and nothing below cli/ ends the process, prints on its own, or reads numbers
    through the locale;
  - elementary functions whose last bit differs between machines (libm's exp, log, pow, sin ...) are not called where
    results are made: kernel to sweep use kernel/vmath.h.

    prefix_check.py OBJECT...
"""
import re
import shutil
import subprocess
import sys

# file -> further prefixes of what it exports
ALIASES = {
    "yaml": ["tree"],
    "xmile_xml": ["xml"],
    "kernel": ["op"],
    "run": ["machine", "program"],
    "model": ["variable", "path"],
    "check": ["fn"],
    "scenario": ["method"],
    "resolve": ["resolver"],
    "results": ["program", "run"],
    "run_adaptive": ["adaptive"],
    "dag": ["view"],
    # parts of lowering, with the header lowering.h in common
    "memory": ["lower"],
    "power": ["lower"],
    "unseen": ["lower"],
    "steer": ["lower"],
}
ALLOCATE = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "strdup", "strndup", "asprintf",
            "vasprintf", "__strdup", "__strndup"}
# function -> files that may call it
RESERVED = {name: ["mem"] for name in ALLOCATE}
RESERVED |= {name: [] for name in ("exit", "_exit", "abort", "printf", "vprintf", "puts", "putchar", "perror",
                                   "stdout", "stderr", "strtod", "atof", "sscanf", "setlocale", "system", "popen")}
INEXACT = {"exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "pow", "sin", "cos", "tan", "asin",
           "acos", "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot", "erf", "erfc", "tgamma", "lgamma"}
# Sanitizers, profiling and the compiler's own
FOREIGN = re.compile(r"^(__asan|__ubsan|__tsan|__odr|__gcov|__sancov|_GLOBAL|__start|__stop|\.|_\.)")


def symbols(path):
    """Yields (type, name) of the global symbols of an object."""
    nm = shutil.which("nm") or shutil.which("llvm-nm")
    out = subprocess.run([nm, "-g", path], check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        fields = line.split()
        if len(fields) >= 2 and not FOREIGN.match(fields[-1]):
            yield fields[-2], fields[-1].split("@")[0]


def prefixes(stem):
    parts = stem.split("_")
    yield from ("_".join(parts[:n]) for n in range(1, len(parts) + 1))
    yield from ALIASES.get(stem, [])


def check(stem, kind, name, layer):
    """What is wrong with one symbol, or None."""
    if kind in "TDBRVWC":
        if not any(name == p or name == p + "s" or name.startswith(p + "_") for p in prefixes(stem)):
            return f"exports {name}, which does not begin with the file's name"
    elif kind == "U":
        if stem not in RESERVED.get(name, [stem]):
            return f"uses {name}"
        if layer in ("kernel", "lower", "engine", "design", "reduce", "sweep") and name in INEXACT:
            return f"calls {name} of libm, whose bits differ between machines"
    return None


def main():
    count = faults = 0
    for path in sys.argv[1:]:
        layer, stem = re.search(r"([a-z]+)/([^/]+)\.c\.o(bj)?$", path).group(1, 2)
        for kind, name in symbols(path):
            count += 1
            why = check(stem, kind, name, layer)
            if why:
                print(f"{layer}/{stem}.c {why}")
                faults += 1
    print(f"{count} symbols, {faults} faults")
    return 1 if faults or not count else 0


sys.exit(main())
