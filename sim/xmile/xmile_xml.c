// SPDX-License-Identifier: GPL-3.0-or-later
// expat's events -> struct xml. XMILE needs no document type, so one is refused at its first byte: entity bombs and
// external entities cannot even be declared. expat's buffers come from base/mem.h; memory that runs out inside one of
// its callbacks stops the parser, and the jump goes on only when expat has let go of all it held.
// An end tag of the wrong name is mended, as the field's other readers do, and said: a tag that was left open ends
// there, a misspelled one ends what is open. The text is then read anew; places are those of the file.
#include "xmile/xmile_xml.h"

#include <expat.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

struct edit {  // of the text: bytes that a mended end tag has more (or less) than the file, from `at` on
  uint32_t at;
  int32_t more;
};

struct reader {
  struct arena *arena;
  const struct source *source;
  struct diag *diag;
  const char *text_read;  // the file's, mended
  size_t text_read_size;
  LIST(struct edit) edits;
  XML_Parser parser;
  struct xml *root, *open;
  unsigned depth;
  size_t nodes;
  struct text text;  // of all open elements, a stack; each starts at its `begin`
  LIST(size_t) begins;
  bool failed, out_of_memory;
};

// Where a byte of the mended text stands in the file.
static uint32_t place_in_file(const struct reader *r, uint32_t at) {
  for (size_t i = r->edits.count; i-- > 0;) {
    const struct edit *e = &r->edits.items[i];
    if (at <= e->at) continue;
    int64_t moved = (int64_t)at - e->more;
    at = moved > e->at ? (uint32_t)moved : e->at;
  }
  return at;
}

static uint32_t position(const struct reader *r) {
  XML_Index at = XML_GetCurrentByteIndex(r->parser);
  return at < 0 ? 0 : place_in_file(r, (uint32_t)at);
}

static struct span here(const struct reader *r) {
  int size = XML_GetCurrentByteCount(r->parser);
  return (struct span){r->source, position(r), size > 0 ? (uint32_t)size : 0};
}

static void stop(struct reader *r) {
  r->failed = true;
  XML_StopParser(r->parser, XML_FALSE);
}

// Does `work`; when memory runs out in it, the parser is told to stop, and expat sees a plain return.
struct event {
  const char *name;
  const char *const *attributes;
  size_t size;
};
static void guard(struct reader *r, void (*work)(struct reader *r, const struct event *e), const struct event *e) {
  jmp_buf *const outer = r->arena->oom, *const outer_diag = r->diag->arena->oom;
  jmp_buf failure;
  if (setjmp(failure)) {
    r->out_of_memory = true;
    stop(r);
  } else {
    r->arena->oom = r->diag->arena->oom = &failure;
    work(r, e);
  }
  r->diag->arena->oom = outer_diag;
  r->arena->oom = outer;
}

static const char *local_name(const char *name) {
  const char *colon = strchr(name, ':');
  return colon ? colon + 1 : name;
}

// The root's prefix, if it has one, is the standard's: <x:xmile xmlns:x="...">.
static bool has_other_prefix(const struct xml *root, const struct xml *x) {
  size_t size = (size_t)(x->name - x->written), usual = (size_t)(root->name - root->written);
  return size && (size != usual || memcmp(x->written, root->written, size) != 0);
}

static bool is_vendor(const struct reader *r, const struct xml *x, const char *const *attributes) {
  if (has_other_prefix(r->root, x) || (x->parent && x->parent->vendor)) return true;
  const char *usual = xml_attribute(r->root, "xmlns");
  for (size_t i = 0; r->open && attributes[i]; i += 2)
    if (strcmp(attributes[i], "xmlns") == 0) return !usual || strcmp(attributes[i + 1], usual) != 0;
  return false;
}

static bool within_bounds(struct reader *r, const char *const *attributes) {
  size_t bytes = 0, count = 0;
  for (; attributes[2 * count]; count++) bytes += strlen(attributes[2 * count + 1]);
  if (r->depth >= LIMIT_XML_DEPTH)
    diag_error(r->diag, here(r), xml_depth, LIMIT_XML_DEPTH);
  else if (++r->nodes > LIMIT_XML_NODES)
    diag_error(r->diag, here(r), xml_nodes, LIMIT_XML_NODES);
  else if (count > LIMIT_XML_ATTRIBUTES || bytes > LIMIT_XML_ATTRIBUTE_BYTES)
    diag_error(r->diag, here(r), xml_attributes, LIMIT_XML_ATTRIBUTES, LIMIT_XML_ATTRIBUTE_BYTES);
  else
    return true;
  stop(r);
  return false;
}

