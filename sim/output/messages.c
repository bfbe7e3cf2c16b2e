// SPDX-License-Identifier: GPL-3.0-or-later
// Looks up interface texts. A language that gains a column in messages.def gains a case here; nothing else knows how
// many languages there are.
#include "output/messages.h"

#include <string.h>

static const char *const texts[MESSAGE_COUNT][2] = {
#define M(id, en, zh) {en, zh},
#include "output/messages.def"
#undef M
};

const char *messages_text(enum language language, enum message_id id) {
  return texts[id][language];
}

const char *messages_format(struct arena *a, enum language language, enum message_id id, ...) {
  va_list args;
  va_start(args, id);
  const char *result = arena_vformat(a, texts[id][language], args);
  va_end(args);
  return result;
}

const char *messages_label(enum language language, struct label label) {
  return language == LANGUAGE_ZH && label.zh ? label.zh : label.en ? label.en : "";
}

const char *messages_starred(struct arena *a, enum language language, struct label label, bool judgement) {
  const char *text = messages_label(language, label);
  return judgement ? arena_format(a, "%s *", text) : text;
}

bool messages_language(const char *name, enum language *language) {
  if (strcmp(name, "en") == 0)
    *language = LANGUAGE_EN;
  else if (strcmp(name, "zh") == 0)
    *language = LANGUAGE_ZH;
  else
    return false;
  return true;
}
