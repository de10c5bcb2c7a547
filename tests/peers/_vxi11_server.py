"""A VXI-11 instrument over the RPC server of PyPI's python-vxi11: a server by other hands than ours.

Prints its port, and serves until it is killed.
"""

import sys
import threading

from vxi11 import rpc, vxi11


class Core(rpc.TCPServer):
    """One client at a time, answering "*IDN?" and echoing anything else."""

    def __init__(self):
        super().__init__("127.0.0.1", vxi11.DEVICE_CORE_PROG, vxi11.DEVICE_CORE_VERS, 0)
        self.message = b""
        self.answer = b""
        self.status = 0x41

    def addpackers(self):
        self.packer = vxi11.Packer()
        self.unpacker = vxi11.Unpacker(b"")

    def reply(self, pack, value):
        self.turn_around()
        pack(value)

    def codes(self, *values):
        self.turn_around()
        for value in values:
            self.packer.pack_int(value)

    def handle_10(self):
        self.unpacker.unpack_int()
        self.unpacker.unpack_bool()
        self.unpacker.unpack_uint()
        name = self.unpacker.unpack_string()
        self.codes(0 if name == b"inst0" else 3, 0, ABORT_PORT, 1500)

    def handle_11(self):
        self.unpacker.unpack_int()
        self.unpacker.unpack_uint()
        self.unpacker.unpack_uint()
        flags = self.unpacker.unpack_int()
        data = self.unpacker.unpack_opaque()
        self.message += data
        if flags & 8:
            self.answer = b"Python,11\n" if self.message == b"*IDN?\n" else self.message
            self.message = b""
        self.codes(0, len(data))

    def handle_12(self):
        self.unpacker.unpack_int()
        size = self.unpacker.unpack_uint()
        timeout = self.unpacker.unpack_uint()
        self.unpacker.unpack_uint()
        flags = self.unpacker.unpack_int()
        char = self.unpacker.unpack_int()
        ABORTED.clear()
        if not self.answer:
            aborted = ABORTED.wait(timeout / 1000)
            self.codes(23 if aborted else 15, 0, 0)
            return
        part = self.answer[:size]
        reason = 0
        if flags & 0x80 and bytes([char]) in part:
            part = part[: part.index(bytes([char])) + 1]
            reason |= 2
        if len(part) == size:
            reason |= 1
        self.answer = self.answer[len(part):]
        if not self.answer:
            reason |= 4
        self.codes(0, reason)
        self.packer.pack_opaque(part)

    def handle_13(self):
        self.unpacker.unpack_device_generic_parms()
        self.codes(0, self.status)

    def handle_15(self):
        self.unpacker.unpack_device_generic_parms()
        self.message = self.answer = b""
        self.codes(0)

    def handle_23(self):
        self.unpacker.unpack_int()
        self.codes(0)


class Abort(rpc.TCPServer):
    """The abort channel."""

    def __init__(self):
        super().__init__("127.0.0.1", vxi11.DEVICE_ASYNC_PROG, vxi11.DEVICE_ASYNC_VERS, 0)

    def handle_1(self):
        self.unpacker.unpack_int()
        ABORTED.set()
        self.turn_around()
        self.packer.pack_int(0)


ABORTED = threading.Event()
abort = Abort()
ABORT_PORT = abort.port
threading.Thread(target=abort.loop, daemon=True).start()
core = Core()
core.sock.listen(1)
print(core.port, flush=True)
core.loop()
sys.exit(0)
