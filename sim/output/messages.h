// SPDX-License-Identifier: GPL-3.0-or-later
// The interface's texts in English and Chinese (messages.def), and the choice between the two labels of a model's
// entry. The language is a value that callers pass on; there is no global state and no locale.
#ifndef OUTPUT_MESSAGES_H
#define OUTPUT_MESSAGES_H
#include "lang/model.h"

enum language { LANGUAGE_EN, LANGUAGE_ZH };

enum message_id {
#define M(id, en, zh) MESSAGE_##id,
#include "output/messages.def"
#undef M
  MESSAGE_COUNT
};

const char *messages_text(enum language language, enum message_id id);
// The text with its arguments put in; in the arena.
const char *messages_format(struct arena *a, enum language language, enum message_id id, ...);
// The label in the language; English when there is no Chinese one.
const char *messages_label(enum language language, struct label label);
// The same with a star behind it when it is an index made by judgement.
const char *messages_starred(struct arena *a, enum language language, struct label label, bool judgement);
// "en", "zh"; false for others.
bool messages_language(const char *name, enum language *language);

#endif
