// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of Vensim's study files (Vensim Reference Manual: Sensitivity Control Files, Distributions, Constant Input
// Files, Save Lists). Names are matched as Vensim does, by small letters with blanks and underscores alike.
#include "vensim/vensim_study.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/codepage.h"
#include "base/limits.h"
#include "base/text.h"
#include "lang/reader.h"
#include "vensim/mdl_parts.h"

struct study_reader {
  struct vensim_study *s;
  struct arena *arena;
  const struct model *m;
  struct diag *diag;
  const struct source *source;
  struct map names;  // mdl_key -> variable
};
struct piece {  // a part of the source
  const char *text;
  size_t size;
};

static struct span span_of(const struct study_reader *r, struct piece p) {
  return (struct span){r->source, (uint32_t)(p.text - r->source->text), (uint32_t)(p.size ? p.size : 1)};
}

static struct piece trimmed(const char *text, size_t size) {
  while (size && strchr(" \t\r\n", *text)) text++, size--;
  while (size && strchr(" \t\r\n", text[size - 1])) size--;
  return (struct piece){text, size};
}

static const char *shown(struct study_reader *r, struct piece p) {
  return arena_copy(r->arena, p.text, p.size);
}

// The first of `stops` outside quotes, brackets and parentheses; p.size when there is none.
static size_t find(struct piece p, const char *stops) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < p.size; i++) {
    char c = p.text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (!depth && c && strchr(stops, c)) return i;
    depth += (c == '(' || c == '[') - (c == ')' || c == ']');
  }
  return p.size;
}

// The next part up to a comma or semicolon; false at the end.
static bool next_part(struct piece *rest, struct piece *part) {
  if (!rest->text) return false;
  size_t end = find(*rest, ",;");
  *part = trimmed(rest->text, end);
  *rest = end < rest->size ? (struct piece){rest->text + end + 1, rest->size - end - 1} : (struct piece){NULL, 0};
  return true;
}

static bool number(struct study_reader *r, struct piece p, double *value) {
  if (text_to_number(p.text, p.size, value)) return true;
  diag_error(r->diag, span_of(r, p), series_number, shown(r, p));
  return false;
}

static bool bad_line(struct study_reader *r, struct piece line, const char *wanted) {
  diag_error(r->diag, span_of(r, line), study_line, wanted);
  return false;
}

// ---- names

static bool is_named(struct study_reader *r, struct piece p, const char *key) {
  return strcmp(mdl_key(r->arena, p.text, p.size), key) == 0;
}

static uint32_t find_variable(struct study_reader *r, struct piece name) {
  if (name.size >= 2 && name.text[0] == '"') name.text++, name.size -= 2;
  const char *key = mdl_key(r->arena, name.text, name.size);
  uint32_t v = map_get(&r->names, key);
  if (v != MAP_NONE) return v;
  diag_error(r->diag, span_of(r, name), study_unknown, shown(r, name));
  const char *near = map_nearest_key(&r->names, key);
  if (near) diag_did_you_mean(r->diag, r->m->variables.items[map_get(&r->names, near)].name);
  return MAP_NONE;
}

// The name, as the model spells it, of an element or dimension that may stand at a place.
static const char *find_subscript(struct study_reader *r, const struct variable *v, size_t place, struct piece p) {
  const struct dimension *d = &r->m->dimensions.items[v->dims[place]];
  for (uint32_t i = 0; i < d->count; i++)
    if (is_named(r, p, mdl_key(r->arena, d->elements[i], strlen(d->elements[i])))) return d->elements[i];
  for (size_t i = 0; i < r->m->dimensions.count; i++) {
    const char *name = r->m->dimensions.items[i].name;
    if (r->m->dimensions.items[i].root == d->root && is_named(r, p, mdl_key(r->arena, name, strlen(name)))) return name;
  }
  diag_error(r->diag, span_of(r, p), subscript_unknown, shown(r, p), d->name);
  return NULL;
}

struct constant {
  uint32_t variable;
  uint32_t *elements;
  size_t count;
  bool bare;  // without subscripts
};

