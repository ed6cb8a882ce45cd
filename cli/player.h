/* SPDX-License-Identifier: MIT
 *
 * What commands that read captures have in common: a capture that an argument names is opened, played from one place to
 * another, and closed.
 */
#ifndef CLI_PLAYER_H
#define CLI_PLAYER_H

#include "exit_code.h"
#include "range_options.h"
#include "stream/playback.h"

typedef struct PLAYER PLAYER;

struct PLAYER
{
    /* Set by the command. */
    RANGE_PLACE From;
    RANGE_PLACE To;
    void *Context;                 /* of what follows */
    void (*Begin)(PLAYER *Player); /* initializes Stream */
    PLAYBACK_NOTICE *Notice;
    void (*Item)(PLAYER *Player, const PRCM_CAPTURE_ITEM *Item); /* has been shown; may be NULL */
    void (*End)(PLAYER *Player);                                 /* all is shown; may be NULL */

    const char *Path;
    PRCM_CAPTURE_READER *Reader;
    FACTS Facts;
    STREAM Stream;
    PLAYBACK Playback;
};

/* EXIT_OK only if nothing is missing or damaged. What is wrong was said. */
EXIT_CODE PlayerPlay(PLAYER *Player, const char *Path);

/* Plays what the operands name, one after the other. The code is that of the first that was not good, but incomplete gives
 * way to what is worse. */
EXIT_CODE PlayerPlayAll(PLAYER *Player, const ARGS *Args);

#endif
