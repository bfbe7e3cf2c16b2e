// SPDX-License-Identifier: GPL-3.0-or-later
// See diagram.h. Writes DOT and has graphviz lay it out and draw it; names reach graphviz as quoted strings in which
// backslashes are doubled, so that they stay names.
#include "report/diagram.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "output/file.h"
#include "report/diagram_links.h"
#include "report/diagram_place.h"
#include "report/font.h"
#include "report/tool.h"
#include "report/words.h"

struct sector {
  const char *name, *label;  // "" for the main file; label: in the language of the map
  size_t variables, stocks;
};

struct diagram {
  struct arena *a;
  struct text *out;
  const struct causes *g;
  const struct model *model;
  const struct diagram_options *o;
  struct diag *diag;
  uint32_t *sectors; /* [variable] */
  LIST(struct sector) list;
  const struct diagram_links *links;
  uint32_t *ghosts;                     /* [variable] the last sector in which it is a ghost */
  const struct diagram_places *places;  // NULL: graphviz finds places
  double *widths;                       /* [variable] inches, for places */
  size_t clouds;
  bool chinese;
};

static void put_quoted(struct diagram *d, const char *text) {
  size_t left = strlen(text);
  d->chinese = d->chinese || font_is_chinese(text);
  text_puts(d->out, "\"");
  for (size_t size; left; text += size, left -= size) {
    uint32_t code;
    size = text_decode(text, left, &code);
    if (!size) size = 1, code = 0;
    if (code < 0x20 || (code >= 0x7F && code < 0xA0) || text_is_hidden(code))
      text_puts(d->out, " ");
    else if (code == '"' || code == '\\')
      text_printf(d->out, "\\%c", (int)code);
    else
      text_add(d->out, text, size);
  }
  text_puts(d->out, "\"");
}

static const struct variable *variable(const struct diagram *d, uint32_t v) {
  return &d->model->variables.items[v];
}

// A rate of another program's file may be a constant. What such a file needs for the run alone is linked with nothing.
static bool is_drawn(const struct diagram *d, uint32_t number) {
  const struct variable *v = variable(d, number);
  if (v->hidden || (d->model->foreign && !d->links->linked[number])) return false;
  switch (v->kind) {
    case VARIABLE_STOCK:
    case VARIABLE_FLOW:
    case VARIABLE_AUXILIARY:
    case VARIABLE_INDICATOR:
    case VARIABLE_LEVER:
    case VARIABLE_INPUT:
      return true;
    default:
      return diagram_links_is_pipe(d->links, number);
  }
}

// A variable knows its sector by the English name; the model knows the sector's label.
static const struct model_sector *declared(const struct diagram *d, const char *name) {
  for (size_t i = 0; i < d->model->sectors.count; i++) {
    const struct model_sector *s = &d->model->sectors.items[i];
    if (s->label.en && strcmp(s->label.en, name) == 0) return s;
  }
  return NULL;
}

static uint32_t sector_of(struct diagram *d, const char *name) {
  for (uint32_t i = 0; i < d->list.count; i++)
    if (strcmp(d->list.items[i].name, name) == 0) return i;
  const struct model_sector *s = declared(d, name);
  const char *label = s ? messages_label(d->o->language, s->label) : name;
  list_push(d->a, &d->list) = (struct sector){.name = name, .label = label};
  return (uint32_t)d->list.count - 1;
}

static void find_sectors(struct diagram *d) {
  size_t count = d->model->variables.count;
  d->sectors = arena_array(d->a, uint32_t, count);
  for (uint32_t v = 0; v < count; v++) {
    const char *name = d->places ? NULL : variable(d, v)->sector;
    d->sectors[v] = sector_of(d, name ? name : "");
    struct sector *s = &d->list.items[d->sectors[v]];
    s->variables += is_drawn(d, v);
    s->stocks += variable(d, v)->kind == VARIABLE_STOCK;
  }
}

static const char *label_of(const struct diagram *d, const struct variable *v) {
  return messages_starred(d->a, d->o->language, v->label, v->judgement);
}

