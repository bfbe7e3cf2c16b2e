# SPDX-License-Identifier: GPL-3.0-or-later
{
  printf 'model: deep\ntime: {unit: yr, start: 0, stop: 1, step: 1}\nunits: {yr: base}\nauxiliaries:\n'
  printf '  a:\n    unit: 1\n    equation: '
  head -c 10000 /dev/zero | tr '\0' '('
  printf 1
  head -c 10000 /dev/zero | tr '\0' ')'
  printf '\n'
} >deep.yaml
"$program" check deep.yaml
