"""A portmapper by UDP over the RPC server of PyPI's python-vxi11: a server by other hands than ours.

Prints its port, and answers until it is killed.
"""

from vxi11 import rpc, vxi11


class Portmapper(rpc.UDPServer):
    """Knows the core channel of VXI-11 at port 1234."""

    def __init__(self):
        super().__init__("127.0.0.1", rpc.PMAP_PROG, rpc.PMAP_VERS, 0)

    def addpackers(self):
        self.packer = rpc.PortMapperPacker()
        self.unpacker = rpc.PortMapperUnpacker(b"")

    def handle_3(self):
        program, version, protocol, _ = self.unpacker.unpack_mapping()
        self.turn_around()
        wanted = (vxi11.DEVICE_CORE_PROG, vxi11.DEVICE_CORE_VERS, rpc.IPPROTO_TCP)
        self.packer.pack_uint(1234 if (program, version, protocol) == wanted else 0)


server = Portmapper()
print(server.port, flush=True)
server.loop()
