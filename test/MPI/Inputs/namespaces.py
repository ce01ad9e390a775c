"""Runs a group whose ranks have machines of their own, as far as a kernel can
pretend: network namespaces with their own addresses, joined by a bridge.

  namespaces.py [--cut | --slow MILLISECONDS MEGABITS] RANKS COMMAND...

mpirun starts COMMAND there, over TCP. With --cut, the link of rank 1 is cut once
a rank has said that the group is at work; the errors of ranks are printed then,
and the seconds until all of them have ended. With --slow, links between ranks
have that latency each way and that rate. All of it goes when this ends.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from slow_link import start_switch

# The launcher's own connections, by which it learns of a cut.
LAUNCHER = """
  --mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_intvl 1
  --mca oob_tcp_keepalive_probes 3 --mca btl tcp,self --mca pml ob1
""".split()


def sh(command):
    subprocess.run(command, shell=True, check=True)


def prepare(ranks, slow, folder):
    sh("ip link set lo up && mount -t tmpfs none /run && mkdir /run/netns")
    for i in range(ranks):
        sh(f"ip netns add r{i}")
    if slow:
        start_switch(ranks, *slow)
    else:
        sh("ip link add br0 type bridge")
        for i in range(ranks):
            sh(f"ip link add h{i} type veth peer name eth0 netns r{i}")
            sh(f"ip link set h{i} master br0 up")
    sh("ip addr add 10.77.0.254/24 dev br0 && ip link set br0 up")
    hosts = os.path.join(folder, "hosts")
    for i in range(ranks):
        sh(
            f"ip -n r{i} addr add 10.77.0.{i + 1}/24 dev eth0"
            f" && ip -n r{i} link set eth0 up && ip -n r{i} link set lo up"
        )
        with open(hosts, "a") as file:
            file.write(f"10.77.0.{i + 1} slots=1\n")
    # In place of ssh: AGENT HOST COMMAND...
    agent = os.path.join(folder, "agent")
    with open(agent, "w") as file:
        file.write(
            "#!/bin/bash\nn=r$((${1##*.} - 1)); shift\n"
            'exec ip netns exec $n unshare -u sh -c "hostname $n; $*"\n'
        )
    os.chmod(agent, 0o700)
    return ["--hostfile", hosts, "--mca", "plm_rsh_agent", agent]


def find_ranks():
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as file:
                if b"IGNIS_TEST_GROUP=%d\0" % os.getpid() not in file.read():
                    continue
            with open(f"/proc/{process}/environ", "rb") as file:
                if b"OMPI_COMM_WORLD_RANK=" in file.read():
                    found.append(int(process))
        except OSError:
            pass
    return found


def inside(cuts, slow, ranks, command):
    with tempfile.TemporaryDirectory() as folder:
        where = prepare(ranks, slow, folder)
        environment = dict(os.environ, IGNIS_TEST_GROUP=str(os.getpid()))
        run = subprocess.Popen(
            ["mpirun", *LAUNCHER, *where, "-x", "IGNIS_TEST_GROUP"]
            + ["-x", "XDG_CACHE_HOME", "-x", "PATH", "-n", str(ranks), *command],
            stdout=subprocess.DEVNULL if cuts else None,
            stderr=subprocess.PIPE if cuts else None,
            text=True,
            env=environment,
        )
        threading.Timer(100, run.kill).start()
        processes = None
        if cuts:
            for line in run.stderr:
                if processes is None and re.search(r"is process|kernels, ", line):
                    processes = find_ranks()
                    begun = time.monotonic()
                    sh("ip link set h1 down")
                    threading.Thread(target=watch, args=(processes, begun)).start()
                elif "error: " in line:
                    print(line, end="", flush=True)
        code = run.wait()
        for process in find_ranks():
            os.kill(process, signal.SIGKILL)
    sys.stdout.flush()
    os._exit(code)


def watch(processes, begun):
    while any(process in find_ranks() for process in processes):
        time.sleep(0.1)
    print("all ended after %d s" % round(time.monotonic() - begun), flush=True)
    # The launcher's part on the other side of the cut may stay for long.
    time.sleep(1)
    os._exit(0)


arguments = sys.argv[1:]
if os.environ.get("IGNIS_TEST_INSIDE") != "1":
    os.environ["IGNIS_TEST_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", "-nmp", "--fork", "--kill-child", "--mount-proc", sys.executable, *sys.argv])
cuts = arguments[0] == "--cut"
slow = None
if arguments[0] == "--slow":
    slow = float(arguments[1]), float(arguments[2])
    del arguments[1:3]
arguments = arguments[1 if cuts or slow else 0 :]
inside(cuts, slow, int(arguments[0]), arguments[1:])