static bool read_elements(struct study_reader *r, const struct variable *v, struct piece inside, struct constant *c) {
  struct subscript list[LIMIT_DIMENSIONS];
  struct piece part;
  size_t count = 0;
  while (next_part(&inside, &part)) {
    const char *name = count < v->dim_count ? find_subscript(r, v, count, part) : NULL;
    if (count >= v->dim_count) diag_error(r->diag, span_of(r, part), subscript_count, v->name, v->dim_count, count + 1);
    if (!name) return false;
    list[count++] = (struct subscript){.span = span_of(r, part), .name = name};
  }
  return reader_elements(r->arena, r->m, v, list, count, NOWHERE, &c->elements, &c->count, r->diag);
}

// "name" or "name[a, b]": a constant of the model.
static bool read_constant(struct study_reader *r, struct piece p, struct constant *c) {
  size_t open = 0;
  bool quoted = false;
  while (open < p.size && (quoted || p.text[open] != '[')) quoted ^= p.text[open++] == '"';
  struct piece name = trimmed(p.text, open);
  *c = (struct constant){.variable = name.size ? find_variable(r, name) : MAP_NONE, .bare = open == p.size};
  if (!name.size) return bad_line(r, p, "the name of a constant");
  if (c->variable == MAP_NONE) return false;
  const struct variable *v = &r->m->variables.items[c->variable];
  if (v->kind == VARIABLE_TABLE)
    diag_error(r->diag, span_of(r, name), study_table, v->name);
  else if (v->kind != VARIABLE_PARAMETER)
    diag_error(r->diag, span_of(r, name), study_constant, v->name, reader_kind(v->kind));
  if (v->kind != VARIABLE_PARAMETER) return false;
  if (open < p.size) {
    if (p.text[p.size - 1] != ']') return bad_line(r, p, "NAME[SUBSCRIPTS]");
    return read_elements(r, v, (struct piece){p.text + open + 1, p.size - open - 2}, c);
  }
  c->count = v->element_count;
  c->elements = arena_array(r->arena, uint32_t, c->count);
  for (size_t i = 0; i < c->count; i++) c->elements[i] = (uint32_t)i;
  return true;
}

// ---- sensitivity control: distributions

enum shape { UNIFORM, NORMAL, TRIANGULAR, EXPONENTIAL, BETA, GAMMA, VECTOR };
static const struct distribution {
  const char *name, *arguments;
  enum shape shape;
  size_t count;
} distributions[] = {
    {"random uniform", "min, max", UNIFORM, 2},
    {"random normal", "min, max, mean, standard deviation", NORMAL, 4},
    {"random triangular", "min, max, start, peak, stop", TRIANGULAR, 5},
    {"random exponential", "min, max, shift, stretch", EXPONENTIAL, 4},
    {"random beta", "min, max, A, B, shift, stretch", BETA, 6},
    {"random gamma", "min, max, order, shift, stretch", GAMMA, 5},
    {"vector", "min, max, increment", VECTOR, 3},
};

static const struct distribution *find_distribution(struct study_reader *r, struct piece name) {
  for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++)
    if (is_named(r, name, distributions[i].name)) return &distributions[i];
  diag_error(r->diag, span_of(r, name), study_distribution, shown(r, name));
  return NULL;
}

// Values from min to max; what is past max by rounding alone still counts.
static bool set_vector(struct study_reader *r, struct piece at, const double *x, struct vensim_draw *d) {
  double steps = floor((x[1] - x[0]) / x[2] + 1e-9);
  if (!(x[2] > 0) || !(steps >= 0 && steps < LIMIT_GRID_VALUES)) {
    diag_error(r->diag, span_of(r, at), study_vector, LIMIT_GRID_VALUES);
    return false;
  }
  d->value_count = (size_t)steps + 1;
  d->values = arena_array(r->arena, double, d->value_count);
  for (size_t i = 0; i < d->value_count; i++) d->values[i] = x[0] + (double)i * x[2];
  return true;
}

static void set_args(struct prior *p, enum prior_kind kind, size_t count, const double *args) {
  p->kind = kind, p->arg_count = count;
  memcpy(p->args, args, count * sizeof *args);
}

// Cuts a prior with support low..high at the file's limits, where they lie within.
static void cut(struct prior *p, double low, double high, const double *x) {
  if (x[0] > low) p->low = x[0];
  if (x[1] < high) p->high = x[1];
}

static bool unsupported(struct study_reader *r, struct piece at, const char *what) {
  diag_error(r->diag, span_of(r, at), study_distribution, what);
  return false;
}

