// SPDX-License-Identifier: GPL-3.0-or-later
// An .mdl file is a list of entries `equation ~ units ~ comment ~ flags |`, with macros as brackets around some of
// them, headings of groups between them and a sketch behind. In the equation quotes and {comments} hide `~` and `|`; in
// units and comment nothing does, since people write odd quotes there.
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"
#include "vensim/mdl_parts.h"

struct reader {
  struct mdl *m;
  struct mdl_parser p;
  const struct source *source;
  uint32_t at;
  struct mdl_macro *macro;  // being read
  bool prelude, ok;
};
struct entry {
  uint32_t start, end;  // the equation
  uint32_t units, units_end, doc, doc_end;
  uint32_t next;
  bool too_long;  // has more parts than an entry has
};

static bool starts(const struct reader *r, uint32_t at, const char *text) {
  return strncasecmp(r->source->text + at, text, strlen(text)) == 0;
}

// Past blanks, joined lines and comments between entries, the mark of the encoding among them.
static void skip_blanks(struct reader *r) {
  const char *s = r->source->text;
  for (;;) {
    char c = s[r->at], next = c ? s[r->at + 1] : 0;
    const char *close = c == '{' ? strchr(s + r->at, '}') : NULL;
    if (close)
      r->at = (uint32_t)(close + 1 - s);
    else if (c && (strchr(" \t\r\n", c) || (c == '\\' && (next == '\n' || next == '\r'))))
      r->at++;
    else
      return;
  }
}

// The end of the equation: its `~`, or its `|`.
static uint32_t equation_end(const struct reader *r, uint32_t at) {
  const char *s = r->source->text;
  uint32_t depth = 0, start = at;
  bool quoted = false;
  for (; s[at]; at++) {
    if (quoted) {
      if (s[at] == '\\' && s[at + 1] == '"')
        at++;
      else if (s[at] == '"')
        quoted = false;
    } else if (depth || s[at] == '{') {
      depth += s[at] == '{';
      depth -= s[at] == '}';
    } else if (s[at] == '"') {
      quoted = true;
    } else if (s[at] == '~' || s[at] == '|') {
      return at;
    }
  }
  if (!quoted) return at;
  for (at = start; s[at] && s[at] != '~' && s[at] != '|';) at++;  // an odd quote: the parser will say so
  return at;
}

static uint32_t field_end(const struct reader *r, uint32_t at) {
  const char *s = r->source->text;
  while (s[at] && s[at] != '~' && s[at] != '|') at++;
  return at;
}

static struct entry next_entry(struct reader *r) {
  const char *s = r->source->text;
  struct entry e = {.start = r->at, .end = equation_end(r, r->at)};
  uint32_t at = e.end;
  e.units = e.units_end = e.doc = e.doc_end = at;
  if (s[at] == '~') e.units = at + 1, at = e.units_end = field_end(r, at + 1);
  if (s[at] == '~') e.doc = at + 1, at = e.doc_end = field_end(r, at + 1);
  if (s[at] == '~') at = field_end(r, at + 1);
  e.too_long = s[at] == '~';
  while (s[at] && s[at] != '|') at++;
  e.next = s[at] ? at + 1 : at;
  return e;
}

static const char *field(struct reader *r, uint32_t at, uint32_t end) {
  const char *text = mdl_shown(r->m->arena, r->source->text + at, end - at);
  return *text ? text : NULL;
}

// ---- ranges

static bool read_item(struct reader *r, struct mdl_item *item) {
  struct mdl_parser *p = &r->p;
  bool sequence;
  if (!mdl_parser_take(p, "(", &sequence)) return false;
  if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the name of an element or a range");
  *item = (struct mdl_item){.span = mdl_parser_span(p), .key = p->token.key, .name = p->token.name};
  if (!mdl_parser_advance(p)) return false;
  if (!sequence) return true;
  if (!mdl_parser_expect(p, "-")) return false;
  if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the last element of the sequence");
  item->last = p->token.name;
  return mdl_parser_advance(p) && mdl_parser_expect(p, ")");
}