static void open_element(struct reader *r, const struct event *e) {
  const char *const *attributes = e->attributes;
  if (!within_bounds(r, attributes)) return;
  struct xml *x = arena_new(r->arena, struct xml);
  x->written = arena_string(r->arena, e->name);
  x->name = local_name(x->written);
  x->span = here(r);
  x->parent = r->open;
  for (size_t i = 0; attributes[i]; i += 2)
    list_push(r->arena, &x->attributes) =
        (struct xml_attribute){arena_string(r->arena, attributes[i]), arena_string(r->arena, attributes[i + 1])};
  if (!r->root) r->root = x;
  x->vendor = is_vendor(r, x, attributes);
  if (r->open) list_push(r->arena, &r->open->children) = x;
  list_push(r->arena, &r->begins) = r->text.size;
  r->open = x;
  r->depth++;
}

static void close_element(struct reader *r, const struct event *e) {
  (void)e;
  size_t begin = r->begins.items[--r->begins.count];
  struct xml *x = r->open;
  x->text_size = r->text.size - begin;
  x->text = arena_copy(r->arena, r->text.data ? r->text.data + begin : "", x->text_size);
  r->text.size = begin;
  r->open = x->parent;
  r->depth--;
}

static void add_characters(struct reader *r, const struct event *e) {
  uint32_t at = (uint32_t)(r->text.size - r->begins.items[r->begins.count - 1]), source = position(r);
  const struct xml_piece *last = r->open->pieces.count ? &r->open->pieces.items[r->open->pieces.count - 1] : NULL;
  if (!last || last->source + (at - last->at) != source)
    list_push(r->arena, &r->open->pieces) = (struct xml_piece){at, source};
  text_add(&r->text, e->name, e->size);
  if (r->text.failed) arena_fail(r->arena);
}

static void refuse_document_type(struct reader *r, const struct event *e) {
  (void)e;
  diag_error(r->diag, here(r), xml_doctype);
  stop(r);
}

// ---- expat's callbacks

static void XMLCALL start_element(void *data, const XML_Char *name, const XML_Char **attributes) {
  struct reader *r = data;
  struct event e = {name, (const char *const *)attributes, 0};
  if (!r->failed) guard(r, open_element, &e);
}

static void XMLCALL end_element(void *data, const XML_Char *name) {
  struct reader *r = data;
  struct event e = {name, NULL, 0};
  if (!r->failed) guard(r, close_element, &e);
}

static void XMLCALL characters(void *data, const XML_Char *text, int size) {
  struct reader *r = data;
  struct event e = {text, NULL, (size_t)size};
  if (!r->failed && r->open) guard(r, add_characters, &e);
}

static void XMLCALL document_type(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                                  int subset) {
  (void)system, (void)public, (void)subset;
  struct reader *r = data;
  struct event e = {name, NULL, 0};
  if (!r->failed) guard(r, refuse_document_type, &e);
}

// ---- end tags of the wrong name

static void replace(struct reader *r, uint32_t at, size_t old_size, const char *by) {
  size_t size = strlen(by), rest = r->text_read_size - at - old_size;
  char *text = arena_alloc(r->arena, at + size + rest + 1);
  memcpy(text, r->text_read, at);
  memcpy(text + at, by, size);
  memcpy(text + at + size, r->text_read + at + old_size, rest);
  list_push(r->arena, &r->edits) = (struct edit){at, (int32_t)(size - old_size)};
  r->text_read = text, r->text_read_size = at + size + rest;
}

static void mend(struct reader *r, const struct event *e) {
  (void)e;
  uint32_t at = (uint32_t)XML_GetCurrentByteIndex(r->parser);  // of the name behind "</"
  const char *name = r->text_read + at;
  size_t size = strcspn(name, " \t\r\n>");
  const struct xml *x = r->open->parent;
  while (x && !(strlen(x->written) == size && memcmp(x->written, name, size) == 0)) x = x->parent;
  struct span span = here(r);
  span.size = (uint32_t)size;
  diag_warning(r->diag, span, xml_end_tag, arena_copy(r->arena, name, size), r->open->written);
  diag_note(r->diag, r->open->span, "opened here");
  if (x)
    replace(r, at - 2, 0, arena_format(r->arena, "</%s>", r->open->written));
  else
    replace(r, at, size, r->open->written);
}

