// SPDX-License-Identifier: GPL-3.0-or-later
// libyaml's events -> struct tree. Events, not libyaml's documents, because only here can depth, nodes and aliases be
// bounded before the memory is spent: the size of a subtree is counted again at each alias, although the subtree itself
// is shared. libyaml's marks count characters; a table of checkpoints turns them into bytes.
// Stricter than YAML where leniency hides a slip: one document, scalar keys, no key or anchor twice, no merge keys and
// no tags but the core ones. What a scalar means (number, name, expression) is not decided here.
#include "lang/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/map.h"

enum { STRIDE = 64, LINEAR_KEYS = 16 };

struct anchor {
  const char *name;
  struct span span;
  struct tree *tree;  // NULL while the node is still being read
  size_t nodes;
  unsigned height;
};

struct reader {
  struct arena *arena;
  const struct source *source;
  struct diag *diag;
  yaml_parser_t parser;
  yaml_event_t event;     // the present one; empty before the first and after an error
  uint32_t *checkpoints;  // byte offset of every STRIDE-th character
  size_t checkpoint_count;
  LIST(struct tree *) pending;  // children of the lists and maps that are open, a stack
  LIST(struct anchor) anchors;
  struct map anchor_names;
  size_t nodes;
  unsigned deepest;  // depth reached since the innermost open anchor
  bool failed;       // an error was reported that reading went on after
};

static size_t next_character(const char *text, size_t at) {
  do at++;
  while (((unsigned char)text[at] & 0xC0) == 0x80);
  return at;
}

static void index_characters(struct reader *r) {
  r->checkpoints = arena_array(r->arena, uint32_t, r->source->size / STRIDE + 1);
  size_t characters = 0;
  for (size_t at = 0; at < r->source->size; at = next_character(r->source->text, at))
    if (characters++ % STRIDE == 0) r->checkpoints[r->checkpoint_count++] = (uint32_t)at;
}

static size_t byte_of(const struct reader *r, size_t character) {
  if (character / STRIDE >= r->checkpoint_count) return r->source->size;
  size_t at = r->checkpoints[character / STRIDE];
  for (size_t i = character % STRIDE; i > 0 && at < r->source->size; i--) at = next_character(r->source->text, at);
  return at;
}

static struct span span_of(const struct reader *r, size_t at, size_t end) {
  return (struct span){r->source, (uint32_t)at, end > at ? (uint32_t)(end - at) : 0};
}

static struct span event_span(const struct reader *r) {
  return span_of(r, byte_of(r, r->event.start_mark.index), byte_of(r, r->event.end_mark.index));
}

// libyaml's words, and what they mostly mean to the person who wrote the file.
static const struct {
  const char *problem, *text, *hint;
} translations[] = {
    {"block mapping entries are not allowed in this context", "a key cannot stand here", "put it on a line of its own"},
    {"block sequence entries are not allowed in this context", "a list item cannot stand here",
     "put '- ' on a line of its own below the key"},
    {"control characters are not allowed", "a control character", "remove it, or write it escaped in double quotes"},
    {"could not find expected ':'", "':' is missing after the key", "write 'key: value'; mind the blank"},
    {"did not find expected ',' or ']'", "',' or ']' is missing in this list", "quote items that contain , [ ] { }"},
    {"did not find expected ',' or '}'", "',' or '}' is missing in this map", "quote values that contain , [ ] { }"},
    {"did not find expected '-' indicator", "this line does not belong to the list above it",
     "align it with the list's other '-', or indent it less"},
    {"did not find expected <document start>", "unexpected text after the end of the document", NULL},
    {"did not find expected key", "this line does not fit the map above it",
     "align it with the map's other keys; close quotes and brackets"},
    {"did not find expected node content", "a value is missing here", NULL},
    {"found character that cannot start any token", "this character cannot start a value",
     "indent with blanks, not tabs; quote texts that start with @ ` or %"},
    {"found undefined tag handle", "an unknown tag", "quote texts that start with '!'"},
    {"found unexpected ':'", "unexpected ':'", "quote texts that contain ': '"},
    {"found unexpected document indicator", "the quoted text is not closed before the document ends", NULL},
    {"found unexpected end of stream", "the quoted text is not closed", NULL},
    {"found unknown escape character", "an unknown escape in double quotes",
     "single quotes take backslashes as they are"},
    {"mapping values are not allowed in this context", "unexpected ':'",
     "quote texts that contain ': '; begin keys on a line of their own"},
};

