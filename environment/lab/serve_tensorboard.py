"""serve_tensorboard.py FOLDER ADDRESS PORT: TensorBoard, which answers below the path /TENSORBOARD_TOKEN alone.

TensorBoard knows no token, but a prefix of its paths, and answers others with 404. Its own program would tell the prefix to all on
this machine, in its arguments and in a file of /tmp.
"""

import os
import signal
import sys

from tensorboard import program

folder, address, port = sys.argv[1:]
# before a thread is there, or a signal may find none who waits
signals = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
board = program.TensorBoard()
board.configure(
    argv=[
        "tensorboard",
        f"--logdir={folder}",
        f"--host={address}",
        f"--port={port}",
        f"--path_prefix=/{os.environ.pop('TENSORBOARD_TOKEN')}",
        # the faster reader is a server of its own, without a token
        "--load_fast=false",
    ]
)
board.launch()
signal.sigwait(signals)
