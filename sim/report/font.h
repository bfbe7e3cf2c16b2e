// SPDX-License-Identifier: GPL-3.0-or-later
// Fonts for pictures: which texts need Chinese characters, and which installed font has them.
#ifndef REPORT_FONT_H
#define REPORT_FONT_H
#include "base/diag.h"

bool font_is_chinese(const char *text);
// The family for texts with Chinese characters; warns and names one to install when none is there. NULL after an error.
const char *font_chinese(struct arena *a, struct diag *diag);

#endif
