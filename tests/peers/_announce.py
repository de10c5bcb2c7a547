"""Announces an instrument's services by python-zeroconf on the loopback: a responder by other hands than ours.

Prints "ready", and announces until its input ends.
"""

import socket
import sys

from zeroconf import ServiceInfo, Zeroconf

PROPERTIES = {
    "txtvers": "1",
    "Manufacturer": "ACME",
    "Model": "DMM 6.5",
    "SerialNumber": "42",
    "FirmwareVersion": "1.0",
}

zeroconf = Zeroconf(interfaces=["127.0.0.1"])
for kind, port in (("_lxi", 80), ("_hislip", int(sys.argv[1])), ("_scpi-raw", 5025)):
    domain = kind + "._tcp.local."
    zeroconf.register_service(
        ServiceInfo(
            domain,
            "ACME DMM 6.5 (42)." + domain,
            addresses=[socket.inet_aton("127.0.0.1")],
            port=port,
            properties=PROPERTIES,
            server="acme-42.local.",
        )
    )
print("ready", flush=True)
sys.stdin.read()
zeroconf.close()
