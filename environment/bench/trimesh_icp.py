"""trimesh's side of the bench "icp, index included": registration.icp on the problem that lib/evaluation writes.

    trimesh_icp.py FOLDER

Reads lines "N" from standard input, aligns N times, each with a new tree, and answers with the seconds and the error; ends at
end of file. It stops by its own criterion (the cost falls by less than 1e-5 cm²) or after a hundred steps.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import trimesh
from trimesh.registration import icp

folder = Path(sys.argv[1])


def read(name, kind):
    return np.fromfile(folder / name, kind).reshape(-1, 3)


prediction, scan, truth = (read(f"{name}.points", np.float32).astype(float) for name in ("prediction", "scan", "truth"))
triangles = read("scan.triangles", np.uint32).astype(int)

for line in sys.stdin:
    seconds = 0
    for _ in range(int(line)):
        # a new surface each time: a mesh keeps the tree of an earlier search
        surface = trimesh.Trimesh(scan, triangles, process=False)
        start = time.perf_counter()
        _, aligned, _ = icp(prediction, surface, max_iterations=100, reflection=False, scale=False)
        seconds += time.perf_counter() - start
    error = 10 * np.linalg.norm(aligned - truth, axis=1).mean()
    print(json.dumps({"seconds": seconds, "figures": [{"name": "error", "value": error, "unit": "mm"}]}), flush=True)
