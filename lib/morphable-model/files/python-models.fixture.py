"""Reads and writes model files with the libraries that others use, for the tests: python-models.fixture.py read|write FOLDER.

read   opens ours.h5 as statismo 0.9 says, and prints what is in it and the shape with the coefficients 1, -2, 0.5.
write  makes files of each layout from head.json: SciPy's MAT, NumPy's npz and h5py's HDF5, in mixed orders and types.
"""

import json
import os
import sys

import h5py
import numpy
import scipy.io


def read(folder):
    with h5py.File(os.path.join(folder, "ours.h5"), "r") as file:
        version = int(file["version/majorVersion"][()]), int(file["version/minorVersion"][()])
        assert file["version/majorVersion"].shape == ()
        mean, basis = file["model/mean"][:], file["model/pcaBasis"][:]
        variance, noise = file["model/pcaVariance"][:], file["model/noiseVariance"][0]
        points, cells = file["representer/points"][:], file["representer/cells"][:]
        assert file["modelinfo/scores"].shape == (1, 1)
        types = [str(file[name].dtype) for name in ("model/mean", "model/pcaBasis", "model/pcaVariance", "representer/cells")]
        shape = mean + basis @ (numpy.sqrt(variance) * [1, -2, 0.5])
        return {
            "version": version,
            "attributes": {name: text.decode() if isinstance(text, bytes) else text for name, text in file["representer"].attrs.items()},
            "types": types,
            "noise": float(noise),
            "products": (basis.T @ basis).ravel().tolist(),
            "reference": points.T.ravel().tolist(),
            "cells": cells.T.ravel().tolist(),
            "shape": shape.tolist(),
        }


def write(folder):
    with open(os.path.join(folder, "head.json")) as file:
        head = json.load(file)
    mean, rows, deviations = (numpy.array(head[name]) for name in ("mean", "rows", "deviations"))
    triangles = numpy.array(head["triangles"])
    at = lambda name: os.path.join(folder, name)

    basel = {
        "shapeMU": mean[:, None].astype("f4"),
        "shapePC": rows.T.astype("f4"),
        "shapeEV": deviations[:, None],
        "tl": triangles + 1,
        "texMU": mean[:, None].astype("f4"),
        "note": "text is skipped",
        "parts": {"deep": [1, {"deeper": 2}]},
    }
    scipy.io.savemat(at("plain.mat"), basel)
    scipy.io.savemat(at("packed.mat"), basel, do_compression=True)

    modes = (rows * deviations[:, None]).T.reshape(-1, 3, len(deviations))
    flame = {"v_template": mean.reshape(-1, 3), "f": triangles.astype("u4"), "shapedirs": modes}
    numpy.savez(at("plain.npz"), **flame)
    numpy.savez_compressed(at("packed.npz"), **{name: numpy.asfortranarray(array) for name, array in flame.items()})
    numpy.savez(at("swapped.npz"), **{name: array.astype(array.dtype.newbyteorder(">")) for name, array in flame.items()})
    numpy.savez(at("objects.npz"), **{**flame, "shapedirs": numpy.array([None, 1], dtype=object)})

    with h5py.File(at("basel.h5"), "w") as file:
        shape = file.create_group("shape")
        shape.create_dataset("model/mean", data=mean.astype(">f8"))
        shape.create_dataset("model/pcaBasis", data=rows.T.astype(">f4"), chunks=(20, 2), compression="gzip", shuffle=True)
        shape.create_dataset("model/pcaVariance", data=deviations**2)
        shape.create_dataset("representer/cells", data=triangles.T.astype("f8"))
        file.create_dataset("version/majorVersion", data=0)
        file.create_dataset("version/minorVersion", data=9)
    with h5py.File(at("old.h5"), "w", libver="earliest") as file:
        file["model/mean"] = mean.astype("f4")
        file["model/pcaBasis"] = (rows * deviations[:, None]).T.astype("f4")
        file["model/pcaVariance"] = (deviations**2).astype("f4")
        file["representer/reference-mesh/triangle-list"] = triangles.astype("u1")
    with h5py.File(at("external.h5"), "w") as file:
        file["model"] = h5py.ExternalLink("old.h5", "/model")
    with h5py.File(at("storage.h5"), "w") as file:
        # the kernel's numbers would do for a mean
        file.create_dataset("model/mean", (9,), dtype="u1", external=[("/proc/version", 0, 9)])


if __name__ == "__main__":
    work = {"read": read, "write": write}[sys.argv[1]]
    print(json.dumps(work(sys.argv[2])))
