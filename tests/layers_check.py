#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the architecture: includes under sim/ run one way through LAYERS, each is written "layer/file.h" so that the
line names its layer, and a foreign library is seen only by the files that wrap it.

    layers_check.py SIM_FOLDER
"""
import fnmatch
import pathlib
import re
import sys

LAYERS = ["base", "lang", "xmile", "vensim", "check", "kernel", "lower", "engine", "design", "reduce", "sweep", "analyse",
          "output", "report", "cli"]

# header of a library -> the files that may include it
WRAPPERS = {
    "yaml.h": ["lang/yaml.c"],
    "gsl/*": ["engine/stepper*", "engine/run*", "engine/machine.h", "design/*"],
    "netcdf*": ["output/netcdf*"],
    "Random123/*": ["base/rng.*"],
    "sleef.h": ["kernel/vmath.h", "kernel/kernel*"],
    "mpi.h": ["cli/mpi*"],
    "xlsxwriter*": ["output/xlsx*"],
    "expat.h": ["xmile/xmile_xml*"],
    "zip.h": ["vensim/mdl_sheet_xlsx.c"],
    "freexl.h": ["vensim/mdl_sheet_xls.c"],
    "utf8proc.h": ["base/text.c", "lang/*", "xmile/xmile_names.c", "analyse/series.c"],
    "jansson.h": ["output/*", "report/record.c"],
    "omp.h": ["sweep/*", "cli/*", "engine/run*"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, p) for p in patterns)


def fault(layer, name, quote, header):
    """What is wrong with one include, or None."""
    if quote == '"':
        target = header.split("/")[0]
        if target not in LAYERS or "/" not in header:
            return 'is not written "layer/file"'
        if LAYERS.index(target) > LAYERS.index(layer):
            return f"runs against the layers: {layer} must not know {target}"
        return None
    for library, users in WRAPPERS.items():
        if matches(header, [library]) and not matches(name, users):
            return f"is for {', '.join(users)} alone"
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    files = sorted(p for p in root.rglob("*") if p.suffix in (".c", ".h", ".def"))
    faults = count = 0
    for path in files:
        name = path.relative_to(root).as_posix()
        layer = name.split("/")[0]
        if layer not in LAYERS:
            print(f"{path}: '{layer}' is not a layer")
            faults += 1
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            count += 1
            why = fault(layer, name, *found.groups())
            if why:
                print(f"{path}:{number}: include of {found[2]} {why}")
                faults += 1
    print(f"{len(files)} files, {count} includes, {faults} faults")
    return 1 if faults or not count else 0


sys.exit(main())
