/* SPDX-License-Identifier: MIT
 *
 * What record finds out about this host, for whoever reads the capture elsewhere: first the machine and its drives, then
 * with each batch the users and drives that it is the first to name.
 */
#ifndef CLI_RECORD_FACTS_H
#define CLI_RECORD_FACTS_H

#include "recording.h"
#include "stream/facts.h"

typedef struct RECORD_FACTS
{
    RECORDING *Recording;
    FACTS Told;
    PATHS Paths;
    const VIEW_HOOKS *Hooks;
    uint64_t Room[PRCM_MAX_FACT_BYTES / sizeof(uint64_t)]; /* of the fact that is being made */
} RECORD_FACTS;

void RecordFactsInit(RECORD_FACTS *Facts, RECORDING *Recording);
void RecordFactsDestroy(RECORD_FACTS *Facts);

/* The machine, the driver, the drives. As PrcmCaptureFact. */
PRCM_RESULT RecordFactsBegin(RECORD_FACTS *Facts, const PRCM_QUERY *Query);

/* What the batch behind Records needs; before the batch itself. As PrcmCaptureFact. */
PRCM_RESULT RecordFactsBatch(RECORD_FACTS *Facts, PRCM_RECORDS Records);

#endif
