"""Creates an instance of 389 DS on a machine without systemd: dscreate calls systemctl even with `systemd = False`."""

import runpy
import sys

import lib389

lib389.DirSrv.with_systemd = lambda self: False
sys.argv = ["dscreate", "from-file", sys.argv[1]]
runpy.run_path("/usr/sbin/dscreate", run_name="__main__")
