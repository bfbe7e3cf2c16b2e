# SPDX-License-Identifier: GPL-3.0-or-later
mkdir model && cp "$cases/parts/prior.yaml" model/model.yaml
{
  echo series,year,value,unit,status,source,vintage
  for year in 2010 2011 2012 2015 2016; do echo "d,$year,6,1,sourced,the office,2020"; done
} >model/data.csv
cat >model/validation.yaml <<'END'
validation: v
data: data.csv
periods:
  - {name: all, from: 2010, until: 2016}
series:
  d:
    expression: d
    tolerance: {all: 10 %}
END
"$program" validate model