static bool read_map(struct reader *r, struct mdl_map *map) {
  struct mdl_parser *p = &r->p;
  bool listed, more = true;
  if (!mdl_parser_take(p, "(", &listed)) return false;
  if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the range that is mapped to");
  map->span = mdl_parser_span(p), map->target = p->token.key;
  if (!mdl_parser_advance(p)) return false;
  if (!listed) return true;
  if (!mdl_parser_expect(p, ":")) return false;
  while (more)
    if (!read_item(r, &list_push(r->m->arena, &map->items)) || !mdl_parser_take(p, ",", &more)) return false;
  return mdl_parser_expect(p, ")");
}

static bool is_get(const struct mdl_parser *p) {
  return p->token.kind == MDL_TOKEN_NAME && strncmp(p->token.key, "get ", 4) == 0;
}

static bool keep_range(struct reader *r, struct mdl_range range) {
  if (map_add(&r->m->range_keys, range.key, (uint32_t)r->m->ranges.count) != r->m->ranges.count) {
    diag_error(r->m->diag, range.span, mdl_twice, range.name);
    return false;
  }
  list_push(r->m->arena, &r->m->ranges) = range;
  return true;
}

static bool read_range(struct reader *r, struct mdl_range range) {
  struct mdl_parser *p = &r->p;
  bool more = true;
  if (is_get(p)) {
    if (!(range.get = mdl_parser_expr(p))) return false;
    more = false;
  }
  while (more)
    if (!read_item(r, &list_push(r->m->arena, &range.items)) || !mdl_parser_take(p, ",", &more)) return false;
  if (!mdl_parser_take(p, "->", &more)) return false;
  while (more)
    if (!read_map(r, &list_push(r->m->arena, &range.maps)) || !mdl_parser_take(p, ",", &more)) return false;
  return keep_range(r, range);
}

// A <-> B
static bool read_alias(struct reader *r, struct mdl_range range) {
  struct mdl_parser *p = &r->p;
  if (!mdl_parser_advance(p)) return false;
  if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the range that it is an alias of");
  range.alias_of = p->token.key;
  return mdl_parser_advance(p) && keep_range(r, range);
}

// ---- equations

static bool read_excepts(struct reader *r, struct mdl_equation *e) {
  bool more = true;
  if (!mdl_parser_advance(&r->p)) return false;
  while (more) {
    struct mdl_except *x = &list_push(r->m->arena, &e->excepts);
    if (!mdl_parser_subs(&r->p, &x->subs, &x->count) || !mdl_parser_take(&r->p, ",", &more)) return false;
    if (x->count == e->sub_count) continue;
    diag_error(r->m->diag, x->subs[0].span, subscript_count, e->name, e->sub_count, x->count);
    return false;
  }
  return true;
}

static bool is_number(const struct mdl_node *n, double *value) {
  double sign = 1;
  while (n->kind == MDL_UNARY && n->op == OP_NEGATE) n = n->args[0], sign = -sign;
  *value = sign * n->number;
  return n->kind == MDL_NUMBER;
}

static bool read_numbers(struct reader *r, struct mdl_equation *e) {
  LIST(double) list = {0};
  struct mdl_node *n = e->rhs;
  while (n) {
    double value;
    if (!is_number(n, &value)) {
      diag_error(r->m->diag, n->span, mdl_list);
      return false;
    }
    list_push(r->m->arena, &list) = value;
    bool comma, semicolon = false;
    if (!mdl_parser_take(&r->p, ",", &comma) || (!comma && !mdl_parser_take(&r->p, ";", &semicolon))) return false;
    if (!comma && (!semicolon || r->p.token.kind == MDL_TOKEN_END)) break;
    n = mdl_parser_expr(&r->p);
  }
  e->form = MDL_FORM_NUMBERS, e->numbers = list.items, e->number_count = list.count, e->rhs = NULL;
  return n;
}