static bool set_prior(struct study_reader *r, struct piece at, enum shape shape, const double *x, struct prior *p) {
  *p = (struct prior){.low = -INFINITY, .high = INFINITY};
  switch (shape) {
    case UNIFORM:
      set_args(p, PRIOR_UNIFORM, 2, x);
      return true;
    case NORMAL:
      set_args(p, PRIOR_NORMAL, 2, x + 2);
      cut(p, -INFINITY, INFINITY, x);
      return true;
    case TRIANGULAR:
      set_args(p, PRIOR_TRIANGULAR, 3, x + 2);
      cut(p, x[2], x[4], x);
      return true;
    case BETA:
      set_args(p, PRIOR_BETA, 4, (double[]){x[2], x[3], x[4], x[4] + x[5]});
      cut(p, x[4], x[4] + x[5], x);
      return true;
    case GAMMA:  // the manual does not settle its scale but for order 1
      if (x[2] != 1) return unsupported(r, at, "RANDOM GAMMA of an order other than 1");
      x++;
      __attribute__((fallthrough));
    default:
      if (x[2] != 0) return unsupported(r, at, "a shifted RANDOM EXPONENTIAL");
      set_args(p, PRIOR_EXPONENTIAL, 1, x + 3);
      return true;
  }
}

// DISTRIBUTION(arguments) -> d. False after errors.
static bool read_distribution(struct study_reader *r, struct piece p, struct vensim_draw *d) {
  size_t open = 0, count = 0;
  while (open < p.size && p.text[open] != '(') open++;
  if (open == p.size || p.text[p.size - 1] != ')') return bad_line(r, p, "NAME=DISTRIBUTION(ARGUMENTS)");
  struct piece name = trimmed(p.text, open), part;
  struct piece inside = {p.text + open + 1, p.size - open - 2};
  const struct distribution *of = find_distribution(r, name);
  double x[8] = {0};
  if (!of) return false;
  while (next_part(&inside, &part)) {
    if (count < 8 && !number(r, part, &x[count])) return false;
    count++;
  }
  if (count != of->count) {
    diag_error(r->diag, span_of(r, p), study_arguments, shown(r, name), of->count, of->arguments, count);
    return false;
  }
  if (!(x[0] < x[1])) {
    diag_error(r->diag, span_of(r, p), study_minimum);
    return false;
  }
  if (of->shape == VECTOR) return set_vector(r, p, x, d);
  if (!set_prior(r, name, of->shape, x, &d->prior)) return false;
  if (of->shape == GAMMA || of->shape == EXPONENTIAL) cut(&d->prior, 0, INFINITY, x);
  return true;
}

static bool read_draw(struct study_reader *r, struct piece line) {
  size_t equals = find(line, "=");
  struct constant c;
  struct vensim_draw d = {0};
  if (equals == line.size) return bad_line(r, line, "NAME=DISTRIBUTION(ARGUMENTS)");
  struct piece right = trimmed(line.text + equals + 1, line.size - equals - 1);
  if (!read_constant(r, trimmed(line.text, equals), &c) || !read_distribution(r, right, &d)) return false;
  bool all = c.count == r->m->variables.items[c.variable].element_count;
  for (size_t i = 0; i < (all ? 1 : c.count); i++) {
    d.of = (struct vensim_target){c.variable, c.elements[i], all};
    list_push(r->arena, &r->s->draws) = d;
  }
  return true;
}

// ---- sensitivity control: the first line

static bool read_seed(struct study_reader *r, struct piece p) {
  if (!p.size) return true;
  double seed;
  if (!number(r, p, &seed)) return false;
  if (seed == floor(seed) && seed > 0 && seed < 0x1p63) {
    r->s->seed = arena_format(r->arena, "%.0f", seed);
    return true;
  }
  diag_error(r->diag, span_of(r, p), study_seed, shown(r, p));
  return false;
}

static bool read_method(struct study_reader *r, struct piece p) {
  static const struct {
    char letter;
    enum vensim_sampling sampling;
  } known[] = {{'M', VENSIM_MULTIVARIATE}, {'L', VENSIM_LATIN}, {'F', VENSIM_FILE}};
  char letter = p.size ? (char)(*p.text & ~0x20) : 'M';
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].letter == letter && p.size <= 1) return r->s->sampling = known[i].sampling, true;
  diag_error(r->diag, span_of(r, p), study_method, shown(r, p));
  return false;
}

