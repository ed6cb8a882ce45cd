/* SPDX-License-Identifier: MIT
 *
 * What "prcm status" shows, and selftest's report repeats.
 */
#ifndef CLI_STATUS_REPORT_H
#define CLI_STATUS_REPORT_H

#include "prcm.h"
#include "sink.h"

typedef struct STATUS_REPORT
{
    bool Installed;
    uint32_t ServiceState; /* PRCM_SERVICE_XXX; valid if Installed */
    bool Running;          /* the driver answered, and Query is its answer */
    PRCM_QUERY Query;
    int64_t LocalInstance; /* Query.Instance in local time */
} STATUS_REPORT;

void StatusReportWriteText(SINK *Sink, const STATUS_REPORT *Report);
void StatusReportWriteJson(SINK *Sink, const STATUS_REPORT *Report);

/* One of the kernel's registration routines and what became of it. */
typedef struct STATUS_TIER
{
    const char *Routine;
    uint32_t Status; /* as in PRCM_QUERY */
} STATUS_TIER;

#define STATUS_MAX_TIERS 3u

/* The tiers of process or image notification, best first: how many there are. */
size_t StatusProcessTiers(const PRCM_QUERY *Query, STATUS_TIER Tiers[STATUS_MAX_TIERS]);
size_t StatusImageTiers(const PRCM_QUERY *Query, STATUS_TIER Tiers[STATUS_MAX_TIERS]);

/* "in_use", "not_tried", "not_exported" or "refused". */
const char *StatusTierState(uint32_t Status);

/* Why the kernel refuses with Status, and what helps; NULL where nothing more is known than the number. */
const char *StatusTierReason(uint32_t Status);

const char *StatusServiceWord(const STATUS_REPORT *Report);

#endif
