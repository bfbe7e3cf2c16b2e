// SPDX-License-Identifier: GPL-3.0-or-later
// XML text -> a small tree with places. Elements are known by their local name, since old files use other namespaces;
// an element of a vendor (a prefix, or a default namespace of its own) is marked. Texts remember where each of their
// bytes stood, so that an error inside an equation with &gt; or CDATA still points to the right column.
#ifndef XMILE_XMILE_XML_H
#define XMILE_XMILE_XML_H
#include "base/diag.h"
#include "base/source.h"

struct xml_attribute {
  const char *name, *value;
};
struct xml_piece {  // from byte `at` of the text on, bytes stand at `source` and on
  uint32_t at, source;
};
struct xml {
  const char *name;     // without prefix
  const char *written;  // with prefix
  bool vendor;
  struct span span;  // of the start tag
  struct xml *parent;
  LIST(struct xml_attribute) attributes;
  LIST(struct xml *) children;
  const char *text;  // the character data directly inside, joined; never NULL
  size_t text_size;
  LIST(struct xml_piece) pieces;
};

// The root element, or NULL after errors. Refuses document types (and with them entities), deep nesting and floods.
struct xml *xmile_xml_read(struct arena *a, const struct source *source, struct diag *diag);

// The first child of that name that is no vendor's; NULL: none.
const struct xml *xml_child(const struct xml *x, const char *name);
// The attribute's value; NULL: not there. Attributes of vendors are found by their written name ("isee:pause").
const char *xml_attribute(const struct xml *x, const char *name);
// Where an attribute's value stands.
struct span xml_attribute_span(const struct xml *x, const char *name);
// Where `size` bytes of the text from `at` on stand.
struct span xml_text_span(const struct xml *x, size_t at, size_t size);
bool xml_is_blank(const struct xml *x);  // no text but white space

#endif
