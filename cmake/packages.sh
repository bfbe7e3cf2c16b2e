#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sees to it that the packages of the named groups (run, test, bench, ci) of packages.txt are installed: probes each one,
# installs what is missing with apt where there is apt, and elsewhere names it and stops. Touches nothing, and needs
# no network and no rights, when nothing is missing.
set -eu
list=$(dirname "$0")/packages.txt

present() {
  name=${1#*:}
  case $1 in
    cmd:*) command -v "$name" ;;
    pc:*) pkg-config --exists "$name" ;;
    h:*) echo "#include <$name>" | gcc -E -x c - ;;
    py:*) PATH=/usr/bin:$PATH python3 -c "import $name" ;; # the system's Python, not a private one
    file:*) ls $name ;; # unquoted: a pattern
  esac >/dev/null 2>&1
}

missing() {
  while read -r group package probe reason; do
    case " $groups " in
      *" $group "*) present "$probe" || echo "$package $reason" ;;
    esac
  done <"$list"
}

groups="$*"
wanted=$(missing)
[ -n "$wanted" ] || exit 0
if ! command -v apt-get >/dev/null; then
  printf 'Missing (Debian package names):\n%s\nInstall them with the package manager of your system, then try again.\n' \
    "$wanted" >&2
  exit 1
fi

names=$(echo "$wanted" | cut -d ' ' -f 1)
as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "As root: apt-get install" $names >&2; exit 1; }
  as_root=sudo
fi
install_names() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $names
}
echo "Installing" $names
# The package lists of a fresh system are empty or old; only then are they fetched.
install_names || { $as_root apt-get update && install_names; }
left=$(missing)
[ -z "$left" ] || { printf 'Installed, yet not found:\n%s\n' "$left" >&2; exit 1; }
