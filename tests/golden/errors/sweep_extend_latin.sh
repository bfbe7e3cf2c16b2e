# SPDX-License-Identifier: GPL-3.0-or-later
cp "$cases/parts/prior.yaml" model.yaml
printf 'scenario: s\nmodel: model.yaml\nsweep: {members: 100, sampling: latin}\n' >s.yaml
"$program" sweep s.yaml -q -o done || exit 2
"$program" sweep s.yaml -q -o done --extend 200
