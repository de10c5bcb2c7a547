"""Asks an instrument by pyvisa-py or pyserial. Each line of standard input is a piece of work as JSON, answered by its seconds."""

import json
import sys
import threading
import time

import numpy
import pyvisa
import serial


class Visa:
    def __init__(self, resource):
        self.instrument = manager.open_resource(
            resource, read_termination="\n", write_termination="\n", timeout=5000
        )

    def query(self):
        return len(self.instrument.query("READ?"))

    def block(self, length, chunk, numbers):
        self.instrument.chunk_size = chunk
        container = numpy.ndarray if numbers else list
        return len(
            self.instrument.query_binary_values(f"BLOCK? {length}", datatype="B", container=container)
        )


class Serial:
    def __init__(self, path):
        self.port = serial.Serial(path, 115200, timeout=5)

    def query(self):
        self.port.write(b"READ?\n")
        return len(self.port.readline())

    def read(self, length):
        self.port.write(b"BLOCK? %d\n" % (length - 11))
        return len(self.port.read(length))


manager = pyvisa.ResourceManager("@py")
opened = {}


def carry_out(work, place=0):
    key = (work["resource"], place)
    if key not in opened:
        opened[key] = (Serial if work["resource"].startswith("/") else Visa)(work["resource"])
    link = opened[key]
    start = time.perf_counter()
    for _ in range(work.get("count", 1)):
        if work["what"] == "query":
            good = link.query() > 10
        elif work["what"] == "block":
            good = link.block(work["length"], work["chunk"], work["numpy"]) == work["length"]
        else:
            good = link.read(work["length"]) == work["length"]
        if not good:
            raise RuntimeError("Cannot time it, as an answer is not whole")
    return time.perf_counter() - start


for line in sys.stdin:
    work = json.loads(line)
    threads = [
        threading.Thread(target=carry_out, args=(work, place)) for place in range(work.get("threads", 0))
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(time.perf_counter() - start if threads else carry_out(work), flush=True)
