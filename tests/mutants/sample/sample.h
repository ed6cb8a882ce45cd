/* SPDX-License-Identifier: MIT */
#ifndef SAMPLE_H
#define SAMPLE_H

enum
{
    SAMPLE_ROOM = 4
};

int SampleClamp(int Value);
int SampleCount(int Steps);

#endif
