// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of Stella and Vensim that the standard's own words can define: macros (OASIS XMILE 1.0, 3.6.1), read when
// an equation first calls one. Their variables keep what is used twice, so that an argument by chance is drawn once.
#include <string.h>

#include "xmile/xmile_read.h"

// FV, PMT, PV: "pv (1 + rate)^nper + (pmt / rate) ((1 + rate)^nper - 1) + fv = 0", and for rate 0
// "pv + pmt nper + fv = 0" (isee systems, Stella help, financial builtins).
#define GROWTH                                                             \
  "<aux name='r'><eqn>rate</eqn></aux><aux name='n'><eqn>nper</eqn></aux>" \
  "<aux name='growth'><eqn>(1 + r)^n</eqn></aux>"                          \
  "<aux name='annuity'><eqn>IF r = 0 THEN n ELSE (growth - 1)/r</eqn></aux>"

// Stella and Vensim draw again what falls outside of min and max: here a few times, and then it is put on the bound.
#define INSIDE(draw)                                                                            \
  "<eqn>IF a &gt;= min AND a &lt;= max THEN a ELSE IF b &gt;= min AND b &lt;= max THEN b ELSE " \
  "IF c &gt;= min AND c &lt;= max THEN c ELSE MIN(MAX(d, min), max)</eqn><variables>"           \
  "<aux name='a'><eqn>" draw "</eqn></aux><aux name='b'><eqn>" draw                             \
  "</eqn></aux>"                                                                                \
  "<aux name='c'><eqn>" draw "</eqn></aux><aux name='d'><eqn>" draw "</eqn></aux></variables>"
#define INSIDE_OF_1(f) \
  "<macro name='" f    \
  "'><parm>p</parm><parm>seed</parm><parm>min</parm><parm>max</parm>" INSIDE("std." f "(p)") "</macro>"
#define INSIDE_OF_2(f)                                                                                        \
  "<macro name='" f "'><parm>p</parm><parm>q</parm><parm>seed</parm><parm>min</parm><parm>max</parm>" INSIDE( \
      "std." f "(p, q)") "</macro>"
#define SEED "<parm default='0'>seed</parm>"

static const struct {
  const char *name, *text;
} library[] = {
    {"active_initial",
     "<macro name='ACTIVE INITIAL'><parm>x</parm><parm>initial</parm><eqn>value</eqn><variables>"
     "<aux name='value'><eqn>x</eqn><init_eqn>initial</init_eqn></aux></variables></macro>"},
    {"beta", "<macro name='BETA'><parm>alpha</parm><parm>beta</parm>" SEED "<eqn>x/(x + y)</eqn><variables>"
             "<aux name='x'><eqn>std.GAMMA(alpha, 1)</eqn></aux><aux name='y'><eqn>std.GAMMA(beta, 1)</eqn></aux>"
             "</variables></macro>"},
    // Trials one by one; "numbers outside the range are set to 1".
    {"binomial",
     "<macro name='BINOMIAL'><parm>trials</parm><parm>p</parm>" SEED "<eqn>count</eqn><variables>"
     "<aux name='count'><eqn>IF trials &lt; 1 THEN 0 ELSE IF trials &lt; 2 THEN "
     "(IF p &lt; 0 OR p &gt; 1 OR std.UNIFORM(0, 1) &lt; p THEN 1 ELSE 0) ELSE "
     "BINOMIAL(INT(trials/2), p) + BINOMIAL(INT(trials) - INT(trials/2), p)</eqn></aux></variables></macro>"},
    {"delay_n",
     "<macro name='DELAY N'><parm>x</parm><parm>delay</parm><parm>initial</parm><parm>order</parm>"
     "<eqn>std.DELAYN(x, delay, order, initial)</eqn></macro>"},
    {"exprnd within", INSIDE_OF_1("EXPRND")},
    {"logistic within", INSIDE_OF_2("LOGISTIC")},
    {"lognormal within", INSIDE_OF_2("LOGNORMAL")},
    {"normal within", INSIDE_OF_2("NORMAL")},
    {"pareto within", INSIDE_OF_2("PARETO")},
    {"poisson within", INSIDE_OF_1("POISSON")},
    {"weibull within", INSIDE_OF_2("WEIBULL")},
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
    // A sum of exponential draws, and of half a squared normal one for what is left when that is 1/2.
    {"gamma",
     "<macro name='GAMMA'><parm>shape</parm><parm>scale</parm>" SEED "<eqn>scale*sum</eqn><variables>"
     "<aux name='sum'><eqn>IF shape = 0 THEN 0 ELSE IF shape = 0.5 THEN std.NORMAL(0, 1)^2/2 ELSE IF shape &lt; 1 THEN "
     "GAMMA OF THIS SHAPE(shape) ELSE std.EXPRND(1) + GAMMA(shape - 1, 1)</eqn></aux></variables></macro>"},
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
    {"random_0_1", "<macro name='RANDOM 0 1'>" SEED "<eqn>std.UNIFORM(0, 1)</eqn></macro>"},
    {"random_exponential",
     "<macro name='RANDOM EXPONENTIAL'><parm>min</parm><parm>max</parm><parm>shift</parm><parm>stretch</parm>" SEED
         INSIDE("shift + stretch*std.EXPRND(1)") "</macro>"},
    {"random_normal",
     "<macro name='RANDOM NORMAL'><parm>min</parm><parm>max</parm><parm>mean</parm><parm>deviation</parm>" SEED INSIDE(
         "std.NORMAL(mean, deviation)") "</macro>"},
    {"random_poisson",
     "<macro name='RANDOM POISSON'><parm>min</parm><parm>max</parm><parm>mean</parm><parm>shift</parm>"
     "<parm>stretch</parm>" SEED INSIDE("shift + stretch*std.POISSON(mean)") "</macro>"},
    {"random_uniform",
     "<macro name='RANDOM UNIFORM'><parm>min</parm><parm>max</parm>" SEED "<eqn>std.UNIFORM(min, max)</eqn></macro>"},
    {"reinitial", "<macro name='REINITIAL'><parm>x</parm><eqn>std.INIT(x)</eqn></macro>"},
    {"smooth_n",
     "<macro name='SMOOTH N'><parm>x</parm><parm>delay</parm><parm>initial</parm><parm>order</parm>"
     "<eqn>std.SMTHN(x, delay, order, initial)</eqn></macro>"},
    {"time_base", "<macro name='TIME BASE'><parm>start</parm><parm>slope</parm><eqn>start + slope*TIME</eqn></macro>"},
};

static uint32_t read_macro(struct xmile_reader *r, size_t i) {
  const struct source *s = source_from_text(r->arena, arena_format(r->arena, "the function %s", library[i].name),
                                            library[i].text, strlen(library[i].text), r->diag);
  const struct xml *x = s ? xmile_xml_read(r->arena, s, r->diag) : NULL;
  if (!x) return XMILE_NONE;
  return xmile_macro_add(r, x, library[i].name);
}

uint32_t xmile_library_find(struct xmile_reader *r, const char *name) {
  if (strncmp(name, "isee.", 5) == 0 || strncmp(name, "std.", 4) == 0) name = strchr(name, '.') + 1;
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

// NORMAL(mean, deviation, seed, min, max) and the like.
uint32_t xmile_library_bounded(struct xmile_reader *r, const char *name, size_t arguments) {
  uint32_t macro = xmile_library_find(r, arena_format(r->arena, "%s within", name));
  return macro != XMILE_NONE && r->macros.items[macro].parms.count == arguments ? macro : XMILE_NONE;
}
