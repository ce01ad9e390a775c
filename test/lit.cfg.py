# -*- Python -*-
# Configuration of the tests; what the build knows is in lit.site.cfg.py.

import os
import platform
import shutil
import stat
import subprocess

import lit.formats
from lit.llvm import llvm_config

config.name = "ignis"
# bash: tests loop over threads, stages and ISAs.
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Unit", "lit.cfg.py", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.ignis_obj_root, "test")

llvm_config.use_default_substitutions()
llvm_config.with_environment("PATH", config.ignis_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
# Nobody's object cache but the tests' own, and no choice of kernels from outside.
llvm_config.with_environment(
    "XDG_CACHE_HOME", os.path.join(config.test_exec_root, "cache")
)
for variable in list(config.environment):
    if variable in ("IGNIS_ISA", "IGNIS_CONFIG") or variable.startswith("IGNIS_ARG_"):
        config.environment.pop(variable)
config.environment["XDG_CONFIG_HOME"] = os.path.join(config.test_exec_root, "no-config")

config.substitutions.append(("%shared", config.ignis_shared_dir))
config.substitutions.append(("%inputs", os.path.join(config.test_source_root, "Inputs")))
config.substitutions.append(("%ignis_src_root", config.ignis_src_root))
config.substitutions.append(("%ignis_obj_root", config.ignis_obj_root))
config.substitutions.append(("%mlir_include", config.mlir_include))
config.substitutions.append(("%bard", config.ignis_bundled_model))
config.substitutions.append(("%python", config.python_executable))
config.substitutions.append(("%lit", os.path.join(config.llvm_tools_dir, "lit")))



def can_make_devices():
    """Whether a device that was made here works: root's right, on some disks."""
    node = os.path.join(config.test_exec_root, "null-%d" % os.getpid())
    try:
        os.mknod(node, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        open(node, "wb").close()
        return True
    except OSError:
        return False
    finally:
        if os.path.lexists(node):
            os.remove(node)


if can_make_devices():
    config.available_features.add("devices")
if os.geteuid() == 0 and shutil.which("setpriv"):
    config.available_features.add("other-users")


def can_mount():
    """Whether a process may have file systems of its own."""
    command = ["unshare", "-m", "mount", "-t", "tmpfs", "ignis-test", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


if can_mount():
    config.available_features.add("mounts")

config.available_features.add("machine-" + platform.machine())

if shutil.which("tmux"):
    config.available_features.add("tmux")

# shared: the reference data beside the project, which may be absent.
if os.path.isdir(config.ignis_shared_dir):
    config.available_features.add("shared")
for feature in config.ignis_features.split(";"):
    if feature:
        config.available_features.add(feature)

# What tools/test.sh gets from npm: clients of the server, and validators.
npm = os.path.join(config.test_exec_root, "npm")
config.substitutions.append(("%npm", npm))
if shutil.which("node") and os.path.isdir(os.path.join(npm, "node_modules", "openai")):
    config.available_features.add("npm")
    if shutil.which("chromium"):
        config.available_features.add("chromium")

# Not in the path of users who are not root.
haproxy = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin")
if haproxy:
    config.available_features.add("haproxy")
    config.substitutions.append(("%haproxy", haproxy))

# Several processes: the transport, and what starts them. A launcher that hangs
# is killed, which its own bugs make necessary now and then.
if "transport" in config.available_features and shutil.which("mpirun"):
    config.available_features.add("mpi")
# tools/openmpi-aarch64.sh, which tools/test.sh calls.
if os.path.exists(os.path.join(config.ignis_obj_root, "openmpi-aarch64")):
    config.available_features.add("openmpi-aarch64")
if os.path.exists(
    os.path.join(config.ignis_obj_root, "lib/ignis/aarch64-linux-gnu/libignis-mpi.a")
):
    config.available_features.add("mpi-aarch64")


def can_make_networks():
    """Whether a process may have networks of its own, joined by a bridge."""
    script = (
        "mount -t tmpfs none /run && mkdir /run/netns && ip netns add r0 &&"
        " ip link add br0 type bridge && ip link add h0 type veth peer name eth0 netns r0"
    )
    try:
        command = ["unshare", "-nm", "sh", "-c", script]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


if can_make_networks():
    config.available_features.add("namespaces")
for variable in ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"):
    config.environment[variable] = "1"
config.substitutions.append(
    ("%mpirun", "timeout -k 5 120 mpirun --oversubscribe")
)
config.substitutions.append(
    (
        "%transport_driver",
        os.path.join(config.ignis_obj_root, "test/Unit/MPI/ignis-transport-driver"),
    )
)