static bool read_sample(struct study_reader *r, struct piece name);

// simulations, method, seed, file, warnings: all but the method may be empty.
static bool read_control(struct study_reader *r, struct piece line) {
  struct piece fields[5], part, rest = line;
  size_t count = 0;
  for (size_t i = 0; i < 5; i++) fields[i] = (struct piece){line.text, 0};
  while (next_part(&rest, &part)) {
    if (count == 5) return bad_line(r, line, "SIMULATIONS,METHOD,SEED,FILE,WARNINGS");
    if (part.size >= 7 && strncasecmp(part.text, "method=", 7) == 0) part.text += 7, part.size -= 7;
    fields[count++] = part;
  }
  if (count < 2) return bad_line(r, line, "SIMULATIONS,METHOD,SEED,FILE,WARNINGS");
  r->s->members = 200;  // the manual's default
  if (fields[0].size && !number(r, fields[0], &r->s->members)) return false;
  if (!(r->s->members >= 1 && r->s->members <= (double)LIMIT_MEMBERS && r->s->members == floor(r->s->members))) {
    diag_error(r->diag, span_of(r, fields[0]), sweep_member_count, shown(r, fields[0]), LIMIT_MEMBERS);
    return false;
  }
  if (!read_method(r, fields[1]) || !read_seed(r, fields[2])) return false;
  return r->s->sampling != VENSIM_FILE || read_sample(r, fields[3]);
}

// ---- lines

// The next line that is not empty; false at the end.
static bool next_line(const struct source *source, size_t *at, struct piece *line) {
  while (*at < source->size) {
    size_t size = strcspn(source->text + *at, "\r\n");
    *line = trimmed(source->text + *at, size);
    *at += size + (*at + size < source->size);
    if (line->size) return true;
  }
  return false;
}

// A list that goes on in the next line ends with a comma, a semicolon or an open parenthesis.
static bool goes_on(struct piece line) {
  int depth = 0;
  for (size_t i = 0; i < line.size; i++) depth += (line.text[i] == '(') - (line.text[i] == ')');
  return depth > 0 || strchr(",;", line.text[line.size - 1]);
}

static bool next_statement(const struct source *source, size_t *at, struct piece *line) {
  struct piece more;
  if (!next_line(source, at, line)) return false;
  while (goes_on(*line) && next_line(source, at, &more)) line->size = (size_t)(more.text + more.size - line->text);
  return true;
}

static const struct source *open_file(struct study_reader *r, const char *path) {
  size_t size;
  const char *bytes = source_bytes(r->arena, path, LIMIT_FILE_BYTES, &size, r->diag);
  if (bytes && text_valid_prefix(bytes, size) != size) bytes = codepage_to_utf8(r->arena, bytes, size, &size);
  return bytes ? source_from_text(r->arena, path, bytes, size, r->diag) : NULL;
}

static bool read_sensitivity(struct study_reader *r) {
  size_t at = 0;
  struct piece line;
  if (!next_line(r->source, &at, &line)) {
    diag_error(r->diag, NOWHERE, study_empty, r->source->path);
    return false;
  }
  if (r->s->sweeps) {
    diag_error(r->diag, span_of(r, line), study_second);
    return false;
  }
  r->s->sweeps = true;
  bool ok = read_control(r, line);
  while (next_line(r->source, &at, &line))
    if (r->s->sampling != VENSIM_FILE) ok = read_draw(r, line) && ok;  // with a file, Vensim ignores them
  size_t vectors = 0;
  for (size_t i = 0; i < r->s->draws.count; i++) vectors += r->s->draws.items[i].values != NULL;
  if (vectors && vectors < r->s->draws.count) {
    diag_error(r->diag, NOWHERE, study_mixed);
    return false;
  }
  if (ok && vectors && r->s->sampling == VENSIM_LATIN) {
    diag_error(r->diag, NOWHERE, study_mixed);
    return false;
  }
  if (vectors) r->s->sampling = VENSIM_GRID;
  return ok;
}

// ---- a file with the sample: tabs, a header of names, an empty cell repeats the one above

