# SPDX-License-Identifier: GPL-3.0-or-later
head -c 52428800 /dev/zero | tr '\0' '#' >large.yaml
"$program" check large.yaml
