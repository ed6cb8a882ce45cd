/* SPDX-License-Identifier: MIT
 *
 * For test programs that run one test, by its name.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* Notes a failure and goes on. */
#define CHECK(Condition) CheckNote((Condition), #Condition, __func__, __LINE__)

void CheckNote(bool Holds, const char *Condition, const char *Function, int Line);

typedef struct CHECK_TEST
{
    const char *Name;
    void (*Run)(void);
} CHECK_TEST;

#define CHECK_TEST(Function)                                                                                 \
    {                                                                                                        \
#Function, Function                                                                                  \
    }

/* Runs the test that the only argument names, or without arguments lists all. The exit code of the program: 0,
 * 1 when the test has failed, 2 when there is no such test. */
int CheckMain(const CHECK_TEST *Tests, size_t TestCount, int ArgumentCount, char **Arguments);

#endif
