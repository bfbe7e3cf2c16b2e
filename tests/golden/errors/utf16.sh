# SPDX-License-Identifier: GPL-3.0-or-later
# A file in UTF-16 is named, since it may be one of several.
printf '\377\376s\0c\0' >wide.yaml
exec "$program" check "$cases/parts/small.yaml" wide.yaml
