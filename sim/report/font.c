// SPDX-License-Identifier: GPL-3.0-or-later
// See font.h. Asks fontconfig's fc-list.
#include "report/font.h"

#include <string.h>

#include "base/text.h"
#include "report/tool.h"

static bool is_chinese(uint32_t code) {
  return (code >= 0x2E80 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFF00 && code <= 0xFFEF) || (code >= 0x20000 && code <= 0x3FFFF);
}

bool font_is_chinese(const char *text) {
  size_t left = strlen(text);
  for (size_t size; left; text += size, left -= size) {
    uint32_t code;
    size = text_decode(text, left, &code);
    if (!size) size = 1, code = 0;
    if (is_chinese(code)) return true;
  }
  return false;
}

// Families that set well come before the first that is found.
const char *font_chinese(struct arena *a, struct diag *diag) {
  static const char *const good[] = {"Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei",
                                     "WenQuanYi Zen Hei"};
  const char *const command[] = {"fc-list", ":lang=zh-cn", "family", NULL};
  struct tool_result *r = tool_run(a, command, "", 0, "fontconfig", diag);
  if (!r) return NULL;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
    if (strstr(r->out, good[i])) return good[i];
  size_t size = strcspn(r->out, ",\n");
  if (size) return arena_copy(a, r->out, size);
  diag_warning(diag, NOWHERE, figure_font);
  return good[0];
}
