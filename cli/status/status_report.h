/* SPDX-License-Identifier: MIT
 *
 * What "prcm status" shows, and selftest's report repeats.
 */
#ifndef CLI_STATUS_REPORT_H
#define CLI_STATUS_REPORT_H

#include "holders.h"
#include "prcm.h"
#include "text/sink.h"

typedef struct STATUS_REPORT
{
    bool Installed;
    bool HasService; /* Service was told; else only that there is one */
    PRCM_SERVICE_INFO Service;
    HOLDERS Holders; /* of a driver that is stopping */
    bool Running;    /* the driver answered, and Query is its answer */
    PRCM_QUERY Query;
    int64_t LocalInstance; /* Query.Instance in local time */
} STATUS_REPORT;

/* What can be told without the driver, and whom it waits for if it is stopping. */
void StatusReportTakeService(STATUS_REPORT *Report);

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

/* Whether the driver waits for its last handle. */
bool StatusIsStopping(const STATUS_REPORT *Report);

/* "access", "owner", "link", "no_security"; NULL: nobody else may write. */
const char *StatusWriterWhy(const PRCM_WRITER *Writer);

#endif
