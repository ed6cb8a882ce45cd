/* SPDX-License-Identifier: MIT
 *
 * What a source has told of its host: the names, drives and times that a reader elsewhere needs to show events as they
 * were shown there. The facts in force, one for each key.
 */
#ifndef STREAM_FACTS_H
#define STREAM_FACTS_H

#include "prcm_capture.h"
#include "view.h"

#define FACTS_MAX_COUNT 65536u                /* all types together; of more, none is kept */
#define FACTS_MAX_BYTES (64u * 1024u * 1024u) /* the same */
#define FACTS_BUCKETS   4096u                 /* a power of two */

typedef struct FACTS_ENTRY FACTS_ENTRY;

typedef struct FACTS
{
    FACTS_ENTRY *Buckets[FACTS_BUCKETS];
    size_t Count;
    size_t Bytes;
    bool DrivesChanged; /* since FactsFillPaths */
    VIEW_HOOKS Hooks;
} FACTS;

void FactsInit(FACTS *Facts);
void FactsDestroy(FACTS *Facts);

/* Takes a copy, in the place of an earlier fact of the type and key. Modules of a snapshot are passed over: nothing that is
 * shown refers to them. false: no memory, or too many. */
bool FactsAdd(FACTS *Facts, const PRCM_FACT *Fact);

/* Whether the very same was told before. */
bool FactsHas(const FACTS *Facts, const PRCM_FACT *Fact);

/* Whether anything was told of a user. */
bool FactsHasUser(const FACTS *Facts, const void *Sid, uint32_t SidBytes);

/* The one fact of a type that has no key; NULL: not told. Valid until the next FactsAdd. */
const PRCM_FACT *FactsOne(const FACTS *Facts, uint16_t Type);

/* The driver's answers as it gave them, members that it did not have zero. false: not told. */
bool FactsQuery(const FACTS *Facts, PRCM_QUERY *Query);
bool FactsSubscribed(const FACTS *Facts, PRCM_SUBSCRIBED *Subscribed);

/* What the session asked for; Keys point into the fact. A token that it began at is not kept. false: not told. */
bool FactsAsked(const FACTS *Facts, PRCM_SUBSCRIPTION *Asked);

/* The name of the host, and when it had started: field statuses say why not. */
uint32_t FactsHostName(const FACTS *Facts, UTF16 *Name);
PRCM_VALUE FactsBootTime(const FACTS *Facts);

/* Local time of the host; UTC where its zone was not told. */
int64_t FactsLocalTime(const FACTS *Facts, int64_t Time);

/* The reverse: of a time that the zone has twice, one of the two. */
int64_t FactsUtcTime(const FACTS *Facts, int64_t Local);

/* For a view: names of users, images of processes that ran when the recording began, local time. */
const VIEW_HOOKS *FactsViewHooks(FACTS *Facts);

/* Makes Paths the drives in force, if they have changed. */
void FactsFillPaths(FACTS *Facts, PATHS *Paths);

#endif
