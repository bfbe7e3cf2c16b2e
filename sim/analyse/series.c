// SPDX-License-Identifier: GPL-3.0-or-later
// Reading of result files, see series.h. The form is seen from the ending (.dat) and the first line: a tab in it
// separates cells by tabs, else commas do; numbers in it mean that times run across. Cells stay where they are in the
// text; only names are copied.
#include "analyse/series.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/codepage.h"
#include "base/limits.h"
#include "base/text.h"

enum { LEAST_DIGITS = 6, KEY_MOST = 2000 };  // 6: of "%g", which the field's programs print with

const char *series_key(struct arena *a, const char *name) {
  size_t size = strlen(name), count = 0;
  char *out = arena_alloc(a, 4 * size + 1);  // a small letter may have more bytes
  if (*name == '\'' && name[1] && strchr("=+-@", name[1])) name++, size--;
  for (size_t at = 0, n; at < size; at += n) {
    uint32_t code;
    n = text_decode(name + at, size - at, &code);
    if (!n) n = 1, code = (unsigned char)name[at];
    if (code == '"') continue;
    if (code < 0x80 && strchr(" \t\r\n_", (int)code)) code = '_';
    bool tight = code < 0x80 && strchr("[],", (int)code);
    if (tight && count && out[count - 1] == '_') count--;
    if (code == '_' && (!count || strchr("_[,", out[count - 1]))) continue;
    count += (size_t)utf8proc_encode_char(utf8proc_tolower((utf8proc_int32_t)code), (utf8proc_uint8_t *)out + count);
  }
  while (count && out[count - 1] == '_') count--;
  out[count] = 0;
  return out;
}

double series_unit(const struct series *s, double value, int16_t digit) {
  if (s->fixed) return pow(10, digit);
  if (value == 0 || !isfinite(value)) return 0;
  unsigned digits = s->significant < LEAST_DIGITS ? LEAST_DIGITS : s->significant;
  return pow(10, floor(log10(fabs(value))) - (double)digits + 1);
}

struct cell {
  const char *text;
  size_t size;
  bool quoted;
};
struct reading {
  struct arena *arena;
  const struct source *source;
  struct diag *diag;
  struct series *series;
  size_t at;
  char separator;
  LIST(struct cell) cells;  // of the line read last
  LIST(double) times, values;
  LIST(int16_t) digits;
};

static struct span span_of(const struct reading *r, const struct cell *c) {
  return (struct span){r->source, (uint32_t)(c->text - r->source->text), (uint32_t)(c->size ? c->size : 1)};
}

static bool at_end(const struct reading *r) {
  return r->at >= r->source->size;
}

// LF, CR LF, or CR alone.
static void skip_newline(struct reading *r) {
  const char *s = r->source->text + r->at;
  if (!at_end(r)) r->at += s[0] == '\r' && s[1] == '\n' ? 2 : 1;
}

// Cells in quotes begin and end with one; a doubled quote inside stays doubled, as keys have no quotes.
static bool read_cell(struct reading *r, struct cell *c) {
  const char *text = r->source->text, *start = text + r->at, *s = start, *end = text + r->source->size;
  char stops[] = {r->separator, '\r', '\n', 0};
  bool quoted = s < end && *s == '"';
  if (quoted) {
    for (s++; s < end && (*s != '"' || (s + 1 < end && s[1] == '"')); s++) s += *s == '"';
    if (s >= end) {
      diag_error(r->diag, ((struct span){r->source, (uint32_t)(start - text), 1}), csv_quote);
      return false;
    }
    s++;
  }
  const char *inner = quoted ? start + 1 : start, *inner_end = s - (quoted ? 1 : 0);
  s += strcspn(s, stops);
  if (!quoted) inner_end = s;
  if (quoted && s != inner_end + 1) {
    diag_error(r->diag, ((struct span){r->source, (uint32_t)(start - text), 1}), csv_quote);
    return false;
  }
  while (inner < inner_end && strchr(" \t", *inner)) inner++;
  while (inner < inner_end && strchr(" \t", inner_end[-1])) inner_end--;
  *c = (struct cell){inner, (size_t)(inner_end - inner), quoted};
  r->at = (size_t)(s - text);
  return true;
}

static bool too_many(struct reading *r, const struct cell *c, size_t most, const char *what) {
  diag_error(r->diag, span_of(r, c), series_many, most, what);
  return false;
}

// The cells of the next line that is not empty.
static bool read_line(struct reading *r) {
  while (!at_end(r) && strchr("\r\n", r->source->text[r->at])) skip_newline(r);
  r->cells.count = 0;
  do {
    struct cell c;
    if (r->cells.count) r->at++;  // the separator
    if (!read_cell(r, &c)) return false;
    if (r->cells.count > LIMIT_SERIES_COLUMNS) return too_many(r, &c, LIMIT_SERIES_COLUMNS, "columns");
    list_push(r->arena, &r->cells) = c;
  } while (!at_end(r) && r->source->text[r->at] == r->separator);
  skip_newline(r);
  return true;
}