// Long labels are broken at a blank near the middle; Chinese ones in the middle.
static const char *broken(struct diagram *d, const char *label) {
  enum { WIDE = 18 };
  size_t size = strlen(label);
  if (text_width(label) <= WIDE) return label;
  size_t best = 0;
  for (size_t i = 1; i < size; i++) {
    bool blank = label[i] == ' ', wide = ((unsigned char)label[i] & 0xC0) == 0xC0;
    size_t here = i > size / 2 ? i - size / 2 : size / 2 - i,
           kept = best > size / 2 ? best - size / 2 : size / 2 - best;
    if ((blank || wide) && (!best || here < kept)) best = i;
  }
  if (!best) return label;
  return arena_format(d->a, "%.*s\n%s", (int)best, label, label + best + (label[best] == ' '));
}

// Of a symbol with its label, about: a column of text at ten points and what surrounds it.
static double width_of(struct diagram *d, uint32_t v) {
  const char *text = broken(d, label_of(d, variable(d, v))), *end = strchr(text, '\n');
  size_t first = text_width(end ? arena_copy(d->a, text, (size_t)(end - text)) : text);
  size_t second = end ? text_width(end + 1) : 0, columns = first > second ? first : second;
  bool box = variable(d, v)->kind == VARIABLE_STOCK;
  return fmax((double)columns * 0.085 + (box ? 0.28 : 0.06), box ? 0.75 : 0.3);
}

// A whole map of a file with views keeps their places, and then has no frames around sectors.
static void find_places(struct diagram *d) {
  if (d->o->overview || d->o->sector) return;
  d->widths = arena_array(d->a, double, d->model->variables.count);
  for (uint32_t v = 0; v < d->model->variables.count; v++) d->widths[v] = is_drawn(d, v) ? width_of(d, v) : 0;
  d->places = diagram_place_all(d->a, d->model, d->links, d->widths);
}

static void put_point(struct diagram *d, struct diagram_point at) {
  text_printf(d->out, ",pos=\"%.4f,%.4f!\"", at.x, at.y);
}

// A label whose line break is graphviz's own.
static void put_label(struct diagram *d, const char *label) {
  const char *text = broken(d, label), *end = strchr(text, '\n');
  if (!end) {
    put_quoted(d, text);
    return;
  }
  put_quoted(d, arena_copy(d->a, text, (size_t)(end - text)));
  d->out->size--;
  text_puts(d->out, "\\n");
  size_t at = d->out->size;
  put_quoted(d, end + 1);
  memmove(d->out->data + at, d->out->data + at + 1, d->out->size - at);
  d->out->size--;
}

// The valve of a pipe with its name below.
static void put_valve(struct diagram *d, const char *label) {
  d->chinese = d->chinese || font_is_chinese(label);
  text_puts(d->out, "<<FONT POINT-SIZE=\"17\">\xE2\x8B\x88</FONT><BR/>");
  const char *text = broken(d, label), *end = strchr(text, '\n');
  words_put_html(d->out, end ? arena_copy(d->a, text, (size_t)(end - text)) : text);
  if (end) text_puts(d->out, "<BR/>");
  if (end) words_put_html(d->out, end + 1);
  text_puts(d->out, ">");
}

