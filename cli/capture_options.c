/* SPDX-License-Identifier: MIT */
#include "capture_options.h"

static bool
AddId(CAPTURE_OPTIONS *Options, ARGS *Args, const char *Argument)
{
    uint64_t Id;

    if (!ArgsNumber(Args, "pid", Argument, 0, UINT32_MAX, &Id))
        return false;
    if (Options->IdCount == PRCM_MAX_KEYS)
        return ArgsRefuse(Args, "pid", Argument, "64 process ids at most; a filter takes more: pid in (...)");
    Options->Ids[Options->IdCount++] = (uint32_t)Id;
    return true;
}

bool
CaptureOptionsSet(CAPTURE_OPTIONS *Options, ARGS *Args, int Option, const char *Argument)
{
    switch (Option)
    {
    case CAPTURE_OPTION_FROM:
        return RangePlaceRead(&Options->From, Args, "from", Argument);
    case CAPTURE_OPTION_TO:
        return RangePlaceRead(&Options->To, Args, "to", Argument);
    case CAPTURE_OPTION_KIND:
        return ArgsKinds(Args, "kind", Argument, &Options->Kinds);
    default:
        return AddId(Options, Args, Argument);
    }
}
