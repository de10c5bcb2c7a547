"""Sends messages to pyvisa-sim's devices and prints what they answer.

Input: JSON {"file": path, "messages": {resource: [message, ...]}}; output: JSON {resource: [[answer, ...], ...]}.
Each message is sent with a newline, and each answer is without its own.
"""

import json
import sys

import pyvisa

asked = json.load(sys.stdin)
manager = pyvisa.ResourceManager(asked["file"] + "@sim")
said = {}
for resource, messages in asked["messages"].items():
    link = manager.open_resource(resource)
    link.timeout = 25
    link.read_termination = None
    end = b"\r\n" if resource.startswith("ASRL") else b"\n"
    answers = []
    for message in messages:
        link.write_raw(message.encode("utf-8") + end)
        here = []
        while True:
            try:
                here.append(link.read_raw().decode("utf-8"))
            except pyvisa.VisaIOError:
                break
        answers.append("".join(here))
    said[resource] = answers
print(json.dumps(said))
