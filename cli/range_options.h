/* SPDX-License-Identifier: MIT
 *
 * --from and --to of commands that read captures: a number, a token, or a time.
 */
#ifndef CLI_RANGE_OPTIONS_H
#define CLI_RANGE_OPTIONS_H

#include "args.h"
#include "stream/facts.h"
#include "stream/stream.h"

typedef struct RANGE_PLACE
{
    bool Given;
    bool IsTime;
    bool Zoned;        /* else it is a local time of the host that was recorded */
    int64_t Time;      /* IsTime */
    uint64_t Number;   /* else */
    uint64_t Instance; /* of the driver's run that Number is of; 0: of any */
} RANGE_PLACE;

/* Reads the argument of --Option. false: Args->Error says what is wrong. */
bool RangePlaceRead(RANGE_PLACE *Place, ARGS *Args, const char *Option, const char *Argument);

/* Moves the reader to where From says, as far as an index helps, and tells the stream what to show. The facts are those of
 * the capture's beginning. */
PRCM_RESULT RangeApply(const RANGE_PLACE *From, const RANGE_PLACE *To, const FACTS *Facts,
                       PRCM_CAPTURE_READER *Reader, STREAM_RANGE *Range);

#endif
