// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of Vensim's reference manual that are known by name and not supported, each with the reason. What is in
// neither this table nor those of mdl_call.c is no function of Vensim.
#include <string.h>

#include "vensim/mdl_call.h"

static const char by_iteration[] = "equations in a circle are not solved by iteration";
static const char of_reality[] = "functions for reality checks are not supported; STEP, RAMP and PULSE are";
static const char of_lotus[] = "files of Lotus 1-2-3 are not read; GET DIRECT and GET XLS read CSV, XLSX and XLS";
static const char of_odbc[] = "a run does not ask databases; put the numbers into a CSV or XLSX file";
static const char of_vdf[] = "VDF files are not read; export the run as a .tab, .csv or .dat file";
static const char undefined[] = "Vensim's reference manual does not define it";

// A name that ends in a blank stands for all names that begin so.
static const struct {
  const char *name, *reason;
} refused[] = {
    {"alloc p", "an older function that the manual does not define; ALLOCATE BY PRIORITY is supported"},
    {"delay profile", "the manual does not say how it starts"},
    {"depreciate by schedule", "depreciation by fiscal periods of a schedule is not supported"},
    {"find zero", by_iteration},
    {"get 123 ", of_lotus},
    {"get data stdv", "it is not known whether Vensim divides by the number of points or by one less"},
    {"get odbc ", of_odbc},
    {"get vdf ", of_vdf},
    {"internal rate of return", "it is solved for from all that the stream was before, which a run does not keep"},
    {"marketp", "an older function that the manual does not define; FIND MARKET PRICE is supported"},
    {"queue ", "what waits has an age, but no attributes"},
    {"rc ", of_reality},
    {"shift if true", "it changes the stocks that it names, and the manual does not say when in a step"},
    {"simultaneous", by_iteration},
    {"sshape", undefined},
};

const char *mdl_refused(const char *key) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    size_t size = strlen(refused[i].name);
    bool all = refused[i].name[size - 1] == ' ';
    if (all ? strncmp(refused[i].name, key, size) == 0 : strcmp(refused[i].name, key) == 0) return refused[i].reason;
  }
  return NULL;
}

struct expr *mdl_refuse(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, const char *reason) {
  diag_error(m->diag, n->span, mdl_refused, n->name, c->name, reason);
  return NULL;
}