static void read_tabbed(struct reader *r, struct mdl_equation *e) {
  if (e->rhs->kind != MDL_CALL || strcmp(e->rhs->key, "tabbed array") != 0) return;
  e->form = MDL_FORM_NUMBERS, e->number_count = e->rhs->arg_count;
  e->numbers = arena_array(r->m->arena, double, e->number_count + 1);
  for (size_t i = 0; i < e->number_count; i++) e->numbers[i] = e->rhs->args[i]->number;
}

static bool read_rhs(struct reader *r, struct mdl_equation *e) {
  if (!mdl_parser_advance(&r->p)) return false;
  e->rhs = mdl_parser_expr(&r->p);
  if (!e->rhs) return false;
  read_tabbed(r, e);
  if (e->rhs->kind == MDL_CALL && strcmp(e->rhs->key, "a function of") == 0) e->form = MDL_FORM_NONE;
  if (mdl_parser_is(&r->p, ",") || mdl_parser_is(&r->p, ";")) return read_numbers(r, e);
  return true;
}

static bool read_mode(struct reader *r, struct mdl_equation *e) {
  static const char *const names[] = {"", "raw", "interpolate", "look forward", "hold backward"};
  for (unsigned i = 1; i < 5; i++)
    if (strcmp(r->p.token.key, names[i]) == 0) {
      e->mode = (enum mdl_mode)i;
      return mdl_parser_advance(&r->p);
    }
  return mdl_parser_fail(&r->p, "'='");
}

// f( (0,0), (1,1) ), or f(GET ... LOOKUPS(...)).
static bool read_table(struct reader *r, struct mdl_equation *e) {
  if (!mdl_parser_advance(&r->p)) return false;
  if (is_get(&r->p)) {
    e->rhs = mdl_parser_expr(&r->p);
    return e->rhs && mdl_parser_expect(&r->p, ")");
  }
  e->form = MDL_FORM_TABLE;
  return mdl_parser_table(&r->p, &e->table);
}

static void keep(struct reader *r, struct mdl_equation *e) {
  if (r->macro)
    list_push(r->m->arena, &r->macro->equations) = e;
  else
    list_push(r->m->arena, &r->m->equations) = e;
}

static bool is_reality_check(const struct mdl_parser *p) {
  static const char *const words[] = {"the condition", "test input"};
  if (p->token.kind != MDL_TOKEN_KEYWORD) return false;
  for (size_t i = 0; i < 2; i++)
    if (strcmp(p->token.key, words[i]) == 0) return true;
  return false;
}

// name :IS: 'text': a string variable, which names files, sheets and cells.
static bool read_text(struct reader *r, const struct mdl_equation *e) {
  struct mdl_parser *p = &r->p;
  if (!mdl_parser_advance(p)) return false;
  if (p->token.kind != MDL_TOKEN_TEXT) return mdl_parser_fail(p, "a text in single quotes");
  if (map_add(&r->m->text_keys, e->key, (uint32_t)r->m->texts.count) != r->m->texts.count) {
    diag_error(r->m->diag, e->span, mdl_twice, e->name);
    return false;
  }
  list_push(r->m->arena, &r->m->texts) = p->token.name;
  return mdl_parser_advance(p);
}

// What stands behind the name: false after errors.
static bool read_definition(struct reader *r, struct mdl_equation *e, bool *done, bool *reality) {
  struct mdl_parser *p = &r->p;
  *done = true, *reality = false;
  if (p->token.kind == MDL_TOKEN_KEYWORD && strcmp(p->token.key, "is") == 0) return read_text(r, e);
  if (is_reality_check(p)) {
    mdl_reality_read(r->m, p, e->key, e->name, e->span);
    *reality = true;
    return true;
  }
  bool is_range = false;
  if (!e->sub_count && !mdl_parser_take(p, ":", &is_range)) return false;
  struct mdl_range range = {.key = e->key, .name = e->name, .span = e->span, .dimension = MDL_NONE};
  bool is_alias = !e->sub_count && mdl_parser_is(p, "<->");
  if (is_range || is_alias) {
    bool ok = is_range ? read_range(r, range) : read_alias(r, range);
    r->m->ranges_broken = r->m->ranges_broken || !ok;
    return ok;
  }
  *done = false;
  if (p->token.kind == MDL_TOKEN_KEYWORD && strcmp(p->token.key, "except") == 0 && !read_excepts(r, e)) return false;
  if (p->token.kind == MDL_TOKEN_KEYWORD && !read_mode(r, e)) return false;
  if (mdl_parser_is(p, "=") || mdl_parser_is(p, ":=") || mdl_parser_is(p, "==")) return read_rhs(r, e);
  if (mdl_parser_is(p, "(")) return read_table(r, e);
  e->form = MDL_FORM_NONE;
  return true;
}

