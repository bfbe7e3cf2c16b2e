// SPDX-License-Identifier: GPL-3.0-or-later
// GET TIME VALUE: the model's time as a date. The settings of the file say which date a value of Time is and what its
// unit; years, quarters and months count years of 360 days, weeks and less the days of the calendar, as Vensim has it.
// The arithmetic stands in macros (mdl_macro.c); here the days since the beginning of year 0 (or of March, for the
// calendar) are put together. The computer's clock is not asked: a run would not be repeatable.
#include <math.h>
#include <string.h>

#include "vensim/mdl_call.h"

static struct mdl_node *leaf(struct mdl *m, struct span at, const char *key, double number) {
  struct mdl_node *n = arena_new(m->arena, struct mdl_node);
  *n = (struct mdl_node){.kind = key ? MDL_NAME : MDL_NUMBER, .span = at, .key = key, .name = key, .number = number};
  return n;
}

// Days of the calendar since 1 March of year 0 (H. Hinnant, "chrono-compatible low-level date algorithms").
static double civil_days(double y, double month, double day) {
  if (month <= 2) y--;
  double era = floor(y / 400), of_era = y - era * 400, of_year = floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  return era * 146097 + of_era * 365 + floor(of_era / 4) - floor(of_era / 100) + of_year + day - 1;
}

enum { FIRST_CIVIL_UNIT = 3, UNITS = 8 };

// The days at a value of Time: those of the base date, and what the time is beyond its value.
static struct mdl_node *days_at(struct mdl *m, struct span at, struct mdl_node *time, double hair) {
  static const double lengths[UNITS] = {360, 90, 30, 7, 1, 1.0 / 24, 1.0 / 1440, 1.0 / 86400};
  const struct mdl_date *d = &m->date;
  bool civil = d->unit >= FIRST_CIVIL_UNIT;
  double base = civil ? civil_days(d->year, d->month, d->day) : d->year * 360 + (d->month - 1) * 30 + d->day - 1;
  struct mdl_node *beyond = mdl_node_join(m, OP_SUBTRACT, time, leaf(m, at, NULL, d->value));
  beyond = mdl_node_join(m, OP_MULTIPLY, beyond, leaf(m, at, NULL, lengths[(int)d->unit]));
  return mdl_node_join(m, OP_ADD, beyond, leaf(m, at, NULL, base + hair));
}

// GET TIME VALUE(relative to, offset, measure); relative to 0: now, 1: the start.
struct expr *mdl_calendar_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  enum { DAY_OF_WEEK = 5, SECOND = 9, MEASURES };
  double from, measure;
  if (!mdl_call_fits(m, n, 3, 3) || !mdl_value_known(m, n->args[0], &from) || !mdl_value_known(m, n->args[2], &measure))
    return NULL;
  bool civil = m->date.known && m->date.unit >= FIRST_CIVIL_UNIT;
  bool ok = (from == 0 || from == 1) && measure >= 0 && measure < MEASURES && measure == floor(measure) &&
            (measure == 0 || m->date.known) && (measure != DAY_OF_WEEK || civil);
  if (!ok) {
    diag_error(m->diag, n->span, mdl_calendar, c->name);
    return NULL;
  }
  struct mdl_node *time = leaf(m, n->span, from == 0 ? "time" : "initial time", 0);
  time = mdl_node_join(m, OP_ADD, time, n->args[1]);
  if (measure == 0) return mdl_translate(m, c, time);
  struct mdl_node call = {.kind = MDL_CALL, .span = n->span, .name = n->name, .arg_count = 2};
  call.args = arena_array(m->arena, struct mdl_node *, 2);
  call.args[0] = days_at(m, n->span, time, measure < SECOND ? 1e-7 : 0);  // instants that lie on a limit
  call.args[1] = leaf(m, n->span, NULL, measure);
  return mdl_macro_call(m, c, mdl_macro_library(m, civil ? "civil date" : "date of 360 days"), &call);
}

// 37: year, 38: month, 39: day, 40: the unit of Time (0 year, quarter, month, week, day, hour, minute, 7 second),
// 41: the value of Time at that date.
void mdl_calendar_setting(struct mdl *m, unsigned number, double value) {
  double *fields[] = {&m->date.year, &m->date.month, &m->date.day, &m->date.unit, &m->date.value};
  static const double low[] = {0, 1, 1, 0, -1e9}, high[] = {9999, 12, 31, UNITS - 1, 1e9};
  if (number < 37 || number > 41) return;
  if (value < low[number - 37] || value > high[number - 37] || (number < 41 && value != floor(value))) return;
  *fields[number - 37] = value;
  m->date.seen |= 1u << (number - 37);
  m->date.known = m->date.seen == 31;
}
