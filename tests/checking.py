# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end checks in Python share: a list of what failed, running the program, golden files. With UPDATE=1 in
the environment golden files are written instead; read the difference before you commit it."""
import os
import subprocess
import sys

failed = []


def check(good, what):
    if not good:
        failed.append(what)
        print("FAILED:", what)


def run(program, *arguments, code=0, cwd=None):
    """Runs the program, asks for an exit code, gives the finished process."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False)
    said = f"exit code {done.returncode}, not {code}: {done.stderr[:500]}"
    check(done.returncode == code, f"simulate {' '.join(map(str, arguments))}: {said}")
    return done


def check_golden(golden, text):
    if os.environ.get("UPDATE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    same = golden.exists() and golden.read_text(encoding="utf-8") == text
    check(same, f"{golden} differs; UPDATE=1 writes it\n{text[:5000]}")


def finish(name):
    print(f"{name}: {f'{len(failed)} failed' if failed else 'all as it should be'}")
    sys.exit(1 if failed else 0)