static bool read_tokens(struct reader *r, const struct entry *x, struct mdl_equation *e) {
  struct mdl_parser *p = &r->p;
  bool done, reality;
  if (!mdl_parser_start(p, r->m->arena, r->source, x->start, x->end, r->m->diag)) return false;
  if (p->token.kind == MDL_TOKEN_END) return true;
  if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the name of a variable");
  e->key = p->token.key, e->name = p->token.name, e->span = mdl_parser_span(p);
  r->m->diag->subject = e->name;
  if (!mdl_parser_advance(p) || (mdl_parser_is(p, "[") && !mdl_parser_subs(p, &e->subs, &e->sub_count))) return false;
  if (!read_definition(r, e, &done, &reality)) return false;
  if (!reality && p->token.kind != MDL_TOKEN_END) return mdl_parser_fail(p, "an operator or '~'");
  if (done) return true;
  e->units = field(r, x->units, x->units_end), e->doc = field(r, x->doc, x->doc_end), e->group = r->m->group;
  e->units_span = (struct span){r->source, x->units, x->units_end > x->units ? x->units_end - x->units : 1};
  if (x->too_long) diag_warning(r->m->diag, e->span, mdl_bar, e->name);
  keep(r, e);
  return true;
}

static bool read_equation(struct reader *r, const struct entry *x) {
  struct mdl_equation *e = arena_new(r->m->arena, struct mdl_equation);
  if (read_tokens(r, x, e)) return true;
  if (e->key) map_add(&r->m->broken, e->key, 0);
  return false;
}

// ****...\n\t.Name\n****...~ text |
static void read_group(struct reader *r, const struct entry *x) {
  const char *s = r->source->text;
  uint32_t at = x->start, end;
  while (at < x->end && strchr("*\r\n\t .", s[at])) at++;
  for (end = at; end < x->end && s[end] != '\n' && s[end] != '\r';) end++;
  r->m->group = mdl_shown(r->m->arena, s + at, end - at);
}

static bool read_params(struct reader *r, struct mdl_macro *macro) {
  struct mdl_parser *p = &r->p;
  LIST(struct mdl_sub) lists[2] = {0};
  int which = 0;
  while (!mdl_parser_is(p, ")")) {
    if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the name of an argument");
    list_push(r->m->arena, &lists[which]) =
        (struct mdl_sub){.span = mdl_parser_span(p), .key = p->token.key, .name = p->token.name};
    bool comma, colon = false;
    if (!mdl_parser_advance(p) || !mdl_parser_take(p, ",", &comma)) return false;
    if (!comma && !mdl_parser_take(p, ":", &colon)) return false;
    if (!comma && !colon && !mdl_parser_is(p, ")")) return mdl_parser_fail(p, "',' or ')'");
    if (colon) which = 1;
  }
  macro->params = lists[0].items, macro->param_count = lists[0].count;
  macro->outs = lists[1].items, macro->out_count = lists[1].count;
  return true;
}

// :MACRO: NAME(in, ... : out, ...)
static bool read_macro(struct reader *r) {
  struct mdl_parser *p = &r->p;
  struct mdl_macro *macro = arena_new(r->m->arena, struct mdl_macro);
  r->macro = macro;
  r->at += (uint32_t)strlen(":MACRO:");
  if (!mdl_parser_start(p, r->m->arena, r->source, r->at, (uint32_t)r->source->size, r->m->diag)) return false;
  if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the name of a macro");
  macro->key = p->token.key, macro->name = p->token.name, macro->span = mdl_parser_span(p), macro->prelude = r->prelude;
  if (!mdl_parser_advance(p) || !mdl_parser_expect(p, "(") || !read_params(r, macro)) return false;
  r->at = p->token.at + 1;
  if (map_add(&r->m->macro_keys, macro->key, (uint32_t)r->m->macros.count) != r->m->macros.count) {
    diag_error(r->m->diag, macro->span, mdl_twice, macro->name);
    return false;
  }
  list_push(r->m->arena, &r->m->macros) = macro;
  return true;
}

