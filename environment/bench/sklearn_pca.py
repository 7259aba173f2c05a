"""scikit-learn's side of the bench "pca": PCA(svd_solver="randomized") of the shapes that lib/morphable-model writes.

    sklearn_pca.py FOLDER SHAPES COMPONENTS

FOLDER/shapes.f32 holds the shapes, one after the other. At the first line "N" of standard input it reads them and finds the
exact eigenvalues, in float64 from the inner products of all shapes, which it writes to FOLDER/exact.json. For each line it
fits N times and answers with seconds, extra memory, and how exact and how orthonormal the result is; ends at end of file.
"""

import json
import os
import pathlib
import sys
import time

import numpy as np
from scipy.linalg import eigh
from sklearn.decomposition import PCA

folder, count, components = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def exact_variances(shapes):
    centred = shapes.astype(np.float64)
    centred -= centred.mean(0)
    products = centred @ centred.T / (count - 1)
    return eigh(products, eigvals_only=True, subset_by_index=[count - components, count - 1])[::-1]


def memory(name):
    """MB of this process, as Linux counts them."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/self/status has no {name}")


def fit(shapes, exact, times):
    # the high-water mark begins anew
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    start = time.perf_counter()
    for _ in range(times):
        pca = PCA(components, svd_solver="randomized", random_state=0).fit(shapes)
    seconds = time.perf_counter() - start
    extra = memory("VmHWM") - before
    rows = pca.components_.astype(np.float64)
    return {
        "seconds": seconds,
        "figures": [
            {"name": "extra memory", "value": extra, "unit": "MB"},
            {
                "name": "largest entry of |U U^T - 1|",
                "value": float(np.abs(rows @ rows.T - np.eye(components)).max()),
                "unit": "",
            },
            {
                "name": "eigenvalue error by the largest",
                "value": float(np.abs(pca.explained_variance_ - exact).max() / exact[0]),
                "unit": "",
            },
        ],
    }


shapes = exact = None
for line in sys.stdin:
    if shapes is None:
        shapes = np.fromfile(folder / "shapes.f32", np.float32).reshape(count, -1)
        exact = exact_variances(shapes)
        beside = folder / "exact.json.partial"
        beside.write_text(json.dumps(exact.tolist()))
        os.replace(beside, folder / "exact.json")
    print(json.dumps(fit(shapes, exact, int(line))), flush=True)
