// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the XMILE reader: any bytes end in a model or an error, and a model that was read can be checked.
#include <stdlib.h>

#include "check/check.h"
#include "fuzz.h"
#include "xmile/xmile.h"

void fuzz_one(struct arena *a, const uint8_t *data, size_t size) {
  struct diag diag;
  diag_init(&diag, a);
  struct source *s = source_from_text(a, "fuzz.xmile", (const char *)data, size, &diag);
  struct model *m = s ? xmile_read_source(a, s, NULL, &diag) : NULL;
  if (!m != (diag.errors > 0)) abort();
  struct scenario *scenario = m ? scenario_of_model(a, m, NULL, 0, &diag) : NULL;
  if (scenario) check_model(a, m, scenario, true, &diag);
}
