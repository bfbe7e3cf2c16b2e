# SPDX-License-Identifier: GPL-3.0-or-later
cp "$cases/parts/prior.yaml" model.yaml
printf 'scenario: s\nmodel: model.yaml\nsweep: {members: 100}\n' >s.yaml
"$program" sweep s.yaml -q -o done || exit 2
printf x | dd of=done/sweep.journal bs=1 seek=300 conv=notrunc 2>/dev/null
"$program" sweep s.yaml -q -o done --resume
