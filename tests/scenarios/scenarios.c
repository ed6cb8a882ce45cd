/* SPDX-License-Identifier: MIT */
#include "scenario.h"

const SCENARIO Scenarios[] = {
    {"producers_against_reader", ProducersAgainstReader, false},
    {"commit_out_of_order", CommitOutOfOrder, false},
    {"two_readers", TwoReaders, false},
    {"filters_that_match_nothing", FiltersThatMatchNothing, false},
    {"subscribe_in_mid_stream", SubscribeInMidStream, false},
    {"two_reads_on_one_handle", TwoReadsOnOneHandle, false},
    {"cancel_against_complete", CancelAgainstComplete, false},
    {"cleanup_against_complete", CleanupAgainstComplete, false},
    {"duplicated_handles", DuplicatedHandles, false},
    {"wrap_around", WrapAround, false},
    {"overtaken_reader", OvertakenReader, false},
    {"slow_committer", SlowCommitter, false},
    {"stop_against_everything", StopAgainstEverything, true},
#ifndef _WIN32
    {"dying_thread", DyingThread, false},
    {"unload_against_everything", UnloadAgainstEverything, true},
    {"unload_at_once", UnloadAtOnce, true},
#endif
};

const uint32_t ScenarioCount = sizeof(Scenarios) / sizeof(Scenarios[0]);

bool
ScenarioOpen(BOOK *Book)
{
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BookProducers = 1;
    return GOOD(BookOpen(Book, &Request, SCENARIO_BUFFER_BYTES));
}

void
ScenarioStart(void *Context)
{
    HostRaiseStart(*(const uint32_t *)Context, SCENARIO_TEXT_BYTES);
}

void
ScenarioImage(void *Context)
{
    HostRaiseImage(*(const uint32_t *)Context, SCENARIO_TEXT_BYTES);
}
