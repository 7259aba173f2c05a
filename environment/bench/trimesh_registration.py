"""trimesh's side of the bench "registration": nricp_amberg with its own settings, on the problem that the other side wrote.

    trimesh_registration.py FOLDER

Reads lines "N" from standard input, registers N times, and answers with the seconds and the errors; ends at end of file. The
errors are taken outside of the time.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import trimesh
from trimesh.registration import nricp_amberg

folder = Path(sys.argv[1])


def read(name, kind, columns=3):
    return np.fromfile(folder / name, kind).reshape(-1, columns)


def points(name):
    return read(name, np.float32).astype(float)


triangles = read("source.triangles", np.uint32).astype(int)
landmarks = read("source.landmarks", np.uint32, 1)[:, 0].astype(int)
places, truth = points("target.landmarks"), points("truth.points")
source = trimesh.Trimesh(points("source.points"), triangles, process=False)
target_triangles = read("target.triangles", np.uint32).astype(int)
true_surface = trimesh.Trimesh(truth, triangles, process=False)

for line in sys.stdin:
    seconds = 0
    for _ in range(int(line)):
        # a new target each time: a mesh keeps the tree of an earlier search
        target = trimesh.Trimesh(points("target.points"), target_triangles, process=False)
        start = time.perf_counter()
        registered = nricp_amberg(
            source, target, source_landmarks=landmarks, target_positions=places, distance_threshold=0.1
        )
        seconds += time.perf_counter() - start
    surface = 10 * trimesh.proximity.closest_point(true_surface, registered)[1].mean()
    correspondence = 10 * np.linalg.norm(registered - truth, axis=1).mean()
    figures = [
        {"name": "surface error", "value": surface, "unit": "mm"},
        {"name": "correspondence error", "value": correspondence, "unit": "mm"},
    ]
    print(json.dumps({"seconds": seconds, "figures": figures}), flush=True)
