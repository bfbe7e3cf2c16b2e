// SPDX-License-Identifier: GPL-3.0-or-later
// The view of a model: a <view> with stocks, flows along their pipes, auxiliaries and connectors. What a file drew
// stays where it was; the rest is laid out sector by sector below: stocks in a column with their flows beside them,
// then the other variables on a grid. A plain layout that opens well, to be drawn nicely by hand: no crossing is
// avoided.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xmile/xmile_write.h"

enum { COLUMNS = 8, COLUMN = 120, ROW = 45, LANE = 26, PIPE = 60, HALF_STOCK = 22, STOCK_X = 320, STOCK_ROW = 90 };

struct symbol {
  double x, y;
  bool placed;
  uint32_t source, target;     // of a flow: stocks, or MAP_NONE
  unsigned inflows, outflows;  // of a stock: lanes taken
};

struct layout {
  struct xmile_writer *w;
  struct symbol *of;  // [variable]
  double bottom;
};

static const struct variable *variable(const struct layout *l, uint32_t i) {
  return &l->w->m->variables.items[i];
}

static void put_at(struct layout *l, uint32_t i, double x, double y) {
  l->of[i].x = x, l->of[i].y = y, l->of[i].placed = true;
  if (y + STOCK_ROW > l->bottom) l->bottom = y + STOCK_ROW;
}

// ---- positions

static void find_ends(struct layout *l, uint32_t stock) {
  const struct variable *v = variable(l, stock);
  for (size_t i = 0; i < v->inflows.count; i++) {
    uint32_t f = map_get(&l->w->m->names, v->inflows.items[i].name);
    if (f != MAP_NONE && l->of[f].target == MAP_NONE) l->of[f].target = stock;
  }
  for (size_t i = 0; i < v->outflows.count; i++) {
    uint32_t f = map_get(&l->w->m->names, v->outflows.items[i].name);
    if (f != MAP_NONE && l->of[f].source == MAP_NONE) l->of[f].source = stock;
  }
}

static void start(struct layout *l) {
  size_t count = l->w->m->variables.count;
  l->of = arena_array(l->w->arena, struct symbol, count + 1);
  for (uint32_t i = 0; i < count; i++) l->of[i].source = l->of[i].target = MAP_NONE;
  for (uint32_t i = 0; i < count; i++) {
    const struct model_view *view = &variable(l, i)->view;
    if (variable(l, i)->kind == VARIABLE_STOCK) find_ends(l, i);
    if (view->placed) put_at(l, i, view->x, view->y);
  }
  if (l->bottom == 0) l->bottom = STOCK_ROW;
}

static bool in_sector(const struct layout *l, uint32_t i, const char *sector) {
  const char *own = variable(l, i)->sector;
  return !l->of[i].placed && variable(l, i)->kind != VARIABLE_TABLE &&
         (own == sector || (own && sector && strcmp(own, sector) == 0));
}

static unsigned lanes(const struct layout *l, uint32_t stock) {
  const struct variable *v = variable(l, stock);
  return (unsigned)(v->inflows.count > v->outflows.count ? v->inflows.count : v->outflows.count);
}

static void place_stocks(struct layout *l, const char *sector) {
  double y = l->bottom;
  for (uint32_t i = 0; i < l->w->m->variables.count; i++) {
    if (variable(l, i)->kind != VARIABLE_STOCK || !in_sector(l, i, sector)) continue;
    put_at(l, i, STOCK_X, y);
    y += fmax(STOCK_ROW, LANE * lanes(l, i) + 40);
  }
  l->bottom = fmax(l->bottom, y);
}

// Between its stocks, or beside the only one.
static bool place_flow(struct layout *l, uint32_t i) {
  struct symbol *f = &l->of[i];
  struct symbol *source = f->source == MAP_NONE ? NULL : &l->of[f->source];
  struct symbol *target = f->target == MAP_NONE ? NULL : &l->of[f->target];
  if (source && source->placed && target && target->placed) {
    double shift = LANE * source->outflows++;
    put_at(l, i, fmax(source->x, target->x) + 2 * PIPE + shift, (source->y + target->y) / 2);
  } else if (target && target->placed) {
    put_at(l, i, target->x - 2 * PIPE, target->y + LANE * target->inflows++);
  } else if (source && source->placed) {
    put_at(l, i, source->x + 2 * PIPE, source->y + LANE * source->outflows++);
  }
  return f->placed;
}

static void place_sector(struct layout *l, const char *sector) {
  place_stocks(l, sector);
  double top = l->bottom;
  size_t count = 0;
  for (uint32_t i = 0; i < l->w->m->variables.count; i++) {
    if (!in_sector(l, i, sector) || (variable(l, i)->kind == VARIABLE_FLOW && place_flow(l, i))) continue;
    put_at(l, i, COLUMN / 2 + COLUMN * (double)(count % COLUMNS), top + ROW * (double)(count / COLUMNS));
    count++;
  }
}

