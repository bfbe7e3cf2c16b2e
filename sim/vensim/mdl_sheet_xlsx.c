// SPDX-License-Identifier: GPL-3.0-or-later
// XLSX: a zip of XML parts (ECMA-376). Reads the list of sheets, the names of cells, the shared strings and each sheet;
// formulas count by the value that was stored with them. What a part may unpack to is bounded.
#include <string.h>
#include <zip.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "vensim/mdl_sheet.h"
#include "xmile/xmile_xml.h"

struct reader {
  struct arena *arena;
  struct diag *diag;
  const char *path;
  struct mdl_book *book;
  const struct xml *strings, *relations;
};

static bool fail(struct reader *r, const char *why) {
  diag_error(r->diag, NOWHERE, file_read, r->path, why);
  return false;
}

// The bytes of a part on the heap; NULL with *size 0: there is none, with *size 1: it cannot be read.
static char *unpack(const char *path, const char *part, size_t *size) {
  zip_t *zip = source_is_plain(path, LIMIT_FILE_BYTES) ? zip_open(path, ZIP_RDONLY, NULL) : NULL;
  zip_stat_t info;
  *size = 1;
  if (!zip) return NULL;
  char *data = NULL;
  zip_file_t *file = NULL;
  if (zip_stat(zip, part, 0, &info) != 0)
    *size = 0;
  else if (info.size <= LIMIT_FILE_BYTES && (file = zip_fopen(zip, part, 0)))
    data = mem_alloc(info.size + 1);
  if (data && zip_fread(file, data, info.size) != (zip_int64_t)info.size) mem_free(data), data = NULL;
  if (data) *size = info.size;
  if (file) zip_fclose(file);
  zip_discard(zip);
  return data;
}

static struct source *to_source(struct reader *r, const char *part, char *const data, size_t size) {
  jmp_buf *const outer = r->arena->oom;
  jmp_buf here;
  if (setjmp(here)) {
    r->arena->oom = outer;
    mem_free(data);
    arena_fail(r->arena);
  }
  r->arena->oom = &here;
  const char *name = arena_format(r->arena, "%s/%s", r->path, part);
  struct source *s = source_from_text(r->arena, name, data, size, r->diag);
  r->arena->oom = outer;
  mem_free(data);
  return s;
}

// The root of a part. False after errors; *root NULL: the part does not exist.
static bool read_part(struct reader *r, const char *part, const struct xml **root) {
  size_t size;
  *root = NULL;
  char *data = unpack(r->path, part, &size);
  if (!data) return size == 0 || fail(r, "a part of it cannot be unpacked, or is too large");
  struct source *s = to_source(r, part, data, size);
  *root = s ? xmile_xml_read(r->arena, s, r->diag) : NULL;
  return *root;
}

// All text below an element: rich strings come in runs.
static const char *text_below(struct reader *r, const struct xml *x) {
  const char *text = strcmp(x->name, "rPh") == 0 ? "" : x->text;
  for (size_t i = 0; i < x->children.count; i++) {
    const char *more = text_below(r, x->children.items[i]);
    if (*more) text = *text ? arena_format(r->arena, "%s%s", text, more) : more;
  }
  return text;
}

static struct mdl_cell cell_of(struct reader *r, const struct xml *c) {
  const struct xml *v = xml_child(c, "v"), *is = xml_child(c, "is");
  const char *type = xml_attribute(c, "t");
  struct mdl_cell out = {0};
  double index;
  if (is) return (struct mdl_cell){.kind = MDL_CELL_TEXT, .text = text_below(r, is)};
  if (!v || xml_is_blank(v)) return out;
  if (type && strcmp(type, "s") == 0) {
    bool known = text_to_number(v->text, strlen(v->text), &index) && r->strings && index >= 0 &&
                 index < (double)r->strings->children.count;
    if (known) out.text = text_below(r, r->strings->children.items[(size_t)index]);
  } else if (type && (strcmp(type, "str") == 0 || strcmp(type, "e") == 0)) {
    out.text = v->text;
  } else if (text_to_number(v->text, strlen(v->text), &out.number)) {
    out.kind = MDL_CELL_NUMBER;
    return out;
  }
  if (out.text && *out.text) out.kind = MDL_CELL_TEXT;
  return out;
}