static void report_parser_error(struct reader *r) {
  const yaml_parser_t *p = &r->parser;
  if (p->error == YAML_MEMORY_ERROR) arena_fail(r->arena);
  const char *text = p->problem ? p->problem : "unknown error", *hint = NULL;
  for (size_t i = 0; i < sizeof translations / sizeof *translations; i++)
    if (strcmp(text, translations[i].problem) == 0) {
      text = translations[i].text, hint = translations[i].hint;
      break;
    }
  // Errors of libyaml's reader know a byte, all others a character.
  size_t at = p->error == YAML_READER_ERROR ? p->problem_offset : byte_of(r, p->problem_mark.index);
  diag_error(r->diag, span_of(r, at, at + 1), yaml_syntax, text);
  if (hint) diag_hint(r->diag, "%s", hint);
  if (!p->context || p->error == YAML_READER_ERROR) return;
  size_t from = byte_of(r, p->context_mark.index);
  if (from != at) diag_note(r->diag, span_of(r, from, from + 1), "%s that starts here", p->context);
}

static bool next(struct reader *r) {
  yaml_event_delete(&r->event);
  if (yaml_parser_parse(&r->parser, &r->event)) return true;
  report_parser_error(r);
  return false;
}

static bool count_nodes(struct reader *r, size_t nodes, unsigned depth) {
  if (depth > r->deepest) r->deepest = depth;
  if (depth > LIMIT_YAML_DEPTH) {
    diag_error(r->diag, event_span(r), yaml_depth, LIMIT_YAML_DEPTH);
    return false;
  }
  r->nodes += nodes;  // cannot overflow: both are at most LIMIT_YAML_NODES
  if (r->nodes <= LIMIT_YAML_NODES) return true;
  diag_error(r->diag, event_span(r), yaml_nodes, LIMIT_YAML_NODES);
  return false;
}

static struct tree *read_alias(struct reader *r, unsigned depth) {
  const char *name = (const char *)r->event.data.alias.anchor;
  uint32_t i = map_get(&r->anchor_names, name);
  if (i == MAP_NONE) {
    diag_error(r->diag, event_span(r), yaml_alias, name);
    diag_did_you_mean(r->diag, map_nearest_key(&r->anchor_names, name));
    return NULL;
  }
  const struct anchor *anchor = &r->anchors.items[i];
  if (!anchor->tree) {
    diag_error(r->diag, event_span(r), yaml_cycle, name);
    diag_note(r->diag, anchor->span, "the value that contains itself starts here");
    return NULL;
  }
  return count_nodes(r, anchor->nodes, depth + anchor->height) ? anchor->tree : NULL;
}

static const char *event_anchor(const yaml_event_t *e) {
  const yaml_char_t *name = e->type == YAML_SCALAR_EVENT           ? e->data.scalar.anchor
                            : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.anchor
                                                                   : e->data.mapping_start.anchor;
  return (const char *)name;
}

static const char *event_tag(const yaml_event_t *e) {
  const yaml_char_t *tag = e->type == YAML_SCALAR_EVENT           ? e->data.scalar.tag
                           : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.tag
                                                                  : e->data.mapping_start.tag;
  return (const char *)tag;
}

static bool tag_fits(const char *tag, yaml_event_type_t type) {
  static const char prefix[] = "tag:yaml.org,2002:";
  static const char *const scalars[] = {"str", "int", "float", "bool", "null"};
  if (!tag || strcmp(tag, "!") == 0) return true;
  if (strncmp(tag, prefix, sizeof prefix - 1) != 0) return false;
  tag += sizeof prefix - 1;
  if (type == YAML_SEQUENCE_START_EVENT) return strcmp(tag, "seq") == 0;
  if (type == YAML_MAPPING_START_EVENT) return strcmp(tag, "map") == 0;
  for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
    if (strcmp(tag, scalars[i]) == 0) return true;
  return false;
}

// The index of the event's anchor, or SIZE_MAX: it has none.
static size_t open_anchor(struct reader *r) {
  const char *name = event_anchor(&r->event);
  if (!name) return SIZE_MAX;
  struct span span = event_span(r);
  uint32_t known = map_get(&r->anchor_names, name);
  if (known != MAP_NONE) {
    diag_error(r->diag, span, yaml_anchor, name);
    diag_note(r->diag, r->anchors.items[known].span, "first given here");
    r->failed = true;
    return SIZE_MAX;
  }
  name = arena_string(r->arena, name);
  map_add(&r->anchor_names, name, (uint32_t)r->anchors.count);
  list_push(r->arena, &r->anchors) = (struct anchor){.name = name, .span = span};
  return r->anchors.count - 1;
}

// Past anchor, tag and the blanks and comments behind them: a scalar's mark stands before its anchor.
static size_t skip_properties(const struct reader *r, size_t at) {
  const char *text = r->source->text;
  while (text[at] == '&' || text[at] == '!') {
    at += strcspn(text + at, " \t\r\n");
    at += strspn(text + at, " \t\r\n");
    while (text[at] == '#') {
      at += strcspn(text + at, "\r\n");
      at += strspn(text + at, " \t\r\n");
    }
  }
  return at;
}