// Where its first line is wrong, what stands inside is still a macro's, and those who call it are silent.
static bool pass_macro(struct reader *r) {
  uint32_t line = r->at;
  if (read_macro(r)) return true;
  if (r->macro->key) map_add(&r->m->broken, r->macro->key, 0);
  r->at = line + (uint32_t)strcspn(r->source->text + line, "\r\n");
  return false;
}

// 15:a,b,c,METHOD,...: 0 Euler, 1 and 5 Runge-Kutta of order 4 (with and without a changing step), 3 and 4 of order 2,
// 2 differences.
static const char *method_of(const char *line, size_t size) {
  unsigned commas = 0;
  for (size_t i = 3; i < size; i++) {
    commas += line[i] == ',';
    if (commas == 3 && i + 1 < size)
      return strchr("15", line[i + 1]) ? "rk4" : strchr("34", line[i + 1]) ? "rk2" : "euler";
  }
  return "euler";
}

// Behind the sketch stand settings, one a line. 15: the integration method. 22: names of one unit. 37 to 41: the date.
static void read_settings(struct reader *r) {
  const char *text = r->source->text + r->at, *s = strstr(text, ":L\177<%^E!@");
  if (!s) s = strstr(text, ":L<%^E!@");  // where an editor lost the control character
  r->m->method = "euler";
  for (s = s ? s : ""; *s;) {
    size_t size = strcspn(s, "\r\n");
    if (strncmp(s, "15:", 3) == 0) r->m->method = method_of(s, size);
    double value;
    if ((*s == '3' || *s == '4') && size > 3 && s[2] == ':' && text_to_number(s + 3, size - 3, &value))
      mdl_calendar_setting(r->m, (unsigned)(*s - '0') * 10 + (unsigned)(s[1] - '0'), value);
    if (strncmp(s, "22:", 3) == 0) mdl_units_equivalent(r->m, s + 3, size - 3);
    s += size + strspn(s + size, "\r\n");
  }
}

// The sketch begins with backslashes: \\\---/// Sketch information
static bool at_end(struct reader *r) {
  char c = r->source->text[r->at];
  return !c || c == '\\' || starts(r, r->at, "///---");
}

static bool macro_ends(struct reader *r) {
  if (r->macro) diag_error(r->m->diag, r->macro->span, mdl_macro_open, r->macro->name ? r->macro->name : "");
  return !r->macro;
}

bool mdl_entries_read(struct mdl *m, const struct source *s, bool prelude) {
  struct reader r = {.m = m, .source = s, .prelude = prelude, .ok = true};
  if (!prelude) read_settings(&r);
  for (skip_blanks(&r); !at_end(&r); skip_blanks(&r)) {
    if (starts(&r, r.at, ":MACRO:")) {
      if (!macro_ends(&r)) return false;
      r.ok = pass_macro(&r) && r.ok;
    } else if (starts(&r, r.at, ":END OF MACRO:")) {
      r.at += (uint32_t)strlen(":END OF MACRO:");
      r.macro = NULL;
    } else {
      struct entry x = next_entry(&r);
      if (s->text[x.next - 1] != '|') {
        diag_error(m->diag, ((struct span){s, x.start, 1}), mdl_cut);
        return false;
      }
      if (s->text[r.at] == '*')
        read_group(&r, &x);
      else
        r.ok = read_equation(&r, &x) && r.ok;
      m->diag->subject = NULL;
      r.at = x.next;
    }
  }
  if (!prelude) m->sketch = s->text + r.at;
  return macro_ends(&r) && r.ok;
}
