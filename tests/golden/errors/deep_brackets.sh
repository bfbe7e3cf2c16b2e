# SPDX-License-Identifier: GPL-3.0-or-later
head -c 200000 /dev/zero | tr '\0' '[' >deep.yaml
"$program" check deep.yaml
