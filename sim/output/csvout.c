// SPDX-License-Identifier: GPL-3.0-or-later
// Streams a run to CSV. The apostrophe before = + - @ stands in names alone: a negative number is a number, and must
// stay one for every program that reads the file.
#include "output/csvout.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

void csvout_put_text(FILE *out, const char *text) {
  bool formula = *text && strchr("=+-@\t\r", *text);
  if (!formula && !strpbrk(text, ",\"\r\n")) {
    fputs(text, out);
    return;
  }
  fputs(formula ? "\"'" : "\"", out);
  for (; *text; text++) {
    if (*text == '"') fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

void csvout_put_number(FILE *out, double value) {
  char buffer[32];
  if (isfinite(value))
    fputs(text_from_number(value, buffer), out);
  else
    fputs(isnan(value) ? "NaN" : value > 0 ? "Inf" : "-Inf", out);
}

static void put_header(FILE *out, const struct program *p, const bool *shown) {
  fputs("time", out);
  for (size_t i = 0; i < p->column_count; i++) {
    if (shown && !shown[p->columns[i].variable]) continue;
    fputc(',', out);
    csvout_put_text(out, p->columns[i].name);
  }
  fputc('\n', out);
}

static void put_row(FILE *out, const struct results *r, size_t save, const bool *shown) {
  const struct program *p = r->program;
  csvout_put_number(out, r->times[save]);
  for (size_t i = 0; i < p->column_count; i++) {
    if (shown && !shown[p->columns[i].variable]) continue;
    fputc(',', out);
    csvout_put_number(out, r->values[save * p->column_count + i]);
  }
  fputc('\n', out);
}

bool csvout_write(struct arena *a, const char *path, const struct results *r, const bool *shown, struct diag *diag) {
  struct file f;
  if (!file_create(&f, a, path, diag)) return false;
  put_header(f.out, r->program, shown);
  for (size_t i = 0; i < r->program->save_count; i++) {
    if (r->times[i] > r->failure.time) break;  // false when there is no failure: its time is NAN
    put_row(f.out, r, i, shown);
  }
  return file_commit(&f, diag);
}
