# SPDX-License-Identifier: GPL-3.0-or-later
mkdir model && cp "$cases/parts/prior.yaml" model/model.yaml
printf 'series,year,valeu,unit,status,source,vintage\nd,2010,6,1,sourced,the office,2020\n' >model/data.csv
cat >model/validation.yaml <<'END'
validation: v
data: data.csv
periods:
  - {name: all, from: 2010, until: 2012}
series:
  d:
    expression: d
    tolerance: {all: 10 %}
END
"$program" validate model
