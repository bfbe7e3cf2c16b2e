// SPDX-License-Identifier: GPL-3.0-or-later
// The scenario is written section by section, see study_write.h. Keys under `parameters:` are names of our language, in
// quotes where they are no identifiers; those under `sweep:` are plain texts.
#include "output/study_write.h"

#include <math.h>
#include <string.h>

#include "lang/prior.h"
#include "output/yaml_parts.h"

static void put_setting(struct yaml_writer *w, const char *key, double value) {
  char digits[32];
  if (!isnan(value)) yaml_put_field(w, 0, key, text_from_number(value, digits));
}

// "rho[ic]" with quotes where our language needs them.
static const char *element_key(struct yaml_writer *w, const struct vensim_target *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  const char *list = "";
  size_t element = t->element;
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &w->m->dimensions.items[v->dims[i]];
    list = arena_format(w->arena, "%s%s%s", yaml_name(w, d->elements[element % d->count]), *list ? ", " : "", list);
    element /= d->count;
  }
  const char *name = yaml_name(w, v->name);
  return *list ? arena_format(w->arena, "%s[%s]", name, list) : name;
}

static void put_changes(struct yaml_writer *w, const struct vensim_study *s) {
  if (s->changes.count) text_puts(w->out, "parameters:\n");
  for (size_t i = 0; i < s->changes.count; i++) {
    yaml_put_key(w, 2, element_key(w, &s->changes.items[i].of));
    text_puts(w->out, " ");
    yaml_put_number(w, s->changes.items[i].value);
    text_puts(w->out, "\n");
  }
}

static const char *plain_name(struct yaml_writer *w, const struct vensim_target *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  return t->whole ? v->name : variable_element_name(w->arena, w->m, v, t->element);
}

static void put_numbers(struct yaml_writer *w, const double *values, size_t count) {
  char digits[32];
  text_puts(w->out, "[");
  for (size_t i = 0; i < count; i++) yaml_put_item(w, 6, i, text_from_number(values[i], digits));
  text_puts(w->out, "]");
}

static void put_prior(struct yaml_writer *w, const struct prior *p) {
  text_printf(w->out, " {%s: ", prior_names[p->kind]);
  put_numbers(w, p->args, p->arg_count);
  if (isfinite(p->low)) text_puts(w->out, ", low: "), yaml_put_number(w, p->low);
  if (isfinite(p->high)) text_puts(w->out, ", high: "), yaml_put_number(w, p->high);
  text_puts(w->out, "}\n");
}

static void put_draws(struct yaml_writer *w, const struct vensim_study *s) {
  text_puts(w->out, s->sampling == VENSIM_GRID ? "  grid:\n" : "  uncertain:\n");
  for (size_t i = 0; i < s->draws.count; i++) {
    const struct vensim_draw *d = &s->draws.items[i];
    yaml_put_key(w, 4, plain_name(w, &d->of));
    if (!d->values) {
      put_prior(w, &d->prior);
      continue;
    }
    text_puts(w->out, " ");
    put_numbers(w, d->values, d->value_count);
    text_puts(w->out, "\n");
  }
}

static void put_sweep(struct yaml_writer *w, const struct vensim_study *s, const char *list) {
  if (!s->sweeps) return;
  text_puts(w->out, "sweep:\n");
  bool random = s->sampling == VENSIM_MULTIVARIATE || s->sampling == VENSIM_LATIN;
  if (random) text_printf(w->out, "  members: %.0f\n", s->members);
  if (random) yaml_put_field(w, 2, "sampling", s->sampling == VENSIM_LATIN ? "latin" : "random");
  yaml_put_field(w, 2, "seed", s->seed);
  if (list) yaml_put_field(w, 2, "list", list);
  if (s->draws.count) put_draws(w, s);
  if (!random || !s->draws.count) return;
  text_puts(w->out, "  only: [");  // what the file does not name is certain
  for (size_t i = 0; i < s->draws.count; i++)
    yaml_put_item(w, 4, i, yaml_scalar(w->arena, plain_name(w, &s->draws.items[i].of)));
  text_puts(w->out, "]\n");
}

static void put_saved(struct yaml_writer *w, const struct vensim_study *s) {
  if (!s->saved.count) return;
  text_puts(w->out, "save: [");
  for (size_t i = 0; i < s->saved.count; i++)
    yaml_put_item(w, 2, i, yaml_scalar(w->arena, w->m->variables.items[s->saved.items[i]].name));
  text_puts(w->out, "]\n");
}

// A cell of CSV, in quotes where it needs them.
static void put_cell(struct text *out, const char *cell) {
  if (!strpbrk(cell, ",\"\r\n")) {
    text_puts(out, cell);
    return;
  }
  text_puts(out, "\"");
  for (; *cell; cell++) text_add(out, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1);
  text_puts(out, "\"");
}

static void put_list(struct yaml_writer *w, const struct vensim_study *s) {
  size_t columns = s->columns.count;
  char digits[32];
  for (size_t i = 0; i < columns; i++) {
    text_puts(w->out, i ? "," : "");
    put_cell(w->out, plain_name(w, &s->columns.items[i]));
  }
  for (size_t i = 0; i < s->rows.count; i++) {
    text_puts(w->out, i % columns ? "," : "\n");
    text_puts(w->out, text_from_number(s->rows.items[i], digits));
  }
  text_puts(w->out, "\n");
}

static void put_scenario(struct yaml_writer *w, const struct vensim_study *s, const char *name, const char *model,
                         const char *list) {
  yaml_put_field(w, 0, "scenario", name);
  yaml_put_field(w, 0, "model", model);
  put_setting(w, "start", s->start);
  put_setting(w, "stop", s->stop);
  put_setting(w, "step", s->step);
  put_setting(w, "save_every", s->save);
  put_changes(w, s);
  put_saved(w, s);
  put_sweep(w, s, list);
}

static void keep(struct yaml_files *out, struct yaml_writer *w, const char *path) {
  if (w->out->failed) arena_fail(w->arena);
  const char *text = arena_copy(w->arena, w->out->data ? w->out->data : "", w->out->size);
  list_push(w->arena, &out->files) = (struct yaml_file){path, text, w->out->size};
  w->out->size = 0;
}

bool study_write(struct yaml_files *out, struct arena *a, const struct vensim_study *s, const struct model *m,
                 const char *name, const char *model, struct diag *diag) {
  struct text *text = arena_new(a, struct text);
  struct yaml_writer w = {.arena = a, .m = m, .diag = diag, .out = text};
  const char *list = s->columns.count ? arena_format(a, "%s.csv", name) : NULL;
  jmp_buf here, *outer = a->oom;
  if (setjmp(here)) {
    a->oom = outer;
    text_free(text);
    arena_fail(a);
  }
  a->oom = &here;
  put_scenario(&w, s, name, model, list);
  keep(out, &w, arena_format(a, "%s.yaml", name));
  if (list) put_list(&w, s), keep(out, &w, list);
  a->oom = outer;
  text_free(text);
  return !w.failed;
}