static bool is_word(const struct cell *c, const char *word) {
  return c->size == strlen(word) && strncasecmp(c->text, word, c->size) == 0;
}

// What a run that failed leaves behind, and Vensim's missing value, which is a number there.
static bool special(const struct cell *c, double *value) {
  static const struct {
    const char *word;
    double value;
  } words[] = {{"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}, {":NA:", -0x1p109}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (is_word(c, words[i].word)) return *value = words[i].value, true;
  return false;
}

// The place of the last digit, and what the number tells about how the file was printed.
static int16_t look_at_digits(struct series *s, const struct cell *c) {
  int digits = 0, decimals = 0, exponent = 0;
  bool point = false;
  size_t i = 0;
  char last = 0;
  for (; i < c->size && !strchr("eE", c->text[i]); i++) {
    char d = c->text[i];
    if (d == '.') point = true;
    if (d < '0' || d > '9') continue;
    last = d;
    if (digits || d != '0') digits++;
    decimals += point;
  }
  double e = 0;
  if (i + 1 < c->size && text_to_number(c->text + i + 1, c->size - i - 1, &e)) exponent = (int)fmax(-999, fmin(999, e));
  if (digits > 17) digits = 17;
  if ((unsigned)digits > s->significant) s->significant = (unsigned)digits;
  if (decimals > 1 && last == '0' && i == c->size) s->fixed = true;  // "1.0" is how some print whole numbers
  return (int16_t)(exponent - (decimals < 1000 ? decimals : 1000));
}

static bool add_value(struct reading *r, const struct cell *c) {
  double value = NAN;
  int16_t digit = SERIES_NONE;
  if (c->size) {
    if (text_to_number(c->text, c->size, &value))
      digit = look_at_digits(r->series, c);
    else if (special(c, &value))
      digit = 0;
    else {
      diag_error(r->diag, span_of(r, c), series_number, arena_copy(r->diag->arena, c->text, c->size));
      return false;
    }
  }
  if (r->values.count == LIMIT_SERIES_VALUES) return too_many(r, c, LIMIT_SERIES_VALUES, "values");
  list_push(r->arena, &r->values) = value;
  list_push(r->arena, &r->digits) = digit;
  return true;
}

// A time after those of r->times from `from` on.
static bool add_time(struct reading *r, const struct cell *c, size_t from) {
  double time;
  if (!text_to_number(c->text, c->size, &time)) {
    diag_error(r->diag, span_of(r, c), series_time, arena_copy(r->diag->arena, c->text, c->size));
    return false;
  }
  if (r->times.count > from && !(time > r->times.items[r->times.count - 1])) {
    diag_error(r->diag, span_of(r, c), series_order);
    return false;
  }
  list_push(r->arena, &r->times) = time;
  return true;
}

static bool add_column(struct reading *r, const struct cell *c) {
  const char *name = arena_copy(r->arena, c->text, c->size);
  if (c->size > KEY_MOST) return too_many(r, c, KEY_MOST, "bytes in a name");
  uint32_t index = (uint32_t)r->series->columns.count;
  const char *key = series_key(r->arena, name);
  if (!*key) {
    diag_error(r->diag, span_of(r, c), series_nameless);
    return false;
  }
  if (index == LIMIT_SERIES_COLUMNS) return too_many(r, c, LIMIT_SERIES_COLUMNS, "columns");
  if (map_add(&r->series->names, key, index) != index) {
    diag_error(r->diag, span_of(r, c), series_twice, name);
    return false;
  }
  list_push(r->arena, &r->series->columns) = (struct series_column){.name = name};
  return true;
}

// ---- times down: a header of names, then a row for each time

static bool read_row(struct reading *r, size_t columns) {
  size_t count = r->cells.count;
  bool tabs = r->separator == '\t';  // Vensim leaves out the tab before a last empty cell
  if (count > columns + 1 || (count < columns + 1 && !tabs)) {
    diag_error(r->diag, span_of(r, &r->cells.items[0]), csv_row, count, columns + 1);
    return false;
  }
  if (!add_time(r, &r->cells.items[0], 0)) return false;
  struct cell none = {r->cells.items[0].text, 0, false};
  for (size_t i = 1; i <= columns; i++)
    if (!add_value(r, i < count ? &r->cells.items[i] : &none)) return false;
  return true;
}

static bool read_down(struct reading *r) {
  for (size_t i = 1; i < r->cells.count; i++)
    if (!add_column(r, &r->cells.items[i])) return false;
  size_t columns = r->series->columns.count;
  while (!at_end(r)) {
    if (!read_line(r)) return false;
    if (r->cells.count == 1 && !r->cells.items[0].size && at_end(r)) break;  // the file ends with empty lines
    if (!read_row(r, columns)) return false;
  }
  for (size_t i = 0; i < columns && r->times.count; i++) {
    struct series_column *c = &r->series->columns.items[i];
    c->times = r->times.items, c->count = r->times.count, c->stride = columns;
    c->values = r->values.items + i, c->digits = r->digits.items + i;
  }
  return true;
}

// ---- times across: a header of times, then a row for each name

static bool read_across(struct reading *r) {
  for (size_t i = 1; i < r->cells.count; i++)
    if (!add_time(r, &r->cells.items[i], 0)) return false;
  size_t times = r->times.count;
  while (!at_end(r)) {
    if (!read_line(r)) return false;
    size_t count = r->cells.count;
    struct cell none = {r->cells.items[0].text, 0, false};
    if (count == 1 && !r->cells.items[0].size && at_end(r)) break;
    if (count > times + 1 || (count < times + 1 && r->separator != '\t')) {
      diag_error(r->diag, span_of(r, &r->cells.items[0]), csv_row, count, times + 1);
      return false;
    }
    if (!add_column(r, &r->cells.items[0])) return false;
    for (size_t i = 1; i <= times; i++)
      if (!add_value(r, i < count ? &r->cells.items[i] : &none)) return false;
  }
  for (size_t i = 0; i < r->series->columns.count; i++) {
    struct series_column *c = &r->series->columns.items[i];
    c->times = r->times.items, c->count = times, c->stride = 1;
    c->values = r->values.items + i * times, c->digits = r->digits.items + i * times;
  }
  return true;
}

static bool runs_across(const struct reading *r) {
  double ignored;
  for (size_t i = 1; i < r->cells.count; i++)
    if (!text_to_number(r->cells.items[i].text, r->cells.items[i].size, &ignored)) return false;
  return r->cells.count > 1;
}

static bool read_table(struct reading *r) {
  const char *text = r->source->text;
  size_t line = strcspn(text, "\r\n");
  r->separator = memchr(text, '\t', line) ? '\t' : ',';
  if (!read_line(r)) return false;
  if (r->cells.count == 1 && memchr(text, ';', line)) {
    diag_error(r->diag, ((struct span){r->source, 0, 1}), series_separator);
    return false;
  }
  return runs_across(r) ? read_across(r) : read_down(r);
}

// ---- .dat

static void end_block(struct reading *r, size_t from) {
  if (!r->series->columns.count) return;
  struct series_column *c = &r->series->columns.items[r->series->columns.count - 1];
  c->count = r->times.count - from;
  c->stride = from;  // where it begins, until the lists have stopped moving
}

static bool read_dat(struct reading *r) {
  size_t from = 0;
  r->separator = '\t';
  while (!at_end(r)) {
    if (!read_line(r)) return false;
    const struct cell *cells = r->cells.items;
    if (r->cells.count == 1 && !cells[0].size) continue;
    if (r->cells.count == 1) {
      end_block(r, from);
      from = r->times.count;
      if (!add_column(r, &cells[0])) return false;
      continue;
    }
    if (r->cells.count > 2 || !r->series->columns.count) {
      diag_error(r->diag, span_of(r, &cells[0]), series_dat);
      return false;
    }
    if (!add_time(r, &cells[0], from) || !add_value(r, &cells[1])) return false;
  }
  end_block(r, from);
  for (size_t i = 0; i < r->series->columns.count; i++) {
    struct series_column *c = &r->series->columns.items[i];
    if (c->count) c->times = r->times.items + c->stride, c->values = r->values.items + c->stride;
    if (c->count) c->digits = r->digits.items + c->stride;
    c->stride = 1;
  }
  return true;
}

static bool is_dat(const char *path) {
  size_t size = strlen(path);
  return size >= 4 && strcasecmp(path + size - 4, ".dat") == 0;
}

struct series *series_of_source(struct arena *a, const struct source *source, struct diag *diag) {
  struct series *s = arena_new(a, struct series);
  struct reading r = {.arena = a, .source = source, .diag = diag, .series = s};
  s->path = source->path;
  map_init(&s->names, a);
  if (!(is_dat(source->path) ? read_dat(&r) : read_table(&r))) return NULL;
  if (s->columns.count && r.times.count) return s;
  diag_error(diag, NOWHERE, series_empty, source->path);
  return NULL;
}

struct series *series_read(struct arena *a, const char *path, struct diag *diag) {
  size_t size;
  const char *bytes = source_bytes(a, path, LIMIT_DATA_BYTES, &size, diag);
  if (bytes && text_valid_prefix(bytes, size) != size) bytes = codepage_to_utf8(a, bytes, size, &size);
  const struct source *source = bytes ? source_from_text(a, path, bytes, size, diag) : NULL;
  return source ? series_of_source(a, source, diag) : NULL;
}
