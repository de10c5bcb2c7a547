"""Periodic tasks with absolute deadlines in asyncio; each start stores a record durably, on the loop.

Arguments: a file, seconds, periods in seconds. Prints JSON: when each start was due and made, in ms.
"""

import asyncio
import json
import math
import os
import struct
import sys
import time


async def periodic(period, end, fd):
    loop = asyncio.get_running_loop()
    origin = loop.time()
    times = []
    k = 0
    while origin + k * period < end:
        delay = origin + k * period - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)
        now = loop.time()
        times.append(now * 1e3)
        store(fd, now, k)
        # What was missed is skipped; the phase is kept.
        k = max(k + 1, math.floor((loop.time() - origin) / period) + 1)
    return {"period": period * 1e3, "origin": origin * 1e3, "times": times}


def store(fd, t, value):
    os.write(fd, struct.pack("<dd", t, value))
    os.fsync(fd)


async def main():
    path, seconds, *periods = sys.argv[1:]
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    before = time.perf_counter()
    store(fd, 0, 0)
    durable = (time.perf_counter() - before) * 1e3
    end = asyncio.get_running_loop().time() + float(seconds)
    wall, cpu = time.perf_counter(), time.process_time()
    tasks = await asyncio.gather(*(periodic(float(period), end, fd) for period in periods))
    share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    os.close(fd)
    print(json.dumps({"durable": durable, "share": share, "tasks": tasks}))


asyncio.run(main())