// Where the text of a block scalar begins, whose '|' or '>' stands at `at`.
static size_t block_start(const struct reader *r, size_t at) {
  at += strcspn(r->source->text + at, "\n");
  if (r->source->text[at] == '\n') at++;
  return at + strspn(r->source->text + at, " ");
}

static void place_scalar(const struct reader *r, struct tree *t, size_t size) {
  yaml_scalar_style_t style = r->event.data.scalar.style;
  size_t at = byte_of(r, r->event.start_mark.index), end = byte_of(r, r->event.end_mark.index);
  if (event_anchor(&r->event) || event_tag(&r->event)) at = skip_properties(r, at);
  if (at > end) at = end;
  bool block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
  if (!t->plain && !block && end - at >= 2) at++, end--;
  size_t from = block ? block_start(r, at) : at;
  bool room = block ? size <= r->source->size - from : size == end - at;
  t->verbatim = room && memcmp(r->source->text + from, t->text, size) == 0;
  while (block && end > at && strchr(" \t\r\n", r->source->text[end - 1])) end--;
  t->span = t->verbatim ? span_of(r, from, from + size) : span_of(r, at, end);
}

static struct tree *read_scalar(struct reader *r) {
  const char *value = (const char *)r->event.data.scalar.value, *tag = event_tag(&r->event);
  size_t size = r->event.data.scalar.length;
  struct tree *t = arena_new(r->arena, struct tree);
  t->kind = TREE_SCALAR;
  t->text = arena_copy(r->arena, value, size);
  t->plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  place_scalar(r, t, size);
  if (tag && (strcmp(tag, "!") == 0 || strcmp(tag, YAML_STR_TAG) == 0)) t->plain = false;
  if (memchr(value, 0, size)) {
    diag_error(r->diag, t->span, yaml_nul);
    r->failed = true;
  }
  return t;
}

static struct tree *read_node(struct reader *r, unsigned depth);

static struct tree **take_pending(struct reader *r, size_t from, size_t stride, size_t count) {
  struct tree **items = arena_array(r->arena, struct tree *, count);
  for (size_t i = 0; i < count; i++) items[i] = r->pending.items[from + i * stride];
  return items;
}

static bool read_list(struct reader *r, struct tree *t, unsigned depth) {
  size_t base = r->pending.count;
  for (;;) {
    if (!next(r)) return false;
    if (r->event.type == YAML_SEQUENCE_END_EVENT) break;
    struct tree *item = read_node(r, depth + 1);
    if (!item) return false;
    list_push(r->arena, &r->pending) = item;
  }
  t->count = r->pending.count - base;
  t->items = take_pending(r, base, 1, t->count);
  r->pending.count = base;
  return true;
}

// The key of the map being read (its pairs are pending from `base`) that equals `key`, or NULL. Small maps are
// searched, large ones hashed, so that neither many small nor one large map is slow.
static const struct tree *find_key(struct reader *r, struct map *seen, size_t base, const char *key) {
  size_t count = (r->pending.count - base) / 2;
  if (!count) return NULL;
  struct tree **pairs = r->pending.items + base;
  if (count < LINEAR_KEYS) {
    for (size_t i = 0; i < count; i++)
      if (strcmp(pairs[2 * i]->text, key) == 0) return pairs[2 * i];
    return NULL;
  }
  while (seen->count < count) map_add(seen, pairs[2 * seen->count]->text, (uint32_t)seen->count);
  uint32_t i = map_get(seen, key);
  return i == MAP_NONE ? NULL : pairs[2 * i];
}

static bool key_is_good(struct reader *r, struct map *seen, size_t base, const struct tree *key, struct span at) {
  const struct tree *first = NULL;
  size_t errors = r->diag->errors;
  if (key->kind != TREE_SCALAR)
    diag_error(r->diag, at, yaml_key);
  else if (key->plain && !*key->text)
    diag_error(r->diag, at, yaml_key_missing);
  else if (key->plain && strcmp(key->text, "<<") == 0)
    diag_error(r->diag, at, yaml_merge);
  else if ((first = find_key(r, seen, base, key->text)) != NULL) {
    diag_error(r->diag, at, yaml_duplicate, key->text);
    diag_note(r->diag, first->span, "first given here");
  }
  if (r->diag->errors == errors) return true;
  r->failed = true;
  return false;
}

