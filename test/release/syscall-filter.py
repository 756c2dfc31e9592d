"""Writes the system call filter of a unit of systemd as a program of the kernel (seccomp), for `bwrap --seccomp`.

Usage: syscall-filter.py UNIT OUTPUT. The sets (@system-service …) are those of the systemd of this machine.
"""

import errno
import subprocess
import sys

import seccomp


def members(name):
    """The system calls of a set, with those of the sets that it names."""
    lines = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]
    names = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    return {call for one in names for call in (members(one) if one.startswith("@") else [one])}


allowed = set()
for line in open(sys.argv[1], encoding="utf8"):
    if not line.startswith("SystemCallFilter="):
        continue
    value = line.strip().removeprefix("SystemCallFilter=")
    for name in value.removeprefix("~").split():
        calls = members(name) if name.startswith("@") else {name}
        allowed = allowed - calls if value.startswith("~") else allowed | calls

rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
# systemd always allows what it needs itself to start the program.
for call in sorted(allowed | members("@default") | {"execve"}):
    try:
        rules.add_rule(seccomp.ALLOW, call)
    except RuntimeError:
        pass  # not on this processor
with open(sys.argv[2], "wb") as output:
    rules.export_bpf(output)
