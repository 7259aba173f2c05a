"""A child process with bounds, for code of others.

Everywhere: a share of memory for each process and for all together, no file above a size, a time in which it must say something,
and only a few environment variables. Where Linux lets its user (no root) have namespaces, the fence also stands around it: no
network, no other processes in sight, every folder read-only but an empty one in memory, and all that it started ends with it.
It is no virtual machine: the code reads what its user may read, and a fault of Linux's would let it out.

    fence.py [--fenced] MEMORY TEMPORARY PROGRAM ARGUMENT ...      what runs inside, before the program itself
"""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import resource
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

import psutil

NAMESPACES = ["unshare", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
# else the program could undo the mounts below
NO_PRIVILEGES = ["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
VARIABLES = ["HOME", "LANG", "LC_ALL", "PATH", "RECONSTRUCT_RUN", "TZ"]
LARGEST_FILE = 2**29
LONGEST_LINE = 2**20
SYSTEM_MOUNTS = re.compile(r"^/(proc|dev(?!/shm))(/|$)")


class Ended(Exception):
    """Why a child said no more, in words."""


class OutOfTime(Ended):
    pass


def is_possible():
    """Whether the fence can stand on this machine, tried by putting it up."""
    with tempfile.TemporaryDirectory() as temporary:
        command = fence_command(["true"], temporary, memory=2**30, fenced=True)
        try:
            return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False


def fence_command(command, temporary, *, memory, fenced):
    inside = [sys.executable, __file__, *(["--fenced"] if fenced else []), str(memory), str(temporary), *command]
    return [*NAMESPACES, *inside] if fenced else inside


class Child:
    """A program that gets a job as JSON on its input and answers with JSON lines on the descriptor that its last argument names."""

    def __init__(self, command, job, *, memory, fenced):
        self.memory = memory
        self.temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        folder = self.temporary.name
        variables = {name: os.environ[name] for name in VARIABLES if name in os.environ}
        variables |= {"TMPDIR": folder, "TF_CPP_MIN_LOG_LEVEL": "3"}
        for name in ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]:
            variables[name] = str(pathlib.Path(folder, name.lower()))
        self.answers, answer_end = os.pipe()
        with tempfile.TemporaryFile() as input_file:
            input_file.write(json.dumps(job).encode())
            input_file.seek(0)
            self.process = subprocess.Popen(
                fence_command([*command, str(answer_end)], folder, memory=memory, fenced=fenced),
                stdin=input_file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[answer_end],
                env=variables,
            )
        os.close(answer_end)
        self.rest = b""

    def next_answer(self, seconds):
        """What it says next. Raises OutOfTime or Ended where it says nothing."""
        until = time.monotonic() + seconds
        while b"\n" not in self.rest:
            if time.monotonic() > until:
                raise OutOfTime(f"it took more than {seconds} s")
            taken = sum(memory_of(process) for process in self.processes())
            if taken > self.memory:
                raise Ended(f"it took more than {in_gigabytes(self.memory)} of memory")
            if not select.select([self.answers], [], [], 0.2)[0]:
                continue
            text = os.read(self.answers, 2**16)
            if not text or len(self.rest) > LONGEST_LINE:
                raise Ended(f"its program ended by itself, as it does beyond {in_gigabytes(self.memory)} of memory")
            self.rest += text
        line, _, self.rest = self.rest.partition(b"\n")
        return json.loads(line)

    def processes(self):
        with contextlib.suppress(psutil.NoSuchProcess):
            own = psutil.Process(self.process.pid)
            return [*own.children(recursive=True), own]
        return []

    def end(self):
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        os.close(self.answers)
        self.temporary.cleanup()


def memory_of(process):
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss
    return 0


def in_gigabytes(count):
    return f"{count / 2**30:.2g} GB"


# --- inside, before the program ----------------------------------------------------------------------------------------


def main():
    arguments = sys.argv[1:]
    fenced = arguments[0] == "--fenced"
    memory, temporary, *command = arguments[fenced:]
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if fenced:
        raise_loopback()
        make_read_only(temporary)
        command = [*NO_PRIVILEGES, *command]
    os.execvp(command[0], command)


def raise_loopback():
    """The new network has only itself, and that is down: kernels are spoken to on 127.0.0.1."""
    set_flags, up_and_running = 0x8914, 0x41
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh22x", b"lo", up_and_running))


def make_read_only(temporary):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={LARGEST_FILE},mode=700", "tmpfs", temporary]
    subprocess.run(mount, check=True, capture_output=True)
    for point in mount_points():
        if point != temporary and not SYSTEM_MOUNTS.match(point):
            # what cannot be changed here is looked at below
            subprocess.run(["mount", "-o", "remount,bind,ro", point], capture_output=True)
    for point in mount_points():
        if point != temporary and not SYSTEM_MOUNTS.match(point) and is_writable(point):
            sys.exit(f"{point} could not be made read-only")


def is_writable(point):
    try:
        return not os.statvfs(point).f_flag & os.ST_RDONLY
    except OSError:
        return False  # nobody can reach it


def mount_points():
    lines = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
    return [re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split()[4]) for line in lines]


if __name__ == "__main__":
    main()
