// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a model, see yaml_write.h. Entries are written before the head, since writing them finds the mappings
// and aliases that the head must declare. Sections stand in the order in which their first variables came.
#include "output/yaml_write.h"

#include <ctype.h>
#include <string.h>

#include "output/yaml_parts.h"

struct part {  // of a file: the variables of one sector
  const char *key, *path;
  const struct model_sector *sector;
  struct text body;
};
struct writing {
  struct yaml_writer w;
  struct part *parts;
  size_t part_count;
};

// ---- which file a variable stands in

// What tells the files apart: the file it was read from, or the group that another program put it into.
static const char *part_key(const struct model *m, const struct variable *v) {
  if (!v->sector) return "";
  return !m->foreign && v->span.source ? v->span.source->path : v->sector;
}

static const struct model_sector *sector_of(const struct model *m, const char *path) {
  for (size_t i = 0; i < m->sectors.count; i++)
    if (strcmp(m->sectors.items[i].path, path) == 0) return &m->sectors.items[i];
  return NULL;
}

static bool is_taken(const struct writing *s, const char *path) {
  for (size_t i = 0; i < s->part_count; i++)
    if (s->parts[i].path && strcmp(s->parts[i].path, path) == 0) return true;
  return false;
}

// A file that was read keeps its place below the model's folder; a group's name becomes one.
static const char *part_path(const struct writing *s, const char *key) {
  const struct model *m = s->w.m;
  struct arena *a = s->w.arena;
  const char *slash = strrchr(m->path, '/'), *path = key;
  size_t folder = slash ? (size_t)(slash - m->path) + 1 : 0;
  bool below = !m->foreign && strncmp(key, m->path, folder) == 0 && key[folder] != '/' && !strstr(key + folder, "..");
  if (below) {
    path = key + folder;
  } else {
    const char *last = m->foreign ? NULL : strrchr(key, '/');
    char *slug = arena_string(a, last ? last + 1 : key);
    for (char *c = slug; *c; c++)
      if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.') *c = '-';
    path = m->foreign ? arena_format(a, "%02zu-%s.yaml", s->part_count, slug) : slug;
  }
  while (is_taken(s, path) || strcmp(path, "model.yaml") == 0) path = arena_format(a, "other-%s", path);
  return path;
}

static struct part *part_of(struct writing *s, const struct variable *v) {
  const char *key = part_key(s->w.m, v);
  for (size_t i = 0; i < s->part_count; i++)
    if (strcmp(s->parts[i].key, key) == 0) return &s->parts[i];
  struct part *p = &s->parts[s->part_count];
  *p = (struct part){.key = key, .path = *key ? part_path(s, key) : "model.yaml"};
  if (*key) p->sector = sector_of(s->w.m, key);
  s->part_count++;
  return p;
}

// ---- sections of the head

// All elements of its parent, in that order?
static bool is_alias(const struct dimension *d, const struct dimension *parent) {
  for (uint32_t i = 0; d->count == parent->count && i < d->count; i++)
    if (d->in_parent[i] != parent->in_parent[i]) return false;
  return d->count == parent->count;
}

static void put_dimension(struct yaml_writer *w, const struct dimension *d) {
  const struct dimension *parent = d->parent == DIMENSION_NONE ? NULL : &w->m->dimensions.items[d->parent];
  bool all = parent && is_alias(d, parent);
  yaml_put_key(w, 2, d->name);
  text_puts(w->out, "\n");
  if (parent) yaml_put_field(w, 4, "of", parent->name);
  if (!all) {
    text_puts(w->out, "    elements: [");
    for (uint32_t i = 0; i < d->count; i++) yaml_put_item(w, 6, i, yaml_scalar(w->arena, d->elements[i]));
    text_puts(w->out, "]\n");
  }
  yaml_put_label(w, 4, "label", d->label, d->name);
  bool begun = false;
  for (uint32_t i = 0; i < d->count; i++) {
    struct label label = d->element_labels ? d->element_labels[i] : (struct label){0};
    bool plain = !label.en || (strcmp(label.en, d->elements[i]) == 0 && !label.zh);
    uint32_t at = parent ? map_get(&parent->names, d->elements[i]) : MAP_NONE;
    struct label above = at != MAP_NONE && parent->element_labels ? parent->element_labels[at] : (struct label){0};
    if (plain || (above.en == label.en && above.zh == label.zh)) continue;
    if (!begun) text_puts(w->out, "    labels:\n");
    begun = true;
    yaml_put_label(w, 6, d->elements[i], label, d->elements[i]);
  }
}

