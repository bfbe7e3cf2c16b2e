// SPDX-License-Identifier: GPL-3.0-or-later
// The program `simulate-mpi`: `simulate`, whose sweeps run on all ranks of an mpirun. Rank 0 owns the journal, the
// results and the terminal, and computes too; the others ask it for members, and send home what they found as the bytes
// of a journal's record. Messages, each from one thread at a time:
//     ASK    follower -> rank 0: how many members it wants       RUN  rank 0 -> follower: first, end; empty: none left
//     FOUND  follower -> rank 0: size, then pieces of a record; size 0: it cannot go on
//     LEAVE  follower -> rank 0: it is done
// Any other command runs on rank 0 alone, and without mpirun everything runs as in `simulate`: MPI is not even started.
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "sweep/sweep.h"

#define PIECE (1 << 30)         // MPI counts bytes in an int
#define NAP_NANOSECONDS 500000  // between looks at the mail: rank 0 computes on all its cores

enum tag { TAG_ASK = 1, TAG_RUN, TAG_FOUND, TAG_LEAVE };

struct ranks {
  int rank, size;
};

static enum sweep_agreement agree(void *context, bool good) {
  (void)context;
  int mine = good, all, leader = good;
  MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  MPI_Bcast(&leader, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return all ? SWEEP_AGREED : leader ? SWEEP_FOLLOWER_FAILED : SWEEP_LEADER_FAILED;
}

static uint64_t share(void *context, uint64_t value) {
  (void)context;
  MPI_Bcast(&value, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  return value;
}

// ---- followers

static bool ask(void *context, uint64_t want, struct range *run) {
  (void)context;
  uint64_t answer[2];
  MPI_Send(&want, 1, MPI_UINT64_T, 0, TAG_ASK, MPI_COMM_WORLD);
  MPI_Recv(answer, 2, MPI_UINT64_T, 0, TAG_RUN, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  *run = (struct range){answer[0], answer[1]};
  return run->first < run->end;
}

static void send(void *context, const void *record, size_t size) {
  (void)context;
  uint64_t left = size;
  MPI_Send(&left, 1, MPI_UINT64_T, 0, TAG_FOUND, MPI_COMM_WORLD);
  for (const char *at = record; left;) {
    int piece = left < PIECE ? (int)left : PIECE;
    MPI_Send(at, piece, MPI_BYTE, 0, TAG_FOUND, MPI_COMM_WORLD);
    at += piece;
    left -= (uint64_t)piece;
  }
}

static void leave(void *context) {
  (void)context;
  MPI_Send(NULL, 0, MPI_BYTE, 0, TAG_LEAVE, MPI_COMM_WORLD);
}

// ---- rank 0

static void answer_ask(struct sweep *s, int from) {
  uint64_t want, answer[2] = {0, 0};
  struct range run;
  MPI_Recv(&want, 1, MPI_UINT64_T, from, TAG_ASK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  if (sweep_hand_out(s, want, &run)) answer[0] = run.first, answer[1] = run.end;
  MPI_Send(answer, 2, MPI_UINT64_T, from, TAG_RUN, MPI_COMM_WORLD);
}

static void take_found(struct sweep *s, int from) {
  uint64_t size;
  MPI_Recv(&size, 1, MPI_UINT64_T, from, TAG_FOUND, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  char *record = mem_alloc(size);
  if (!record) MPI_Abort(MPI_COMM_WORLD, EXIT_MEMORY);  // the journal keeps what came before
  for (uint64_t at = 0; at < size;) {
    int piece = size - at < PIECE ? (int)(size - at) : PIECE;
    MPI_Recv(record + at, piece, MPI_BYTE, from, TAG_FOUND, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    at += (uint64_t)piece;
  }
  sweep_take_home(s, record, size);
  mem_free(record);
}

static void serve(void *context, struct sweep *s) {
  const struct ranks *ranks = context;
  for (int left = ranks->size - 1; left > 0;) {
    int there;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
    if (!there)
      nanosleep(&(struct timespec){0, NAP_NANOSECONDS}, NULL);
    else if (status.MPI_TAG == TAG_ASK)
      answer_ask(s, status.MPI_SOURCE);
    else if (status.MPI_TAG == TAG_FOUND)
      take_found(s, status.MPI_SOURCE);
    else
      MPI_Recv(NULL, 0, MPI_BYTE, status.MPI_SOURCE, TAG_LEAVE, MPI_COMM_WORLD, MPI_STATUS_IGNORE), left--;
  }
}

// ---- the program

static unsigned ranks_here(void) {
  MPI_Comm node;
  int ranks;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  MPI_Comm_size(node, &ranks);
  MPI_Comm_free(&node);
  return (unsigned)ranks;
}

static bool is_launched(void) {
  static const char *const marks[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "PMI_RANK"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (getenv(marks[i])) return true;
  return false;
}

// OpenMPI looks for fast networks for a quarter of a second. Ranks of one machine need none; what the user chose with
// --mca or in the environment stands. Other MPIs do not know these names.
static void choose_transport(void) {
  const char *here = getenv("OMPI_COMM_WORLD_LOCAL_SIZE"), *all = getenv("OMPI_COMM_WORLD_SIZE");
  if (here && all && strcmp(here, all) == 0) setenv("OMPI_MCA_pml", "ob1", 0);
}

int main(int argc, char **argv) {
  if (!is_launched()) return cli_main(argc, argv, NULL);
  choose_transport();
  int level, code = EXIT_OK;
  struct ranks ranks;
  if (MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level) != MPI_SUCCESS) return EXIT_IO;
  MPI_Comm_rank(MPI_COMM_WORLD, &ranks.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks.size);
  // The processors of a machine are shared by its ranks.
  unsigned here = ranks_here(), each = sweep_processors() / here;
  struct sweep_crew crew = {&ranks, ranks.rank == 0, each ? each : 1, here, agree, share, serve, ask, send, leave};
  bool sweeps = argc > 1 && strcmp(argv[1], "sweep") == 0 && ranks.size > 1;
  if (level < MPI_THREAD_SERIALIZED)
    MPI_Abort(MPI_COMM_WORLD, EXIT_IO);
  else if (sweeps)
    code = cli_main(argc, argv, &crew);
  else if (ranks.rank == 0)
    code = cli_main(argc, argv, NULL);
  MPI_Finalize();
  return code;
}
