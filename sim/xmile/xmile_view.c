// SPDX-License-Identifier: GPL-3.0-or-later
// <views> -> where each variable is drawn: the first view that shows it counts. Only positions are taken; nothing that
// a run computes depends on them, so what cannot be read is left out without a word. A position is a symbol's middle,
// or its upper left corner when a size is given (OASIS XMILE 1.0, 5.1).
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "xmile/xmile_read.h"

static bool number(const struct xml *x, const char *attribute, double *value) {
  const char *text = xml_attribute(x, attribute);
  return text && text_to_number(text, strlen(text), value) && fabs(*value) < 1e6;
}

static bool place(struct xmile_reader *r, struct xmile_instance *in, const struct xml *x) {
  const char *name = xml_attribute(x, "name");
  double left, top, width = 0, height = 0;
  if (x->vendor || !name || !number(x, "x", &left) || !number(x, "y", &top)) return false;
  const struct xmile_slot *s = xmile_instance_find(r, in, xmile_fold(r->arena, name));
  if (!s || !s->x || s->variable == XMILE_NONE) return false;
  struct model_view *view = &r->model->variables.items[s->variable].view;
  if (!number(x, "width", &width) || !number(x, "height", &height)) width = height = 0;
  if (view->placed) return false;
  *view = (struct model_view){left + width / 2, top + height / 2, true, r->pages};
  return true;
}

void xmile_view_read(struct xmile_reader *r, struct xmile_instance *in) {
  const struct xml *views = xml_child(in->x, "views");
  for (size_t i = 0; views && i < views->children.count; i++) {
    const struct xml *view = views->children.items[i];
    const char *type = xml_attribute(view, "type");
    if (view->vendor || strcmp(view->name, "view") != 0 || (type && strcmp(type, "stock_flow") != 0)) continue;
    bool any = false;
    for (size_t k = 0; k < view->children.count; k++) {
      static const char *const symbols[] = {"stock", "flow", "aux"};
      const struct xml *x = view->children.items[k];
      for (size_t j = 0; j < sizeof symbols / sizeof *symbols; j++)
        if (strcmp(x->name, symbols[j]) == 0 && place(r, in, x)) any = true;
    }
    r->pages += any;
  }
}
