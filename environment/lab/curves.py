"""TensorBoard on data/runs, for npm run lab: curves.py ADDRESS PORT, and the path of its pages in TENSORBOARD_PATH.

TensorBoard knows no token. It answers nothing outside of its path, so that a random one serves as a token; in the environment,
since others on this machine can read a program's arguments.
"""

import os
import sys

from tensorboard import program

address, port = sys.argv[1:]
tensorboard = program.TensorBoard()
# its fast loader would listen by itself, for everybody on this machine
options = {"logdir": "data/runs", "host": address, "port": port, "path_prefix": os.environ["TENSORBOARD_PATH"], "load_fast": "false"}
tensorboard.configure(argv=[sys.argv[0], *(f"--{name}={value}" for name, value in options.items())])
sys.exit(tensorboard.main())