static bool read_map(struct reader *r, struct tree *t, unsigned depth) {
  size_t base = r->pending.count;
  struct map seen;
  map_init(&seen, r->arena);
  for (;;) {
    if (!next(r)) return false;
    if (r->event.type == YAML_MAPPING_END_EVENT) break;
    struct span at = event_span(r);
    struct tree *key = read_node(r, depth + 1);
    if (!key || !next(r)) return false;
    struct tree *value = read_node(r, depth + 1);
    if (!value) return false;
    if (!key_is_good(r, &seen, base, key, at)) continue;
    list_push(r->arena, &r->pending) = key;
    list_push(r->arena, &r->pending) = value;
  }
  t->count = (r->pending.count - base) / 2;
  t->keys = take_pending(r, base, 2, t->count);
  t->items = take_pending(r, base + 1, 2, t->count);
  r->pending.count = base;
  return true;
}

static struct tree *read_content(struct reader *r, unsigned depth) {
  if (r->event.type == YAML_SCALAR_EVENT) return read_scalar(r);
  bool list = r->event.type == YAML_SEQUENCE_START_EVENT;
  struct tree *t = arena_new(r->arena, struct tree);
  t->kind = list ? TREE_LIST : TREE_MAP;
  t->flow = list ? r->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
                 : r->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
  t->span = event_span(r);
  return (list ? read_list(r, t, depth) : read_map(r, t, depth)) ? t : NULL;
}

// The node whose first event is present; its last event is present afterwards. NULL after an error that ends reading.
static struct tree *read_node(struct reader *r, unsigned depth) {
  if (r->event.type == YAML_ALIAS_EVENT) return read_alias(r, depth);
  size_t before = r->nodes;
  unsigned deepest = r->deepest;
  size_t anchor = open_anchor(r);
  if (anchor != SIZE_MAX) r->deepest = depth;
  if (!count_nodes(r, 1, depth)) return NULL;
  if (!tag_fits(event_tag(&r->event), r->event.type)) {
    diag_error(r->diag, event_span(r), yaml_tag, event_tag(&r->event));
    r->failed = true;
  }
  struct tree *t = read_content(r, depth);
  if (!t || anchor == SIZE_MAX) return t;
  struct anchor *a = &r->anchors.items[anchor];
  a->tree = t;
  a->nodes = r->nodes - before;
  a->height = r->deepest - depth;
  if (deepest > r->deepest) r->deepest = deepest;
  return t;
}

static bool is_empty(const struct tree *t) {
  return t->kind == TREE_SCALAR && t->plain && !*t->text;
}

static struct tree *read_document(struct reader *r) {
  if (!yaml_parser_initialize(&r->parser)) arena_fail(r->arena);
  yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->source->text, r->source->size);
  index_characters(r);
  map_init(&r->anchor_names, r->arena);
  if (!next(r) || !next(r)) return NULL;  // stream start, then the document's start
  if (r->event.type == YAML_STREAM_END_EVENT) {
    diag_error(r->diag, span_of(r, 0, 0), yaml_empty);
    return NULL;
  }
  if (!next(r)) return NULL;
  struct tree *t = read_node(r, 1);
  if (!t || !next(r) || !next(r)) return NULL;  // document end, then the stream's
  if (is_empty(t)) {
    diag_error(r->diag, span_of(r, 0, 0), yaml_empty);
    return NULL;
  }
  if (r->event.type != YAML_STREAM_END_EVENT) {
    diag_error(r->diag, event_span(r), yaml_documents);
    return NULL;
  }
  return r->failed ? NULL : t;
}

static void release(struct reader *r) {
  yaml_event_delete(&r->event);
  yaml_parser_delete(&r->parser);  // harmless on a zeroed parser
}

// The arenas may jump out when memory is short; libyaml's memory must not be lost then.
static struct tree *read_guarded(struct reader *r) {
  struct arena *a = r->arena, *b = r->diag->arena;
  jmp_buf here, *outer_a = a->oom, *outer_b = b->oom;
  if (setjmp(here)) {
    b->oom = outer_b;
    a->oom = outer_a;
    release(r);
    arena_fail(a);
  }
  a->oom = b->oom = &here;
  struct tree *t = read_document(r);
  b->oom = outer_b;
  a->oom = outer_a;
  release(r);
  return t;
}

struct tree *yaml_read(struct arena *a, const struct source *source, struct diag *diag) {
  struct reader r = {.arena = a, .source = source, .diag = diag};
  return read_guarded(&r);
}

struct tree *tree_get(const struct tree *map, const char *key) {
  if (map->kind != TREE_MAP) return NULL;
  for (size_t i = 0; i < map->count; i++)
    if (strcmp(map->keys[i]->text, key) == 0) return map->items[i];
  return NULL;
}

bool tree_is_null(const struct tree *t) {
  return t->kind == TREE_SCALAR && t->plain && (!*t->text || strcmp(t->text, "~") == 0 || strcmp(t->text, "null") == 0);
}