static void place_all(struct layout *l) {
  for (uint32_t i = 0; i < l->w->m->variables.count; i++)
    if (!l->of[i].placed && variable(l, i)->kind != VARIABLE_TABLE) place_sector(l, variable(l, i)->sector);
}

// ---- writing

static void put_number(struct layout *l, const char *before, double x) {
  text_puts(l->w->out, before);
  xmile_print_number(l->w, round(x * 10) / 10);
  text_puts(l->w->out, "\"");
}

static void put_point(struct layout *l, double x, double y) {
  put_number(l, "<pt x=\"", x);
  put_number(l, " y=\"", y);
  text_puts(l->w->out, "/>");
}

// Where the pipe leaves or enters a stock: the side that looks to the flow.
static double edge(const struct symbol *stock, double towards) {
  return stock->x + (towards < stock->x ? -HALF_STOCK : HALF_STOCK);
}

// Right angles through the valve: along at the height of either end, across where the flow stands.
static void put_pipe(struct layout *l, const struct symbol *f) {
  const struct symbol *source = f->source == MAP_NONE ? NULL : &l->of[f->source];
  const struct symbol *target = f->target == MAP_NONE ? NULL : &l->of[f->target];
  double from = source ? source->y : f->y, to = target ? target->y : f->y;
  text_puts(l->w->out, "<pts>");
  put_point(l, source ? edge(source, f->x) : f->x - PIPE, from);
  if (from != to || from != f->y) {
    put_point(l, f->x, from);
    put_point(l, f->x, to);
  }
  put_point(l, target ? edge(target, f->x) : f->x + PIPE, to);
  text_puts(l->w->out, "</pts>");
}

static void put_symbol(struct layout *l, uint32_t i) {
  enum variable_kind kind = variable(l, i)->kind;
  const char *tag = kind == VARIABLE_STOCK ? "stock" : kind == VARIABLE_FLOW ? "flow" : "aux";
  text_printf(l->w->out, "        <%s", tag);
  put_number(l, " x=\"", l->of[i].x);
  put_number(l, " y=\"", l->of[i].y);
  text_puts(l->w->out, " name=\"");
  xmile_print_attribute(l->w, variable(l, i)->name);
  if (kind != VARIABLE_FLOW) {
    text_puts(l->w->out, "\"/>\n");
    return;
  }
  text_puts(l->w->out, "\">");
  put_pipe(l, &l->of[i]);
  text_puts(l->w->out, "</flow>\n");
}

struct users {  // of one variable's equations: whom they name
  struct layout *l;
  uint32_t *marks;  // [variable]: the last user, plus 1
  uint32_t user;
  size_t count;  // of connectors
};

static void put_connector(struct users *u, uint32_t from) {
  struct xmile_writer *w = u->l->w;
  text_printf(w->out, "        <connector uid=\"%zu\"><from>", ++u->count);
  xmile_print_name(w, variable(u->l, from)->name);
  text_puts(w->out, "</from><to>");
  xmile_print_name(w, variable(u->l, u->user)->name);
  text_puts(w->out, "</to></connector>\n");
}

static void put_connectors_of(struct users *u, const struct expr *e) {
  uint32_t i = e->kind == EXPR_NAME ? map_get(&u->l->w->m->names, e->name) : MAP_NONE;
  if (i != MAP_NONE && i != u->user && u->l->of[i].placed && u->marks[i] != u->user + 1) {
    u->marks[i] = u->user + 1;
    put_connector(u, i);
  }
  for (size_t k = 0; k < e->arg_count; k++) put_connectors_of(u, e->args[k]);
}

static void put_connectors(struct layout *l) {
  size_t count = l->w->m->variables.count;
  struct users u = {.l = l, .marks = arena_array(l->w->arena, uint32_t, count + 1)};
  for (u.user = 0; u.user < count; u.user++) {
    const struct variable *v = variable(l, u.user);
    if (v->kind == VARIABLE_STOCK) continue;
    for (size_t k = 0; k < v->equations.count; k++) put_connectors_of(&u, v->equations.items[k].rhs);
  }
}

void xmile_layout_write(struct xmile_writer *w) {
  struct layout l = {.w = w};
  start(&l);
  place_all(&l);
  text_puts(w->out, "    <views>\n      <view type=\"stock_flow\">\n");
  for (uint32_t i = 0; i < w->m->variables.count; i++)
    if (l.of[i].placed) put_symbol(&l, i);
  put_connectors(&l);
  text_puts(w->out, "      </view>\n    </views>\n");
}
