// SPDX-License-Identifier: GPL-3.0-or-later
// See plots.h. An array stands for all its elements.
#include "cli/plots.h"

#include <string.h>

#include "cli/shown.h"
#include "output/table.h"
#include "report/plot.h"

enum { CHARTS = 4, WIDEST = 32 };

// The names asked for, as the model spells them.
static struct shown_names asked(struct cli *c, const struct model *m) {
  const char *text = c->options.given[OPTION_PLOT];
  struct shown_names names = shown_split(&c->scratch, text ? text : "");
  for (size_t i = 0; i < names.list.count; i++) {
    const char **name = &names.list.items[i], *rest = *name + strcspn(*name, "[");
    uint32_t v = model_find(m, &c->scratch, *name, (size_t)(rest - *name));
    if (v != MAP_NONE) *name = arena_format(&c->scratch, "%s%s", m->variables.items[v].name, rest);
  }
  return names;
}

static bool is_named(const char *column, const char *name) {
  size_t size = strlen(name);
  return strncmp(column, name, size) == 0 && (!column[size] || column[size] == '[');
}

static bool report_unknown(struct cli *c, const struct model *m, const char *name) {
  diag_error(&c->diag, NOWHERE, plot_variable, name);
  diag_did_you_mean(&c->diag, map_nearest_key(&m->names, name));
  return false;
}

void plots_need(struct cli *c, const struct model *m, bool *needed) {
  struct shown_names names = asked(c, m);
  for (size_t i = 0; i < names.list.count; i++) {
    const char *name = names.list.items[i];
    size_t size = strcspn(name, "[");
    uint32_t v = map_get(&m->names, arena_copy(&c->scratch, name, size));
    if (v != MAP_NONE)
      needed[v] = true;
    else
      report_unknown(c, m, name);
  }
}

struct curve {
  const char *title;
  double *values;
};

struct curves {
  LIST(struct curve) list;
};

static const char *title_of(struct cli *c, const struct results *r, size_t column) {
  const struct model *m = r->program->model;
  const struct variable *v = &m->variables.items[r->program->columns[column].variable];
  const char *unit = v->unit ? unit_text(&c->scratch, &m->units, v->unit) : "",
             *name = r->program->columns[column].name;
  const char *label = messages_starred(&c->scratch, c->options.language, v->label, v->judgement);
  bool plain = strcmp(unit, "dmnl") == 0 || !*unit;
  const char *shown = !strchr(name, '[') ? label : v->judgement ? arena_format(&c->scratch, "%s *", name) : name;
  return table_safe(&c->scratch, plain ? shown : arena_format(&c->scratch, "%s (%s)", shown, unit));
}

// The saved columns of one name; the number of them.
static size_t add_curves(struct cli *c, const struct results *r, const char *name, struct curves *to) {
  const struct program *p = r->program;
  size_t before = to->list.count;
  for (size_t i = 0; i < p->column_count; i++) {
    if (!is_named(p->columns[i].name, name)) continue;
    double *values = arena_array(&c->scratch, double, p->save_count);
    for (size_t t = 0; t < p->save_count; t++) values[t] = r->values[t * p->column_count + i];
    list_push(&c->scratch, &to->list) = (struct curve){title_of(c, r, i), values};
  }
  return to->list.count - before;
}

bool plots_show(struct cli *c, const struct results *r) {
  struct shown_names names = asked(c, r->program->model);
  struct curves curves = {0};
  for (size_t i = 0; i < names.list.count; i++)
    if (!add_curves(c, r, names.list.items[i], &curves))
      return report_unknown(c, r->program->model, names.list.items[i]);
  size_t count = r->program->save_count, widest = 0;
  for (size_t i = 0; i < curves.list.count; i++) {
    size_t width = text_width(curves.list.items[i].title);
    if (width > widest) widest = width;
  }
  text_puts(&c->out, "\n");
  for (size_t i = 0; i < curves.list.count; i++) {
    const struct curve *x = &curves.list.items[i];
    if (curves.list.count <= CHARTS)
      plot_chart(&c->out, &c->scratch, x->title, r->times, x->values, count);
    else
      plot_line(&c->out, &c->scratch, x->title, (int)(widest < WIDEST ? widest : WIDEST), x->values, count);
  }
  return true;
}
