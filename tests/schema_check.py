#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schemas in docs/schema agree with the language: they accept every model, sector and scenario of the
repository, refuse the mistakes a schema can see, and name the methods and priors of the .def tables. Runs in the root
of the source tree; exits 77 (skipped) without python3-jsonschema or python3-yaml."""
import glob
import json
import pathlib
import re
import sys

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed (Debian: python3-jsonschema, python3-yaml)")
    sys.exit(77)

HEAD = "model: m\ntime: {unit: yr, start: 0, stop: 1, step: 1}\n"
REFUSED_MODELS = [
    "model: m\n",
    HEAD + "sotcks: {}\n",
    HEAD + "stocks: {s: {initial: 1}}\n",
    HEAD + "stocks: {s: {unit: 1}}\n",
    HEAD + "flows: {f: {unit: 1, equatoin: 1}}\n",
    HEAD + "levers: {l: {unit: 1, value: 1}}\n",
    HEAD + "levers: {l: {unit: 1, value: 1, range: [0]}}\n",
    HEAD + "inputs: {i: {unit: 1, csv: a.csv}}\n",
    HEAD + "inputs: {i: {unit: 1, value: 1, points: [[1, 1]]}}\n",
    HEAD + "parameters: {p: {unit: 1, value: nan}}\n",
    HEAD + "parameters: {p: {unit: 1, value: 1, prior: {normal: [1]}}}\n",
    HEAD + "parameters: {p: {unit: 1, value: 1, prior: {normal: [1, 2], uniform: [0, 1]}}}\n",
    HEAD + "tables: {t: {unit: 1, points: [[0, 0], [1, 1]]}}\n",
    HEAD + "dimensions: {d: []}\n",
    HEAD + "indicators: {i: {unit: 1, equation: 1, benchmarks: {b: {value: 1, kind: guessed}}}}\n",
    "sector: s\ntime: {unit: yr, start: 0, stop: 1, step: 1}\n",
]
REFUSED_SCENARIOS = [
    "scenario: s\n",
    "scenario: a/b\nmodel: m.yaml\n",
    "scenario: s\nmodel: m.yaml\nlevres: {}\n",
    "scenario: s\nmodel: m.yaml\nmethod: rk5\n",
    "scenario: s\nmodel: m.yaml\nphases: [{from: 2020}]\n",
    "scenario: s\nmodel: m.yaml\nphases: [{name: a, when: x > 1}]\n",
    "scenario: s\nmodel: m.yaml\nlevers: {l: {points: [[1, 1]], near: 2}}\n",
    "scenario: s\nmodel: m.yaml\nlevers: {l: {near: high}}\n",
    "scenario: s\nmodel: m.yaml\ninputs: {i: {near: 2}}\n",
    "scenario: s\nmodel: m.yaml\nsave: 1\n",
]
failures = []


def load(text):
    """YAML as an editor sees it, but keys are always texts, as JSON demands."""
    def plain(x):
        if isinstance(x, dict):
            return {str(k): plain(v) for k, v in x.items()}
        if isinstance(x, list):
            return [plain(v) for v in x]
        return x if isinstance(x, (str, bool, int, float, type(None))) else str(x)
    return plain(yaml.safe_load(text))


def validator(name):
    with open(f"docs/schema/{name}.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    return schema, Draft202012Validator(schema)


def accept(check, paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            errors = list(check.iter_errors(load(file.read())))
        for error in errors[:5]:
            where = "/".join(str(part) for part in error.absolute_path)
            failures.append(f"{path}: {where}: {error.message[:300]}")


def refuse(check, texts):
    failures.extend(f"accepted:\n{text}" for text in texts if check.is_valid(load(text)))


def def_names(path, macro):
    with open(path, encoding="utf-8") as file:
        return re.findall(rf'^{macro}\(\w+, "(\w+)"', file.read(), re.M)


def same(what, schema, table):
    if sorted(schema) != sorted(table):
        failures.append(f"{what}: the schema has {sorted(schema)}, the table {sorted(table)}")


model_schema, model = validator("model")
scenario_schema, scenario = validator("scenario")
# what else may stand beside a model: languages of their own, without a schema
BESIDE = ("loops.yaml", "paper.yaml", "tests.yaml", "validation.yaml")
models = [p for p in sorted(glob.glob("models/**/*.yaml", recursive=True)) if not p.endswith(BESIDE)]
# parts of golden errors are models and sectors, and some scenarios that are extended
models += [p for p in sorted(glob.glob("tests/golden/errors/parts/*.yaml"))
           if not re.search(r"^(scenario|extends):", pathlib.Path(p).read_text(encoding="utf-8"), re.M)]
scenarios = sorted(glob.glob("scenarios/**/*.yaml", recursive=True))
accept(model, models)
accept(scenario, scenarios)
refuse(model, REFUSED_MODELS)
refuse(scenario, REFUSED_SCENARIOS)
methods = scenario_schema["properties"]["method"]["anyOf"][0]["enum"]
same("methods", methods, def_names("sim/lang/method.def", "METHOD"))
priors = set(model_schema["$defs"]["prior"]["properties"]) - {"low", "high"}
same("priors", priors, def_names("sim/lang/prior.def", "PRIOR"))
if not models or not scenarios:
    failures.append("no models or scenarios found: run this in the root of the source tree")
print("\n".join(failures))
print(f"schemas: {len(models)} model files and {len(scenarios)} scenarios, "
      f"{len(REFUSED_MODELS) + len(REFUSED_SCENARIOS)} mistakes, {len(failures)} failures")
sys.exit(1 if failures else 0)