static void put_node(struct diagram *d, uint32_t v) {
  static const char *const styles[VARIABLE_KINDS] = {
      [VARIABLE_STOCK] =
          "shape=box,style=filled,fillcolor=\"#dcebf7\",color=\"#0072b2\",penwidth=1.6,margin=\"0.14,0.08\"",
      [VARIABLE_FLOW] = "shape=none,margin=0,width=0,height=0",
      [VARIABLE_AUXILIARY] = "shape=plaintext,margin=\"0.03,0.02\"",
      [VARIABLE_INDICATOR] = "shape=box,style=\"rounded,dashed\",color=\"#009e73\",margin=\"0.08,0.04\"",
      [VARIABLE_LEVER] = "shape=hexagon,style=filled,fillcolor=\"#fdebd8\",color=\"#d55e00\",margin=\"0.02,0.02\"",
      [VARIABLE_INPUT] = "shape=plaintext,fontcolor=\"#7b3fb5\",margin=\"0.03,0.02\"",
  };
  const struct variable *x = variable(d, v);
  bool valve = x->kind == VARIABLE_FLOW || diagram_links_is_pipe(d->links, v);
  text_printf(d->out, "n%u [%s,label=", v, styles[valve ? VARIABLE_FLOW : x->kind]);
  if (valve)
    put_valve(d, label_of(d, x));
  else
    put_label(d, label_of(d, x));
  text_puts(d->out, ",tooltip=");
  put_quoted(d, x->name);
  if (d->places && d->places->placed[v]) put_point(d, d->places->points[v]);
  text_puts(d->out, "];\n");
}

static void put_cloud(struct diagram *d, uint32_t flow, bool source) {
  size_t cloud = d->clouds++;
  text_printf(
      d->out,
      "c%zu [label=\"\",shape=ellipse,style=\"filled,dotted\",fillcolor=\"#f2f2f2\",color=\"#999999\",width=0.3,"
      "height=0.2",
      cloud);
  if (d->places && d->places->placed[flow]) {
    uint32_t stock = source ? d->links->filled[flow] : d->links->drained[flow];
    bool known = stock != DIAGRAM_NONE && d->places->placed[stock];
    put_point(d, diagram_place_cloud(d->places->points[flow], d->widths[flow], known ? &d->places->points[stock] : NULL,
                                     source));
  }
  text_puts(d->out, "];\n");
  if (source)
    text_printf(d->out, "c%zu -> n%u [color=\"#555555:#ffffff:#555555\",arrowhead=none,weight=4];\n", cloud, flow);
  else
    text_printf(d->out, "n%u -> c%zu [color=\"#555555:#ffffff:#555555\",arrowsize=0.7,weight=4];\n", flow, cloud);
}

static void put_clouds(struct diagram *d, uint32_t flow) {
  if (d->links->drained[flow] == DIAGRAM_NONE && d->links->filled[flow] == DIAGRAM_NONE) return;
  if (d->links->drained[flow] == DIAGRAM_NONE) put_cloud(d, flow, true);
  if (d->links->filled[flow] == DIAGRAM_NONE) put_cloud(d, flow, false);
}

// A name of another sector, in grey and in angle brackets, once in each sector that uses it: lines across a whole model
// would cover it.
static void put_ghost(struct diagram *d, uint32_t v, uint32_t sector) {
  if (d->ghosts[v] == sector) return;
  d->ghosts[v] = sector;
  text_printf(d->out, "g%u_%u [shape=plaintext,fontcolor=\"#888888\",margin=\"0.03,0.02\",label=", v, sector);
  put_label(d, arena_format(d->a, "<%s>", label_of(d, variable(d, v))));
  text_puts(d->out, ",tooltip=");
  put_quoted(d, variable(d, v)->name);
  text_puts(d->out, "];\n");
}

// How a variable is called inside a sector.
static const char *node_of(struct diagram *d, uint32_t v, uint32_t sector) {
  return d->sectors[v] == sector ? arena_format(d->a, "n%u", v) : arena_format(d->a, "g%u_%u", v, sector);
}

// A link stands in the sector of its effect; a pipe in that of its flow.
static void put_link(struct diagram *d, const struct cause *c, uint32_t sector) {
  bool pipe = c->kind == CAUSE_INFLOW || c->kind == CAUSE_OUTFLOW;
  uint32_t home = d->sectors[pipe ? c->from : c->to];
  if (home != sector || c->from == c->to) return;
  if (!is_drawn(d, c->from) || !is_drawn(d, c->to)) return;
  uint32_t tail = c->kind == CAUSE_OUTFLOW ? c->to : c->from, head = c->kind == CAUSE_OUTFLOW ? c->from : c->to;
  if (d->sectors[tail] != sector) put_ghost(d, tail, sector);
  if (d->sectors[head] != sector) put_ghost(d, head, sector);
  text_printf(d->out, "%s -> %s ", node_of(d, tail, sector), node_of(d, head, sector));
  if (!pipe)
    text_printf(d->out, "[color=\"#333333%s\",penwidth=0.6,arrowsize=0.5];\n",
                d->sectors[tail] == sector ? "aa" : "55");
  else
    text_printf(d->out, "[color=\"#555555:#ffffff:#555555\",weight=6,%s];\n",
                c->kind == CAUSE_OUTFLOW ? "arrowhead=none" : "arrowsize=0.7");
}