static void put_dimensions(struct yaml_writer *w) {
  if (w->m->dimensions.count) text_puts(w->out, "\ndimensions:\n");
  for (size_t i = 0; i < w->m->dimensions.count; i++) put_dimension(w, &w->m->dimensions.items[i]);
  for (size_t i = 0; i < w->aliases.count; i++) {
    yaml_put_key(w, 2, w->aliases.items[i].name);
    text_puts(w->out, "\n");
    yaml_put_field(w, 4, "of", w->m->dimensions.items[w->aliases.items[i].of].name);
  }
}

static void put_mappings(struct yaml_writer *w) {
  if (w->mappings.count) text_puts(w->out, "\nmappings:\n");
  for (size_t i = 0; i < w->mappings.count; i++) {
    const struct yaml_mapping *m = &w->mappings.items[i];
    const struct dimension *from = &w->m->dimensions.items[m->from], *to = &w->m->dimensions.items[m->to];
    const struct dimension *root = &w->m->dimensions.items[to->root];
    yaml_put_key(w, 2, m->name);
    text_puts(w->out, "\n");
    yaml_put_field(w, 4, "from", from->name);
    yaml_put_field(w, 4, "to", to->name);
    text_puts(w->out, "    elements: [");
    for (uint32_t k = 0; k < from->count; k++)
      yaml_put_item(w, 6, k, yaml_scalar(w->arena, root->elements[m->elements[from->in_parent[k]]]));
    text_puts(w->out, "]\n");
  }
}

static const char *alias_text(struct yaml_writer *w, const struct unit *unit) {
  char digits[32];
  const char *text = text_from_number(unit->factor, digits);
  text = arena_string(w->arena, text);
  for (size_t i = 0; i < unit->count; i++) {
    const struct unit_power *p = &unit->powers[i];
    text = arena_format(w->arena, "%s %s", text, w->m->units.bases.items[p->base]);
    if (p->den != 1)
      text = arena_format(w->arena, "%s^(%d/%d)", text, p->num, p->den);
    else if (p->num != 1)
      text = arena_format(w->arena, "%s^%d", text, p->num);
  }
  return text;
}

static bool is_known_to_all(const char *name) {
  return strcmp(name, "1") == 0 || strcmp(name, "dmnl") == 0 || strcmp(name, "%") == 0;
}

static bool is_base(const struct model *m, const char *name) {
  for (size_t i = 0; i < m->units.bases.count; i++)
    if (strcmp(m->units.bases.items[i], name) == 0) return true;
  return false;
}

static void put_units(struct yaml_writer *w) {
  const struct unit_table *t = &w->m->units;
  bool begun = false;
  for (size_t i = 0; i < t->aliases.count; i++) {
    const struct unit_alias *x = &t->aliases.items[i];
    if (is_known_to_all(x->name)) continue;
    if (!begun) text_puts(w->out, "\nunits:\n");
    begun = true;
    yaml_put_field(w, 2, x->name, is_base(w->m, x->name) ? "base" : alias_text(w, x->unit));
  }
}

static void put_function(struct yaml_writer *w, const struct function *f) {
  const char *key = arena_format(w->arena, "%s(", yaml_name(w, f->name));
  bool units = false;
  for (size_t i = 0; i < f->arg_count; i++) {
    key = arena_format(w->arena, "%s%s%s", key, i ? ", " : "", yaml_name(w, f->args[i]));
    units = units || strcmp(f->arg_units[i], "1") != 0;
  }
  yaml_put_key(w, 2, arena_format(w->arena, "%s)", key));
  text_puts(w->out, "\n");
  if (units) text_puts(w->out, "    units:\n");
  for (size_t i = 0; units && i < f->arg_count; i++) yaml_put_field(w, 6, f->args[i], f->arg_units[i]);
  yaml_put_field(w, 4, "unit", f->unit);
  yaml_put_field(w, 4, "equation", yaml_expr(w, NULL, NULL, f->body));
  yaml_put_label(w, 4, "label", f->label, f->name);
  yaml_put_field(w, 4, "doc", f->doc);
  yaml_put_field(w, 4, "source", f->source);
}

static void put_time(struct yaml_writer *w) {
  const struct model *m = w->m;
  text_puts(w->out, "time:\n");
  if (m->foreign)
    yaml_put_unit(w, 2, "unit", m->time_unit, NOWHERE);
  else
    yaml_put_field(w, 2, "unit", m->time_unit_text);
  const struct {
    const char *key;
    double value;
  } rows[] = {{"start", m->start}, {"stop", m->stop}, {"step", m->step}, {"save", m->save}};
  for (size_t i = 0; i < 4; i++) {
    yaml_put_key(w, 2, rows[i].key);
    text_puts(w->out, " ");
    yaml_put_number(w, rows[i].value);
    text_puts(w->out, "\n");
  }
  if (m->stop_varies) yaml_put_field(w, 2, "ends", m->variables.items[m->stop_variable].name);
}

