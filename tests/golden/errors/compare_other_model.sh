# SPDX-License-Identifier: GPL-3.0-or-later
cp "$cases/parts/prior.yaml" "$cases/parts/small.yaml" .
printf 'scenario: a\nmodel: prior.yaml\n' >a.yaml
printf 'scenario: b\nmodel: small.yaml\n' >b.yaml
"$program" compare a.yaml b.yaml
