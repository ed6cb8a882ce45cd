/* SPDX-License-Identifier: MIT */
#include "scenario.h"

const SCENARIO Scenarios[] = {
    {"producers_against_reader", ProducersAgainstReader, SCENARIO_WINE_RUNS},
    {"commit_out_of_order", CommitOutOfOrder, SCENARIO_WINE_RUNS},
    {"two_readers", TwoReaders, SCENARIO_WINE_RUNS},
    {"filters_that_match_nothing", FiltersThatMatchNothing, SCENARIO_WINE_RUNS},
    {"subscribe_in_mid_stream", SubscribeInMidStream, SCENARIO_WINE_RUNS},
    {"two_reads_on_one_handle", TwoReadsOnOneHandle, SCENARIO_WINE_RUNS},
    {"cancel_against_complete", CancelAgainstComplete, SCENARIO_WINE_RUNS},
    {"cleanup_against_complete", CleanupAgainstComplete, SCENARIO_WINE_RUNS},
    {"duplicated_handles", DuplicatedHandles, SCENARIO_WINE_RUNS},
    {"dying_thread", DyingThread, SCENARIO_WINE_RUNS},
    {"stop_against_everything", StopAgainstEverything, SCENARIO_WINE_STOPS},
    {"unload_against_everything", UnloadAgainstEverything, SCENARIO_WINE_NOT},
    {"unload_at_once", UnloadAtOnce, SCENARIO_WINE_NOT},
    {"wrap_around", WrapAround, SCENARIO_WINE_RUNS},
    {"overtaken_reader", OvertakenReader, SCENARIO_WINE_RUNS},
    {"slow_committer", SlowCommitter, SCENARIO_WINE_RUNS},
};

const uint32_t ScenarioCount = sizeof(Scenarios) / sizeof(Scenarios[0]);
