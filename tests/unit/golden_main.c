/* SPDX-License-Identifier: MIT
 *
 * Writes the golden captures into a directory, and what a reader finds in each beside it. For whoever adds one: those
 * there are must not be made anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden.h"

static const char *Directory;

static void
Save(const char *Name, const void *Bytes, size_t Length)
{
    char Path[512];
    snprintf(Path, sizeof(Path), "%s/%s", Directory, Name);
    FILE *Out = fopen(Path, "wbx");
    if (Out == NULL || fwrite(Bytes, 1, Length, Out) != Length || fclose(Out) != 0)
    {
        perror(Path);
        exit(1);
    }
}

static void
Make(const char *Name, void (*Golden)(RIG_FILE *))
{
    char File[64];
    RIG_FILE Made = {0};
    Golden(&Made);
    snprintf(File, sizeof(File), "%s.prcm", Name);
    Save(File, Made.Bytes, Made.Size);
    char *Text = RigRead(&Made);
    snprintf(File, sizeof(File), "%s.txt", Name);
    size_t Length = 0;
    while (Text[Length] != 0)
        Length++;
    Save(File, Text, Length);
    free(Text);
    RigFileFree(&Made);
}

int
main(int Count, char **Values)
{
    if (Count != 2)
    {
        fprintf(stderr, "usage: capture_golden DIRECTORY\n");
        return 2;
    }
    Directory = Values[1];
    Make("whole", GoldenWhole);
    Make("open", GoldenOpen);
    Make("damaged", GoldenDamaged);
    return 0;
}