static bool next_cell(struct piece *rest, struct piece *cell) {
  if (!rest->text) return false;
  const char *tab = memchr(rest->text, '\t', rest->size);
  size_t size = tab ? (size_t)(tab - rest->text) : rest->size;
  *cell = trimmed(rest->text, size);
  *rest = tab ? (struct piece){tab + 1, rest->size - size - 1} : (struct piece){NULL, 0};
  return true;
}

// As next_line, but blanks at the ends stay: they are empty cells.
static bool next_row(const struct source *source, size_t *at, struct piece *line) {
  while (*at < source->size) {
    size_t size = strcspn(source->text + *at, "\r\n");
    *line = (struct piece){source->text + *at, size};
    *at += size + (*at + size < source->size);
    if (trimmed(line->text, line->size).size) return true;
  }
  return false;
}

static bool read_header(struct study_reader *r, struct piece row) {
  struct piece cell;
  while (next_cell(&row, &cell)) {
    struct constant c;
    if (!read_constant(r, cell, &c)) return false;
    if (c.count != 1) {
      diag_error(r->diag, span_of(r, cell), sweep_one_number, shown(r, cell), c.count);
      return false;
    }
    bool whole = r->m->variables.items[c.variable].element_count == 1;
    list_push(r->arena, &r->s->columns) = (struct vensim_target){c.variable, c.elements[0], whole};
  }
  return true;
}

static bool read_row(struct study_reader *r, struct piece row) {
  size_t columns = r->s->columns.count, i = 0, above = r->s->rows.count;
  struct piece cell, rest = row;
  for (; next_cell(&rest, &cell); i++) {
    double value = above ? r->s->rows.items[above - columns + (i < columns ? i : 0)] : 0;
    if (i == columns) {
      diag_error(r->diag, span_of(r, cell), csv_row, i + 1, columns);
      return false;
    }
    if (!cell.size && !above) return bad_line(r, row, "a number in each cell of the first row");
    if (cell.size && !number(r, cell, &value)) return false;
    list_push(r->arena, &r->s->rows) = value;
  }
  for (; i < columns; i++) {
    if (!above) return bad_line(r, row, "a number in each cell of the first row");
    double value = r->s->rows.items[above - columns + i];
    list_push(r->arena, &r->s->rows) = value;
  }
  return true;
}

static bool read_sample(struct study_reader *r, struct piece name) {
  if (!name.size) return bad_line(r, name, "the name of a file after method F");
  const char *path = source_sibling(r->arena, r->source->path, shown(r, name));
  struct study_reader inner = *r;
  inner.source = open_file(r, path);
  if (!inner.source) return false;
  size_t at = 0;
  struct piece row;
  if (!next_row(inner.source, &at, &row)) {
    diag_error(r->diag, NOWHERE, study_empty, path);
    return false;
  }
  if (!read_header(&inner, row)) return false;
  while (next_row(inner.source, &at, &row))
    if (!read_row(&inner, row)) return false;
  if (r->s->rows.count) return true;
  diag_error(r->diag, NOWHERE, study_empty, path);
  return false;
}

// ---- save lists

static bool read_list(struct study_reader *r) {
  size_t at = 0;
  struct piece line;
  bool ok = true;
  while (next_line(r->source, &at, &line)) {
    size_t open = 0;
    bool quoted = false, known = false;
    while (open < line.size && (quoted || line.text[open] != '[')) quoted ^= line.text[open++] == '"';
    uint32_t v = find_variable(r, trimmed(line.text, open));
    ok = ok && v != MAP_NONE;
    if (v == MAP_NONE) continue;
    for (size_t i = 0; i < r->s->saved.count; i++) known = known || r->s->saved.items[i] == v;
    if (!known) list_push(r->arena, &r->s->saved) = v;  // of an array all elements are saved
  }
  return ok;
}

// ---- changes

static double *clock_of(struct study_reader *r, struct piece name) {
  const struct {
    const char *key;
    double *value;
  } rows[] = {{"initial time", &r->s->start},
              {"final time", &r->s->stop},
              {"time step", &r->s->step},
              {"saveper", &r->s->save}};
  for (size_t i = 0; i < 4; i++)
    if (is_named(r, name, rows[i].key)) return rows[i].value;
  return NULL;
}

