/* SPDX-License-Identifier: MIT
 *
 * What commands that read captures have in common: a capture that an argument names is opened, played from one place to
 * another, and closed.
 */
#ifndef CLI_PLAYER_H
#define CLI_PLAYER_H

#include "capture_options.h"
#include "exit_code.h"
#include "show_options.h"
#include "stream/playback.h"

typedef struct PLAYER PLAYER;

struct PLAYER
{
    /* Set by the command. */
    CAPTURE_OPTIONS Options;
    SHOW_OPTIONS Show;
    void (*Begin)(PLAYER *Player); /* Stream is as the options say; may be NULL */
    void (*Item)(PLAYER *Player, const PRCM_CAPTURE_ITEM *Item); /* has been shown; may be NULL */
    void (*End)(PLAYER *Player);                                 /* all is shown; may be NULL */

    const char *Path;
    SINK *Sink;         /* NULL: standard output */
    FORMAT_STATE State; /* of the format, from one capture to the next */
    bool IsLast;        /* the format ends with this capture */
    PRCM_CAPTURE_READER *Reader;
    FACTS Facts;
    STREAM Stream;
    PLAYBACK Playback;
};

/* Takes an option of SHOW_OPTIONS_ROWS or CAPTURE_OPTIONS_ROWS. false: it is none of them, or Args->Error says what is wrong
 * with it; *Taken tells the two apart. */
bool PlayerSetOption(PLAYER *Player, ARGS *Args, int Option, const char *Argument, bool *Taken);

/* EXIT_OK only if nothing is missing or damaged. What is wrong was said. */
EXIT_CODE PlayerPlay(PLAYER *Player, const char *Path);

/* Plays what the operands name, one after the other. The code is that of the first that was not good, but incomplete gives
 * way to what is worse. */
EXIT_CODE PlayerPlayAll(PLAYER *Player, const ARGS *Args);

#endif