static bool read_rows(struct reader *r, const struct xml *data, const char *name) {
  struct mdl_filling f = {.arena = r->arena};
  uint32_t row = 0;
  for (size_t i = 0; data && i < data->children.count; i++, row++) {
    const struct xml *line = data->children.items[i];
    const char *number = xml_attribute(line, "r");
    uint32_t column = 0, ignored;
    if (number && !mdl_sheet_place(number, strlen(number), &row, &ignored)) return fail(r, "a row has no number");
    for (size_t k = 0; k < line->children.count; k++, column++) {
      const char *at = xml_attribute(line->children.items[k], "r");
      uint32_t own = row;
      if (at && !mdl_sheet_place(at, strlen(at), &own, &column)) return fail(r, "a cell has no place");
      if (!mdl_sheet_put(&f, own, column, cell_of(r, line->children.items[k]))) return fail(r, "it has too many cells");
    }
  }
  mdl_sheet_close(&f, r->book, name);
  return true;
}

static const char *part_of(struct reader *r, const char *id) {
  for (size_t i = 0; id && r->relations && i < r->relations->children.count; i++) {
    const struct xml *x = r->relations->children.items[i];
    const char *own = xml_attribute(x, "Id"), *target = xml_attribute(x, "Target");
    if (!own || !target || strcmp(own, id) != 0) continue;
    return *target == '/' ? target + 1 : arena_format(r->arena, "xl/%s", target);
  }
  return NULL;
}

static bool read_sheets(struct reader *r, const struct xml *workbook) {
  const struct xml *sheets = xml_child(workbook, "sheets"), *root;
  for (size_t i = 0; sheets && i < sheets->children.count; i++) {
    const struct xml *x = sheets->children.items[i];
    const char *name = xml_attribute(x, "name"), *part = part_of(r, xml_attribute(x, "r:id"));
    if (!name || !part) continue;
    if (!read_part(r, part, &root) || (root && !read_rows(r, xml_child(root, "sheetData"), name))) return false;
  }
  return true;
}

// Sheet!$B$4:$G$4, 'A sheet'!$B$4
static void read_area(struct reader *r, const struct xml *x) {
  struct mdl_area area = {.name = xml_attribute(x, "name")};
  const char *scope = xml_attribute(x, "localSheetId"), *mark = strrchr(x->text, '!');
  double number;
  if (!area.name || !mark) return;
  size_t size = (size_t)(mark - x->text);
  bool quoted = size > 1 && *x->text == '\'';
  area.sheet = arena_copy(r->arena, x->text + quoted, size - 2 * quoted);
  const char *colon = strchr(mark, ':'), *first = mark + 1;
  size_t first_size = colon ? (size_t)(colon - first) : strlen(first);
  if (!mdl_sheet_place(first, first_size, &area.row, &area.column)) return;
  area.last_row = area.row, area.last_column = area.column;
  if (colon && !mdl_sheet_place(colon + 1, strlen(colon + 1), &area.last_row, &area.last_column)) return;
  if (scope && text_to_number(scope, strlen(scope), &number) && number >= 0 && number < (double)r->book->sheets.count)
    area.scope = r->book->sheets.items[(size_t)number].name;
  list_push(r->arena, &r->book->areas) = area;
}

bool mdl_sheet_xlsx(struct arena *a, const char *path, struct mdl_book *b, struct diag *diag) {
  struct reader r = {.arena = a, .diag = diag, .path = path, .book = b};
  const struct xml *workbook;
  if (!read_part(&r, "xl/workbook.xml", &workbook) || !read_part(&r, "xl/_rels/workbook.xml.rels", &r.relations) ||
      !read_part(&r, "xl/sharedStrings.xml", &r.strings))
    return false;
  if (!workbook) return fail(&r, "it is no workbook");
  if (!read_sheets(&r, workbook)) return false;
  const struct xml *names = xml_child(workbook, "definedNames");
  for (size_t i = 0; names && i < names->children.count; i++) read_area(&r, names->children.items[i]);
  return true;
}
