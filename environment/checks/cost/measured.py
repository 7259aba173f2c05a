"""Runs a command; prints as JSON how much processor time it took, and its memory at its most. Its own output goes to stderr."""

import json
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": used.ru_utime + used.ru_stime, "memoryMegabytes": used.ru_maxrss / 1024}))
sys.exit(status)
