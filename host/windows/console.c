/* SPDX-License-Identifier: MIT */
#include "host/console.h"

#include <windows.h>

#include "text/utf16.h"

/* Bytes handed to a console in one call: old ones refuse more than 64 KiB, and share that with others. */
#define CHUNK_BYTES 4096

/* Whoever reads a pipe gets whole lines, if this program is ended at any time: as much is written at once as a pipe made
 * without a size holds. */
#define PIPE_BYTES 4096

/* How long a console that is being closed is kept waiting for the account: Windows itself ends the process
 * after 5 s. */
#define CLOSE_WAIT_MS 4500

typedef struct CONSOLE
{
    HANDLE Handle;
    bool IsConsole;
    bool IsPipe;
    WORD Attributes; /* as they were */
} CONSOLE;

static CONSOLE Output;
static CONSOLE Errors;
static SINK OutputSink;
static SINK ErrorSink;
static HANDLE StopEvent;
static LONG StopCount;

static uint32_t
WriteToFile(void *Context, const char *Bytes, size_t Length)
{
    const CONSOLE *Console = Context;

    while (Length != 0)
    {
        DWORD Written;
        DWORD Part = (DWORD)(Console->IsPipe ? SinkWholeLines(Bytes, Length, PIPE_BYTES) : Length);
        if (!WriteFile(Console->Handle, Bytes, Part, &Written, NULL))
            return GetLastError() != 0 ? GetLastError() : ERROR_WRITE_FAULT;
        if (Written == 0)
            return ERROR_DISK_FULL;
        Bytes += Written;
        Length -= Written;
    }
    return 0;
}

static uint32_t
WriteUnits(const CONSOLE *Console, const WCHAR *Units, size_t Count)
{
    while (Count != 0)
    {
        DWORD Written;
        if (!WriteConsoleW(Console->Handle, Units, (DWORD)Count, &Written, NULL))
            return GetLastError() != 0 ? GetLastError() : ERROR_WRITE_FAULT;
        if (Written == 0)
            return ERROR_WRITE_FAULT;
        Units += Written;
        Count -= Written;
    }
    return 0;
}

/* One code of Select Graphic Rendition. Attributes are understood by every console, the codes themselves only by
 * those from Windows 10 on, and not by Wine's. */
static WORD
ApplyStyle(const CONSOLE *Console, WORD Attributes, unsigned Code)
{
    const WORD Colors = FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE;

    if (Code == 0)
        return Console->Attributes;
    if (Code == 1)
        return Attributes | FOREGROUND_INTENSITY;
    if (Code == 90)
        return (Attributes & ~Colors) | FOREGROUND_INTENSITY;
    if (Code < 30 || Code > 37)
        return Attributes;
    WORD Color = (WORD)(((Code - 30) & 1 ? FOREGROUND_RED : 0) | ((Code - 30) & 2 ? FOREGROUND_GREEN : 0) |
                        ((Code - 30) & 4 ? FOREGROUND_BLUE : 0));
    return (Attributes & ~Colors) | Color;
}

/* Units begin behind ESC [. How many belong to the style. */
static size_t
InterpretStyle(const CONSOLE *Console, const WCHAR *Units, size_t Count)
{
    WORD Attributes = Console->Attributes;
    unsigned Code = 0;
    size_t At = 0;

    for (; At < Count; At++)
    {
        if (Units[At] >= '0' && Units[At] <= '9')
        {
            Code = Code * 10 + (Units[At] - '0');
            continue;
        }
        Attributes = ApplyStyle(Console, Attributes, Code);
        Code = 0;
        if (Units[At] == 'm')
            break;
    }
    SetConsoleTextAttribute(Console->Handle, Attributes);
    return At < Count ? At + 1 : Count;
}

static uint32_t
WriteInterpreted(const CONSOLE *Console, const WCHAR *Units, size_t Count)
{
    size_t From = 0;

    for (size_t At = 0; At + 1 < Count; At++)
    {
        if (Units[At] != 0x1B || Units[At + 1] != '[')
            continue;
        uint32_t Error = WriteUnits(Console, Units + From, At - From);
        if (Error != 0)
            return Error;
        From = At + 2 + InterpretStyle(Console, Units + At + 2, Count - At - 2);
        At = From - 1;
    }
    return WriteUnits(Console, Units + From, Count - From);
}