static bool is_called(const struct sector *s, const char *name) {
  return strcmp(s->name, name) == 0 || strcmp(s->label, name) == 0;
}

static void put_sector(struct diagram *d, uint32_t s) {
  const char *name = d->list.items[s].name;
  if (!d->list.items[s].variables || (d->o->sector && !is_called(&d->list.items[s], d->o->sector))) return;
  if (*name) {
    text_printf(d->out, "subgraph cluster_%u {\nlabel=", s);
    put_quoted(d, d->list.items[s].label);
    text_puts(d->out, ";\nlabeljust=l;\nfontsize=16;\ncolor=\"#bbbbbb\";\nstyle=rounded;\nmargin=14;\n");
  }
  for (uint32_t v = 0; v < d->model->variables.count; v++) {
    if (!is_drawn(d, v) || d->sectors[v] != s) continue;
    put_node(d, v);
    put_clouds(d, v);
  }
  for (size_t i = 0; i < d->links->list.count; i++) put_link(d, &d->links->list.items[i], s);
  if (*name) text_puts(d->out, "}\n");
}

static void put_map(struct diagram *d) {
  d->ghosts = arena_array(d->a, uint32_t, d->model->variables.count);
  memset(d->ghosts, 0xFF, d->model->variables.count * sizeof *d->ghosts);
  for (uint32_t s = 0; s < d->list.count; s++) put_sector(d, s);
}

// All links from one sector to another. Few are drawn thin and without their number, which the tooltip has.
static void put_bundle(struct diagram *d, size_t from, size_t to, size_t links) {
  bool strong = links >= 5;
  text_printf(d->out, "s%zu -> s%zu [penwidth=%.2f,color=\"%s\",arrowsize=0.7,fontcolor=\"#333333\",tooltip=\"%zu\"",
              from, to, 0.5 + sqrt((double)links) / 2, strong ? "#0072b2cc" : "#33333355", links);
  if (strong) text_printf(d->out, ",label=\"%zu\"", links);
  text_puts(d->out, "];\n");
}

static void put_overview(struct diagram *d) {
  size_t n = d->list.count;
  size_t *links = arena_array(d->a, size_t, n * n);
  for (size_t i = 0; i < d->links->list.count; i++) {
    const struct cause *c = &d->links->list.items[i];
    if (is_drawn(d, c->from) && is_drawn(d, c->to)) links[d->sectors[c->from] * n + d->sectors[c->to]]++;
  }
  for (size_t s = 0; s < n; s++) {
    const struct sector *x = &d->list.items[s];
    if (!x->variables) continue;
    const char *name = x->name[0] ? x->label : messages_label(d->o->language, d->model->title);
    text_printf(
        d->out,
        "s%zu [shape=box,style=\"rounded,filled\",fillcolor=\"#dcebf7\",color=\"#0072b2\",margin=\"0.2,0.12\",label=",
        s);
    put_quoted(d, arena_format(d->a, "%s (%zu)", name, x->variables));
    text_puts(d->out, "];\n");
  }
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++)
      if (i != k && links[i * n + k]) put_bundle(d, i, k, links[i * n + k]);
}

