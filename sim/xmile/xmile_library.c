// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of Stella that the standard's own words can define: macros (OASIS XMILE 1.0, 3.6.1), read when an equation
// first calls one. Their variables keep what is used twice, so that an argument by chance is drawn once.
#include <string.h>

#include "xmile/xmile_read.h"

// FV, PMT, PV: "pv (1 + rate)^nper + (pmt / rate) ((1 + rate)^nper - 1) + fv = 0", and for rate 0
// "pv + pmt nper + fv = 0" (isee systems, Stella help, financial builtins).
#define GROWTH                                                             \
  "<aux name='r'><eqn>rate</eqn></aux><aux name='n'><eqn>nper</eqn></aux>" \
  "<aux name='growth'><eqn>(1 + r)^n</eqn></aux>"                          \
  "<aux name='annuity'><eqn>IF r = 0 THEN n ELSE (growth - 1)/r</eqn></aux>"

static const struct {
  const char *name, *text;
} library[] = {
    // "dx/dt = (x(t) - x(t-dt))/dt", again for each order; 0 in the first `order` steps.
    {"derivn",
     "<macro name='DERIVN'><parm>input</parm><parm>order</parm><eqn>derivative</eqn><variables>"
     "<aux name='lower'><eqn>IF order &lt;= 1 THEN input ELSE DERIVN(input, order - 1)</eqn></aux>"
     "<aux name='derivative'><eqn>IF order &lt;= 0 THEN lower ELSE IF TIME &lt; STARTTIME + (order - 0.5)*DT THEN 0 "
     "ELSE (lower - std.PREVIOUS(lower, 0))/DT</eqn></aux></variables></macro>"},
    {"fv",
     "<macro "
     "name='FV'><parm>rate</parm><parm>nper</parm><parm>pmt</parm><parm>pv</parm><eqn>result</eqn><variables>" GROWTH
     "<aux name='result'><eqn>-(pv*growth + pmt*annuity)</eqn></aux></variables></macro>"},
    // The present value at the start of what came in so far, summed up as a stock; `rate` is for a unit of time.
    {"npv",
     "<macro name='NPV'><parm>input</parm><parm>rate</parm><parm default='0'>initial</parm><eqn>value</eqn><variables>"
     "<aux name='r'><eqn>rate</eqn></aux><aux name='elapsed'><eqn>TIME - STARTTIME</eqn></aux>"
     "<stock name='value'><eqn>initial</eqn><inflow>discounted</inflow></stock>"
     "<flow name='discounted'><eqn>input/(1 + r)^elapsed</eqn></flow></variables></macro>"},
    {"pmt",
     "<macro "
     "name='PMT'><parm>rate</parm><parm>nper</parm><parm>pv</parm><parm>fv</parm><eqn>result</eqn><variables>" GROWTH
     "<aux name='result'><eqn>-(pv*growth + fv)/annuity</eqn></aux></variables></macro>"},
    {"pv",
     "<macro "
     "name='PV'><parm>rate</parm><parm>nper</parm><parm>pmt</parm><parm>fv</parm><eqn>result</eqn><variables>" GROWTH
     "<aux name='result'><eqn>-(fv + pmt*annuity)/growth</eqn></aux></variables></macro>"},
};

static uint32_t read_macro(struct xmile_reader *r, size_t i) {
  const struct source *s = source_from_text(r->arena, arena_format(r->arena, "Stella's %s", library[i].name),
                                            library[i].text, strlen(library[i].text), r->diag);
  const struct xml *x = s ? xmile_xml_read(r->arena, s, r->diag) : NULL;
  if (!x) return XMILE_NONE;
  return xmile_macro_add(r, x, library[i].name);
}

uint32_t xmile_library_find(struct xmile_reader *r, const char *name) {
  if (strncmp(name, "isee.", 5) == 0) name += 5;
  for (size_t i = 0; i < sizeof library / sizeof *library; i++) {
    if (strcmp(library[i].name, name) != 0) continue;
    uint32_t known = map_get(&r->library_names, name);
    if (known != MAP_NONE) return known;
    known = read_macro(r, i);
    map_add(&r->library_names, name, known);
    return known;
  }
  return XMILE_NONE;
}
