"""A switch that delays: frames between ranks arrive as late as on links of a
latency and a rate, which tc netem would do where the kernel has it."""

import fcntl
import heapq
import os
import select
import struct
import subprocess
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000


def open_tap(name):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


def run_switch(taps, ranks, seconds, bits):
    """Forwards for ever. The first `ranks` of `taps` are links of `seconds` each
    way and `bits` a second; the rest is as fast as it can be."""
    ports, idle = {}, [0.0] * len(taps)  # by address; when a link is free again
    waiting = []  # (due, number, port, frame)
    number = 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, port, frame = heapq.heappop(waiting)
            try:
                os.write(taps[port], frame)
            except OSError:
                pass  # full, or not up: as on any link
        left = max(0, waiting[0][0] - now) if waiting else 1
        for tap in select.select(taps, [], [], left)[0]:
            source = taps.index(tap)
            frame = os.read(tap, 65536)
            ports[frame[6:12]] = source
            target = ports.get(frame[:6])
            targets = [target] if target is not None else range(len(taps))
            now = time.monotonic()
            for port in targets:
                if port == source:
                    continue
                due = now
                if source < ranks and port < ranks:
                    idle[source] = max(now, idle[source]) + len(frame) * 8 / bits
                    due = idle[source] + seconds
                heapq.heappush(waiting, (due, number, port, frame))
                number += 1


def start_switch(ranks, milliseconds, megabits):
    """Namespaces r0, r1, ... and this one get a link each, called eth0."""
    taps = [open_tap(f"t{i}") for i in range(ranks + 1)]
    for i in range(ranks):
        for command in (
            f"link set t{i} netns r{i}",
            f"-n r{i} link set t{i} name eth0",
        ):
            subprocess.run(["ip", *command.split()], check=True)
    subprocess.run(f"ip link set t{ranks} name br0".split(), check=True)
    if os.fork() == 0:
        run_switch(taps, ranks, milliseconds / 1e3, megabits * 1e6)
    for tap in taps:
        os.close(tap)
