// SPDX-License-Identifier: GPL-3.0-or-later
// The sketch section: views, one object a line (Vensim Reference Manual, "Sketch information"). Only places are taken:
// `10,id,name,x,y,width,height,shape,bits,...` is a variable, a shadow where arrows may not go in (bit 0 of bits);
// `11,...` a valve, whose flow is the variable attached to it (bit 5 of shape) on a line behind. A variable stands
// where the first view shows it itself, else where one shows its shadow. Lines that make no sense are passed over: a
// drawing never stops a model.
#include <string.h>

#include "base/text.h"
#include "vensim/mdl_parts.h"

enum { SKETCH_VARIABLE = 10, SKETCH_VALVE = 11, SHAPE_ATTACHED = 32, BITS_ARROWS_IN = 1 };

struct line {
  const char *text;
  size_t size, at;
};
struct sketch {
  struct mdl *m;
  double x, y;     // of the last valve
  bool has_valve;  // no variable has taken it yet
  uint32_t page;   // the view at hand
  bool *shadow;    // [variable]: its place is a shadow's
};

// The next field; commas in quotes are part of it.
static bool next_field(struct line *l, const char **field, size_t *size) {
  if (l->at > l->size) return false;
  size_t start = l->at;
  bool quoted = false;
  for (; l->at < l->size && (quoted || l->text[l->at] != ','); l->at++) {
    bool escape = l->text[l->at] == '\\' && l->at + 1 < l->size;
    if (l->text[l->at] == '"') quoted = !quoted;
    l->at += escape;
  }
  *field = l->text + start, *size = l->at - start;
  l->at++;
  return true;
}

static bool next_number(struct line *l, double *value) {
  const char *field;
  size_t size;
  return next_field(l, &field, &size) && text_to_number(field, size, value) && *value > -1e6 && *value < 1e6;
}

static const char *key_of(struct mdl *m, const char *name, size_t size) {
  if (size >= 2 && name[0] == '"' && name[size - 1] == '"') name++, size -= 2;
  char *plain = arena_alloc(m->arena, size + 1);
  size_t n = 0;
  for (size_t i = 0; i < size; i++) {
    if (name[i] == '\\' && i + 1 < size && name[i + 1] == '"') i++;
    plain[n++] = name[i];
  }
  return mdl_key(m->arena, plain, n);
}

static void place(struct sketch *s, uint32_t number, double x, double y, bool is_shadow) {
  struct model_view *view = &s->m->model->variables.items[s->m->variables.items[number].index].view;
  if (view->placed && (is_shadow || !s->shadow[number])) return;
  *view = (struct model_view){x, y, true, s->page};
  s->shadow[number] = is_shadow;
}

static void read_variable(struct sketch *s, struct line *l, const char *name, size_t size) {
  double x, y, width, height, shape = 0, bits = BITS_ARROWS_IN;
  if (!next_number(l, &x) || !next_number(l, &y)) return;
  if (next_number(l, &width) && next_number(l, &height) && next_number(l, &shape)) next_number(l, &bits);
  uint32_t number = map_get(&s->m->variable_keys, key_of(s->m, name, size));
  bool attached = s->has_valve && shape >= 0 && (unsigned)shape & SHAPE_ATTACHED;
  if (attached) x = s->x, y = s->y, s->has_valve = false;
  if (number != MAP_NONE) place(s, number, x, y, bits >= 0 && !((unsigned)bits & BITS_ARROWS_IN));
}

static void read_line(struct sketch *s, struct line l) {
  double kind, id;
  const char *name;
  size_t size;
  if (!next_number(&l, &kind) || !next_number(&l, &id) || !next_field(&l, &name, &size)) return;
  if (kind == SKETCH_VARIABLE) read_variable(s, &l, name, size);
  if (kind == SKETCH_VALVE) s->has_valve = next_number(&l, &s->x) && next_number(&l, &s->y);
}

void mdl_sketch_read(struct mdl *m, const char *text) {
  uint32_t views = 0;
  struct sketch s = {.m = m, .shadow = arena_array(m->arena, bool, m->variables.count + 1)};
  while (*text && strncmp(text, ":L", 2) != 0) {  // settings come behind
    size_t size = strcspn(text, "\r\n");
    if (*text == '1') read_line(&s, (struct line){text, size, 0});
    if (*text == '*') s.page = views++, s.has_valve = false;  // the next view
    text += size + strspn(text + size, "\r\n");
  }
}