/* As much of Bytes as makes a chunk without splitting a character or a style. */
static size_t
ChunkLength(const char *Bytes, size_t Length)
{
    if (Length <= CHUNK_BYTES)
        return Length;
    size_t End = CHUNK_BYTES;
    while (End > 0 && ((unsigned char)Bytes[End] & 0xC0) == 0x80)
        End--;
    for (size_t At = End; At > 0 && At + 8 > End; At--)
    {
        if (Bytes[At - 1] == 0x1B)
            return At > 1 ? At - 1 : End;
    }
    return End;
}

static uint32_t
WriteToConsole(void *Context, const char *Bytes, size_t Length)
{
    const CONSOLE *Console = Context;
    WCHAR Units[CHUNK_BYTES];

    while (Length != 0)
    {
        size_t Part = ChunkLength(Bytes, Length);
        int Count = MultiByteToWideChar(CP_UTF8, 0, Bytes, (int)Part, Units, CHUNK_BYTES);
        uint32_t Error = WriteInterpreted(Console, Units, (size_t)Count);
        if (Error != 0)
            return Error;
        Bytes += Part;
        Length -= Part;
    }
    return 0;
}

/* Japanese, Chinese and Korean code pages, in the order of their numbers. */
static bool
IsEastAsian(UINT CodePage)
{
    return CodePage == 932 || CodePage == 936 || CodePage == 949 || CodePage == 950 || CodePage == 1361;
}

/* Lines break at the buffer's width, which the window may be narrower than. */
static SINK_WINDOW
AskWindow(void *Context)
{
    const CONSOLE *Console = Context;
    CONSOLE_SCREEN_BUFFER_INFO Info;

    if (!GetConsoleScreenBufferInfo(Console->Handle, &Info) || Info.dwSize.X <= 0)
        return (SINK_WINDOW){0};
    return (SINK_WINDOW){.Width = (size_t)Info.dwSize.X, .EastAsian = IsEastAsian(GetConsoleOutputCP())};
}

static void
Open(CONSOLE *Console, SINK *Sink, DWORD Which)
{
    CONSOLE_SCREEN_BUFFER_INFO Info;

    Console->Handle = GetStdHandle(Which);
    Console->IsConsole = GetConsoleScreenBufferInfo(Console->Handle, &Info) != 0;
    Console->IsPipe = GetFileType(Console->Handle) == FILE_TYPE_PIPE;
    Console->Attributes = Info.wAttributes;
    SinkInit(Sink, Console->IsConsole ? WriteToConsole : WriteToFile, Console, false);
    if (Console->IsConsole)
        Sink->AskWindow = AskWindow;
}

void
ConsoleInit(void)
{
    Open(&Output, &OutputSink, STD_OUTPUT_HANDLE);
    Open(&Errors, &ErrorSink, STD_ERROR_HANDLE);
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
    WCHAR NoColor[2];

    return Output.IsConsole && GetEnvironmentVariableW(L"NO_COLOR", NoColor, 2) == 0;
}

const char ConsoleErrorName[] = "Windows error";

void
ConsoleErrorText(uint32_t Error, char *Text, size_t Bytes)
{
    WCHAR Units[512];
    DWORD Count = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, Error, 0,
                                 Units, 512, NULL);

    while (Count > 0 && (Units[Count - 1] <= ' ' || Units[Count - 1] == '.'))
        Count--;
    int Length = WideCharToMultiByte(CP_UTF8, 0, Units, (int)Count, Text, (int)Bytes - 1, NULL, NULL);
    Text[Length] = '\0';
}

const char *
ConsoleOutputErrorText(uint32_t Error)
{
    switch (Error)
    {
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
        return "whoever was reading it has gone";
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return "the disk is full";
    case ERROR_INVALID_HANDLE:
        return "there is none";
    default:
        return NULL;
    }
}

static BOOL WINAPI
HandleControl(DWORD Event)
{
    LONG Count = InterlockedIncrement(&StopCount);

    SetEvent(StopEvent);
    if (Event == CTRL_C_EVENT || Event == CTRL_BREAK_EVENT)
        return Count == 1;
    Sleep(CLOSE_WAIT_MS);
    return TRUE;
}

void *
ConsoleStopEvent(void)
{
    StopEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (StopEvent != NULL)
        SetConsoleCtrlHandler(HandleControl, TRUE);
    return StopEvent;
}

bool
ConsoleWaitStop(uint32_t Milliseconds)
{
    return WaitForSingleObject(StopEvent, Milliseconds) == WAIT_OBJECT_0;
}
