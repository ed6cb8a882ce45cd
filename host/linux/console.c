/* SPDX-License-Identifier: MIT */
#include "host/console.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* While a pipe has less room than a line needs. */
#define PIPE_LOOK_MS 2

typedef struct CONSOLE
{
    int File;
    bool IsConsole;
    bool IsPipe;
} CONSOLE;

static CONSOLE Output;
static CONSOLE Errors;
static SINK OutputSink;
static SINK ErrorSink;
static int StopPipe[2] = {-1, -1};

/* Makes room for all of a line that is no atomic write by its length: in an empty pipe, grown to hold it. One that cannot
 * grow so far takes the line in parts. */
static void
AwaitRoom(const CONSOLE *Console, size_t Length)
{
    const struct timespec Look = {.tv_nsec = PIPE_LOOK_MS * 1000000L};
    struct pollfd Reader = {.fd = Console->File, .events = 0};
    int Waiting;

    if (Length <= PIPE_BUF)
        return;
    if (fcntl(Console->File, F_GETPIPE_SZ) < (int)Length)
        fcntl(Console->File, F_SETPIPE_SZ, (int)Length);
    while (ioctl(Console->File, FIONREAD, &Waiting) == 0 && Waiting != 0)
    {
        if (poll(&Reader, 1, 0) > 0 && (Reader.revents & POLLERR) != 0)
            return; /* nobody reads it any more */
        nanosleep(&Look, NULL);
    }
}

/* Whoever reads a pipe gets whole lines, if this program is ended at any time: a write of at most PIPE_BUF is atomic
 * (POSIX, write), and so is one that the pipe has room for. */
static uint32_t
WriteToFile(void *Context, const char *Bytes, size_t Length)
{
    const CONSOLE *Console = Context;

    while (Length != 0)
    {
        size_t Part = Console->IsPipe ? SinkWholeLines(Bytes, Length, PIPE_BUF) : Length;
        if (Console->IsPipe)
            AwaitRoom(Console, Part);
        ssize_t Written = write(Console->File, Bytes, Part);
        if (Written < 0 && errno == EINTR)
            continue;
        if (Written < 0)
            return (uint32_t)errno;
        Bytes += Written;
        Length -= (size_t)Written;
    }
    return 0;
}

static SINK_WINDOW
AskWindow(void *Context)
{
    const CONSOLE *Console = Context;
    struct winsize Size;

    if (ioctl(Console->File, TIOCGWINSZ, &Size) != 0)
        return (SINK_WINDOW){0};
    return (SINK_WINDOW){.Width = Size.ws_col};
}

static void
Open(CONSOLE *Console, SINK *Sink, int File)
{
    struct stat Status;

    Console->File = File;
    Console->IsConsole = isatty(File) == 1;
    Console->IsPipe = fstat(File, &Status) == 0 && S_ISFIFO(Status.st_mode);
    SinkInit(Sink, WriteToFile, Console, false);
    if (Console->IsConsole)
        Sink->AskWindow = AskWindow;
}

void
ConsoleInit(void)
{
    signal(SIGPIPE, SIG_IGN); /* the write fails, and that is told */
    Open(&Output, &OutputSink, STDOUT_FILENO);
    Open(&Errors, &ErrorSink, STDERR_FILENO);
}

SINK *
ConsoleOutput(void)
{
    return &OutputSink;
}

SINK *
ConsoleErrors(void)
{
    return &ErrorSink;
}

bool
ConsoleWantsColor(void)
{
    const char *NoColor = getenv("NO_COLOR");
    return Output.IsConsole && (NoColor == NULL || NoColor[0] == '\0');
}

const char ConsoleErrorName[] = "error";

void
ConsoleErrorText(uint32_t Error, char *Text, size_t Bytes)
{
    const char *Known = strerrordesc_np((int)Error);

    Text[0] = '\0';
    strncat(Text, Known != NULL ? Known : "not known", Bytes - 1);
}

const char *
ConsoleOutputErrorText(uint32_t Error)
{
    switch (Error)
    {
    case EPIPE:
        return "whoever was reading it has gone";
    case ENOSPC:
    case EDQUOT:
        return "the disk is full";
    case EBADF:
        return "there is none";
    default:
        return NULL;
    }
}

static void
AskToStop(int Signal)
{
    int Error = errno;
    ssize_t Ignored = write(StopPipe[1], "", 1);

    (void)Ignored;
    signal(Signal, SIG_DFL);
    errno = Error;
}

void *
ConsoleStopEvent(void)
{
    if (pipe2(StopPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return NULL;
    signal(SIGINT, AskToStop);
    signal(SIGTERM, AskToStop);
    signal(SIGHUP, AskToStop);
    return StopPipe;
}

bool
ConsoleWaitStop(uint32_t Milliseconds)
{
    struct pollfd Asked = {.fd = StopPipe[0], .events = POLLIN};
    return poll(&Asked, 1, (int)Milliseconds) > 0;
}