static bool check_sector(struct diagram *d) {
  const char **names = arena_array(d->a, const char *, d->list.count + 1);
  for (size_t i = 0; i < d->list.count; i++) names[i] = d->list.items[i].label;
  for (size_t i = 0; d->o->sector && i < d->list.count; i++)
    if (is_called(&d->list.items[i], d->o->sector)) return true;
  if (!d->o->sector) return true;
  diag_error(d->diag, NOWHERE, map_sector, d->o->sector);
  diag_did_you_mean(d->diag, map_nearest(d->o->sector, names, d->list.count));
  return false;
}

static const char *format_of(const char *path) {
  static const char *const formats[] = {"svg", "pdf", "png", "dot"};
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot && i < 4; i++)
    if (strcmp(dot + 1, formats[i]) == 0) return formats[i];
  return NULL;
}

// Sectors have no lines between them, so each is laid out by itself and they are packed side by side. Lines bend around
// names only while there are few: the time for it grows with the square of their number.
static const char *layout_of(const struct diagram *d) {
  enum { BENT = 400 };
  if (d->o->overview) return "layout=circo,mindist=0.6,splines=true";
  if (!d->places) return "rankdir=LR,pack=16,packmode=\"graph\",splines=true";
  return d->links->list.count <= BENT ? "layout=neato,overlap=true,splines=true"
                                      : "layout=neato,overlap=true,splines=line";
}

static void put_head(struct text *out, const struct diagram *d, const char *font) {
  text_printf(out,
              "digraph model {\ngraph [%s,nodesep=0.15,ranksep=0.35,pad=0.2,fontname=\"%s\",outputorder=edgesfirst"
              ",nslimit=4,nslimit1=4];\n"
              "node [fontname=\"%s\",fontsize=10,fontcolor=\"#222222\"];\nedge [fontname=\"%s\",fontsize=9];\n",
              layout_of(d), font, font, font);
}

static bool run_dot(struct diagram *d, const char *path, const char *format, const struct text *dot) {
  if (strcmp(format, "dot") == 0) return file_write(d->a, path, dot->data, dot->size, d->diag);
  const char *output = file_temporary_name(d->a, path);
  const char *const command[] = {"dot", arena_format(d->a, "-T%s", format), "-o", output, NULL};
  struct tool_result *r = tool_run(d->a, command, dot->data, dot->size, "graphviz", d->diag);
  if (r && r->status == 0 && access(output, R_OK) == 0) return file_publish(output, path, d->diag);
  if (r) diag_error(d->diag, NOWHERE, map_dot, r->error);
  unlink(output);
  return false;
}

static bool draw(struct diagram *d, const char *path, const char *format, struct text *dot) {
  d->links = diagram_links_of(d->a, d->g);
  find_places(d);
  find_sectors(d);
  if (!check_sector(d)) return false;
  if (d->o->overview)
    put_overview(d);
  else
    put_map(d);
  const char *font = d->chinese ? font_chinese(d->a, d->diag) : "Helvetica";
  if (!font) return false;
  put_head(dot, d, font);
  text_add(dot, d->out->data ? d->out->data : "", d->out->size);
  text_puts(dot, "}\n");
  if (dot->failed || d->out->failed) arena_fail(d->a);
  return run_dot(d, path, format, dot);
}

static bool draw_guarded(struct diagram *d, const char *path, const char *format, struct text *dot) {
  jmp_buf *outer = d->a->oom, here;
  if (setjmp(here)) {
    d->a->oom = outer;
    text_free(d->out);
    text_free(dot);
    arena_fail(d->a);
  }
  d->a->oom = &here;
  bool good = draw(d, path, format, dot);
  d->a->oom = outer;
  return good;
}

bool diagram_write(struct arena *a, const char *path, const struct causes *g, const struct diagram_options *o,
                   struct diag *diag) {
  struct text body = {0}, dot = {0};
  struct diagram d = {.a = a, .out = &body, .g = g, .model = g->checked->model, .o = o, .diag = diag};
  const char *format = format_of(path);
  if (!format) diag_error(diag, NOWHERE, map_format, path);
  bool good = format && draw_guarded(&d, path, format, &dot);
  text_free(&body);
  text_free(&dot);
  return good;
}
