# SPDX-License-Identifier: GPL-3.0-or-later
mkdir model && cp "$cases/parts/prior.yaml" model/model.yaml
cat >model/tests.yaml <<'END'
tests: t
cases:
  - {test: grows, when: {a: 3 from 2012}, expect: dd is above 3 at 2020}
END
"$program" test model
