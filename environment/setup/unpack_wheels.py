"""Unpacks from TensorFlow's wheel its C library and headers, and from nvidia's wheels everything: unpack_wheels.py WHEELS TARGET"""

import pathlib
import sys
import zipfile

wheels, target = (pathlib.Path(a).resolve() for a in sys.argv[1:3])


def wanted(name: str) -> bool:
    if name.startswith("tensorflow/"):
        # the folders that the C interface's headers include from
        parts = ("tensorflow/c", "tensorflow/core/platform", "tsl/platform", "xla/tsl")
        headers = tuple(f"tensorflow/include/{part}/" for part in parts)
        return name.startswith(("tensorflow/libtensorflow_", *headers))
    return name.startswith("nvidia/")


for wheel in sorted(wheels.glob("*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            # extract() itself drops "..", drive letters and leading slashes from names
            if wanted(member.filename):
                archive.extract(member, target)