static void report(struct reader *r, const struct event *e) {
  (void)e;
  diag_error(r->diag, here(r), xml_syntax, XML_ErrorString(XML_GetErrorCode(r->parser)));
}

static struct xml *parse(struct reader *r, bool *again) {
  XML_SetUserData(r->parser, r);
  XML_SetElementHandler(r->parser, start_element, end_element);
  XML_SetCharacterDataHandler(r->parser, characters);
  XML_SetStartDoctypeDeclHandler(r->parser, document_type);
  enum XML_Status status = XML_Parse(r->parser, r->text_read, (int)r->text_read_size, XML_TRUE);
  if (status == XML_STATUS_OK && !r->failed) return r->root;
  if (r->failed) return NULL;
  enum XML_Error code = XML_GetErrorCode(r->parser);
  r->out_of_memory = code == XML_ERROR_NO_MEMORY;
  *again = code == XML_ERROR_TAG_MISMATCH && r->open && r->edits.count < LIMIT_XML_MENDED;
  if (!r->out_of_memory) guard(r, *again ? mend : report, NULL);
  return NULL;
}

static void *allocate(size_t size) {
  return mem_alloc(size);
}
static void *resize(void *block, size_t size) {
  return mem_resize(block, size);
}
static void release(void *block) {
  mem_free(block);
}

static struct xml *read_once(struct reader *r, bool *again) {
  static const XML_Memory_Handling_Suite memory = {allocate, resize, release};
  r->root = r->open = NULL;
  r->depth = 0, r->nodes = 0, r->begins.count = 0;
  *again = false;
  r->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
  if (!r->parser) arena_fail(r->arena);
  struct xml *root = parse(r, again);
  XML_ParserFree(r->parser);
  text_free(&r->text);
  if (r->out_of_memory) arena_fail(r->arena);
  return root;
}

struct xml *xmile_xml_read(struct arena *a, const struct source *source, struct diag *diag) {
  struct reader r = {
      .arena = a, .source = source, .diag = diag, .text_read = source->text, .text_read_size = source->size};
  bool again;
  struct xml *root;
  do root = read_once(&r, &again);
  while (again);
  return root;
}

const struct xml *xml_child(const struct xml *x, const char *name) {
  for (size_t i = 0; i < x->children.count; i++)
    if (!x->children.items[i]->vendor && strcmp(x->children.items[i]->name, name) == 0) return x->children.items[i];
  return NULL;
}

const char *xml_attribute(const struct xml *x, const char *name) {
  for (size_t i = 0; i < x->attributes.count; i++)
    if (strcmp(x->attributes.items[i].name, name) == 0) return x->attributes.items[i].value;
  return NULL;
}

// expat does not tell where attributes stand: looks for name="value" inside the start tag.
struct span xml_attribute_span(const struct xml *x, const char *name) {
  const char *tag = x->span.source->text + x->span.at, *end = tag + x->span.size;
  size_t size = strlen(name);
  for (const char *s = tag; s + size < end; s++) {
    if (strncmp(s, name, size) != 0 || !strchr(" \t\r\n", s[-1])) continue;
    const char *value = s + size + strspn(s + size, " \t\r\n");
    if (*value != '=') continue;
    value += 1 + strspn(value + 1, " \t\r\n");
    const char *close = *value == '"' || *value == '\'' ? memchr(value + 1, *value, (size_t)(end - value - 1)) : NULL;
    if (close)
      return (struct span){x->span.source, x->span.at + (uint32_t)(value + 1 - tag), (uint32_t)(close - value - 1)};
  }
  return x->span;
}

static uint32_t place_of(const struct xml *x, size_t at) {
  size_t i = x->pieces.count;
  while (i > 1 && x->pieces.items[i - 1].at > at) i--;
  return x->pieces.items[i - 1].source + (uint32_t)(at - x->pieces.items[i - 1].at);
}

struct span xml_text_span(const struct xml *x, size_t at, size_t size) {
  if (!x->pieces.count) return x->span;
  uint32_t from = place_of(x, at), to = size ? place_of(x, at + size - 1) + 1 : from;
  return (struct span){x->span.source, from, to > from ? to - from : 0};
}

bool xml_is_blank(const struct xml *x) {
  return strspn(x->text, " \t\r\n") == x->text_size;
}
