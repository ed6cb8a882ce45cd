/* SPDX-License-Identifier: MIT */
#include "tally.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* More of either are counted as this many. */
#define TALLY_MOST 9u

typedef uint64_t TALLY[TALLY_MOST + 1][TALLY_MOST + 1][2];

static TALLY *Tally;
static pthread_once_t Once = PTHREAD_ONCE_INIT;

static void
TallyPrint(void)
{
    for (unsigned Producers = 0; Producers <= TALLY_MOST; Producers++)
        for (unsigned Readers = 0; Readers <= TALLY_MOST; Readers++)
            for (unsigned Loss = 0; Loss < 2; Loss++)
                if ((*Tally)[Producers][Readers][Loss])
                    printf("account: %" PRIu64 " events, %u producers, %u readers, %s loss\n",
                           (*Tally)[Producers][Readers][Loss], Producers, Readers, Loss ? "with" : "without");
}

/* Shared with whoever is forked later. */
static void
TallyInit(void)
{
    Tally = mmap(NULL, sizeof(TALLY), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (Tally == MAP_FAILED || atexit(TallyPrint))
    {
        perror("tally");
        exit(EXIT_FAILURE);
    }
}

static unsigned
TallyAtMost(unsigned Count)
{
    return Count < TALLY_MOST ? Count : TALLY_MOST;
}

void
TallyEvents(unsigned Producers, unsigned Readers, bool Loss, uint64_t Events)
{
    pthread_once(&Once, TallyInit);
    __atomic_add_fetch(&(*Tally)[TallyAtMost(Producers)][TallyAtMost(Readers)][Loss], Events,
                       __ATOMIC_RELAXED);
}