static void set_change(struct study_reader *r, uint32_t variable, size_t element, double value) {
  for (size_t i = 0; i < r->s->changes.count; i++) {
    struct vensim_change *c = &r->s->changes.items[i];
    if (c->of.variable != variable || c->of.element != element) continue;
    c->value = value;
    return;
  }
  list_push(r->arena, &r->s->changes) = (struct vensim_change){{variable, element, false}, value};
}

static bool read_values(struct study_reader *r, const struct constant *c, struct piece right) {
  LIST(double) values = {0};
  struct piece part, rest = right;
  while (next_part(&rest, &part)) {
    double value;
    if (!part.size && !rest.text && values.count) break;  // the last row of a table may end with a semicolon
    if (!number(r, part, &value)) return false;
    list_push(r->arena, &values) = value;
  }
  if (values.count != 1 && values.count != c->count) {
    diag_error(r->diag, span_of(r, right), study_values, r->m->variables.items[c->variable].name, c->count,
               values.count);
    return false;
  }
  for (size_t i = 0; i < c->count; i++)
    set_change(r, c->variable, c->elements[i], values.items[values.count == 1 ? 0 : i]);
  return true;
}

// 0 <= NAME = value <= 1 of an optimisation: the value.
static struct piece without_limits(struct piece line) {
  size_t equals = find(line, "<");
  if (equals < line.size && equals + 1 < line.size && line.text[equals + 1] == '=') {
    double ignored;
    struct piece low = trimmed(line.text, equals);
    if (text_to_number(low.text, low.size, &ignored)) {
      line = trimmed(line.text + equals + 2, line.size - equals - 2);
      equals = find(line, "<");
    }
    line = trimmed(line.text, equals);
  }
  return line;
}

static bool read_change(struct study_reader *r, struct piece line) {
  line = without_limits(line);
  size_t equals = find(line, "="), open = 0;
  struct constant c;
  if (equals == line.size) {
    while (open < line.size && line.text[open] != '(' && line.text[open] != ':') open++;
    struct piece name = trimmed(line.text, open);
    if (open == line.size || !name.size) return bad_line(r, line, "NAME = VALUE");
    diag_error(r->diag, span_of(r, name), study_table, shown(r, name));
    return false;
  }
  struct piece name = trimmed(line.text, equals), right = trimmed(line.text + equals + 1, line.size - equals - 1);
  double *clock = clock_of(r, name);
  if (clock) return number(r, right, clock);
  return read_constant(r, name, &c) && read_values(r, &c, right);
}

static bool read_changes(struct study_reader *r) {
  size_t at = 0;
  struct piece line;
  bool ok = true;
  while (next_statement(r->source, &at, &line)) ok = read_change(r, line) && ok;
  return ok;
}

// ---- the whole

enum vensim_kind vensim_study_kind(const char *path) {
  static const char *const endings[] = {
      [VENSIM_SENSITIVITY] = ".vsc", [VENSIM_LIST] = ".lst", [VENSIM_CHANGES] = ".cin"};
  size_t size = strlen(path);
  for (int k = VENSIM_SENSITIVITY; k <= VENSIM_CHANGES; k++)
    if (size > 4 && strcasecmp(path + size - 4, endings[k]) == 0) return (enum vensim_kind)k;
  return VENSIM_NO_STUDY;
}

void vensim_study_init(struct vensim_study *s) {
  *s = (struct vensim_study){.start = NAN, .stop = NAN, .step = NAN, .save = NAN};
}

bool vensim_study_read(struct vensim_study *s, struct arena *a, const struct model *m, const char *path,
                       struct diag *diag) {
  struct study_reader r = {.s = s, .arena = a, .m = m, .diag = diag};
  map_init(&r.names, a);
  for (uint32_t i = 0; i < m->variables.count; i++) {
    const char *name = m->variables.items[i].name;
    if (!m->variables.items[i].hidden) map_add(&r.names, mdl_key(a, name, strlen(name)), i);
  }
  r.source = open_file(&r, path);
  if (!r.source) return false;
  switch (vensim_study_kind(path)) {
    case VENSIM_SENSITIVITY:
      return read_sensitivity(&r);
    case VENSIM_LIST:
      return read_list(&r);
    default:
      return read_changes(&r);
  }
}