static void put_head(struct writing *s) {
  struct yaml_writer *w = &s->w;
  const struct model *m = w->m;
  yaml_put_field(w, 0, "model", m->name);
  yaml_put_label(w, 0, "title", m->title, m->name);
  yaml_put_field(w, 0, "version", m->version);
  yaml_put_field(w, 0, "doc", m->doc);
  yaml_put_field(w, 0, "source", m->source);
  if (m->foreign) text_puts(w->out, "foreign: true\n");
  yaml_put_field(w, 0, "method", m->method);
  put_time(w);
  put_units(w);
  put_dimensions(w);
  put_mappings(w);
  bool begun = false;
  for (size_t i = 0; i < s->part_count; i++) {
    if (!*s->parts[i].key) continue;
    text_puts(w->out, begun ? "" : "\ninclude:\n");
    begun = true;
    text_puts(w->out, "  - ");
    yaml_put_text(w, s->parts[i].path, false);
    text_puts(w->out, "\n");
  }
  if (m->functions.count) text_puts(w->out, "\nfunctions:\n");
  for (size_t i = 0; i < m->functions.count; i++) put_function(w, &m->functions.items[i]);
}

static void put_sector(struct yaml_writer *w, const struct part *p) {
  if (p->sector && p->sector->label.en)
    yaml_put_label(w, 0, "sector", p->sector->label, NULL);
  else if (!p->sector)
    yaml_put_field(w, 0, "sector", p->key);
  if (p->sector) yaml_put_field(w, 0, "doc", p->sector->doc);
  if (p->sector) yaml_put_field(w, 0, "source", p->sector->source);
}

// ---- entries

static void put_section(struct writing *s, struct part *p, enum variable_kind kind) {
  const struct model *m = s->w.m;
  s->w.out = &p->body;
  text_printf(&p->body, "\n%s:\n", variable_kind_sections[kind]);
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (yaml_kind(v) == kind && part_of(s, v) == p) yaml_put_variable(&s->w, v);
  }
}

static void put_entries(struct writing *s) {
  const struct model *m = s->w.m;
  bool *begun = arena_array(s->w.arena, bool, (m->variables.count + 1) * VARIABLE_KINDS);
  for (size_t i = 0; i < m->variables.count; i++) part_of(s, &m->variables.items[i]);  // in the order of the model
  for (size_t i = 0; i < m->variables.count; i++) {
    struct part *p = part_of(s, &m->variables.items[i]);
    enum variable_kind kind = yaml_kind(&m->variables.items[i]);
    bool *done = &begun[(size_t)(p - s->parts) * VARIABLE_KINDS + kind];
    if (!*done) put_section(s, p, kind);
    *done = true;
  }
}

static void keep(struct writing *s, struct yaml_files *out, const char *path, const struct text *head,
                 const struct text *body) {
  struct arena *a = s->w.arena;
  if (head->failed || body->failed) arena_fail(a);
  char *text = arena_alloc(a, head->size + body->size + 1);
  if (head->size) memcpy(text, head->data, head->size);
  if (body->size) memcpy(text + head->size, body->data, body->size);
  list_push(a, &out->files) = (struct yaml_file){path, text, head->size + body->size};
}

static void write_all(struct writing *s, struct yaml_files *out, struct text *head) {
  put_entries(s);
  struct text none = {0};
  s->w.out = head;
  put_head(s);
  size_t main_part = 0;
  while (main_part < s->part_count && *s->parts[main_part].key) main_part++;
  keep(s, out, "model.yaml", head, main_part < s->part_count ? &s->parts[main_part].body : &none);
  for (size_t i = 0; i < s->part_count; i++) {
    if (i == main_part) continue;
    head->size = 0;
    put_sector(&s->w, &s->parts[i]);
    keep(s, out, s->parts[i].path, head, &s->parts[i].body);
  }
}

static void release(struct writing *s, struct text *head) {
  for (size_t i = 0; i < s->part_count; i++) text_free(&s->parts[i].body);
  text_free(&s->w.text);
  text_free(head);
}

bool yaml_write(struct yaml_files *out, struct arena *a, const struct model *m, struct diag *diag) {
  struct writing *s = arena_new(a, struct writing);
  struct text *head = arena_new(a, struct text);
  *s = (struct writing){.w = {.arena = a, .m = m, .diag = diag}};
  s->parts = arena_array(a, struct part, m->variables.count + 1);
  *out = (struct yaml_files){0};
  jmp_buf here, *outer = a->oom, *outer_diag = diag->arena->oom;
  if (setjmp(here)) {
    diag->arena->oom = outer_diag;
    a->oom = outer;
    release(s, head);
    arena_fail(a);
  }
  a->oom = diag->arena->oom = &here;
  write_all(s, out, head);
  diag->arena->oom = outer_diag;
  a->oom = outer;
  release(s, head);
  return !s->w.failed;
}
