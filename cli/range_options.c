/* SPDX-License-Identifier: MIT */
#include "range_options.h"

#include <string.h>

#include "text/times.h"

bool
RangePlaceRead(RANGE_PLACE *Place, ARGS *Args, const char *Option, const char *Argument)
{
    PRCM_TOKEN Token;

    memset(Place, 0, sizeof(*Place));
    Place->Given = true;
    Place->IsTime = TimesRead(Argument, &Place->Time, &Place->Zoned);
    if (Place->IsTime)
        return true;
    if (PrcmTokenParse(Argument, &Token) == PRCM_OK)
    {
        Place->Number = Token.Next;
        Place->Instance = Token.Instance;
        return true;
    }
    if (!ArgsNumber(Args, Option, Argument, 1, UINT64_MAX, &Place->Number))
        return ArgsRefuse(Args, Option, Argument,
                          "not a number from 1, a token, or a time such as 2026-11-22T15:04:05Z");
    return true;
}

static int64_t
TimeOf(const RANGE_PLACE *Place, const FACTS *Facts)
{
    return Place->Zoned ? Place->Time : FactsUtcTime(Facts, Place->Time);
}

PRCM_RESULT
RangeApply(const RANGE_PLACE *From, const RANGE_PLACE *To, const FACTS *Facts, PRCM_CAPTURE_READER *Reader,
           STREAM_RANGE *Range)
{
    memset(Range, 0, sizeof(*Range));
    if (To->Given && To->IsTime)
        Range->ToTime = TimeOf(To, Facts);
    else if (To->Given)
        Range->Last = To->Number;
    if (!From->Given)
        return PRCM_OK;
    if (From->IsTime)
    {
        Range->FromTime = TimeOf(From, Facts);
        return PrcmCaptureSeekTime(Reader, Range->FromTime);
    }
    Range->First = From->Number;
    return PrcmCaptureSeekNumber(Reader, From->Instance, From->Number);
}
