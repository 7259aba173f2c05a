"""Settings of every Jupyter application of this repository; link.mjs links it into the virtual environment."""

import pathlib

root = pathlib.Path(__file__).resolve().parents[3]

c = get_config()  # noqa: F821 (Jupyter defines it)
c.MultiKernelManager.default_kernel_name = "typescript"

# The whole repository, whatever folder the server is started from: notebooks link to the library and to each other.
c.ServerApp.root_dir = str(root)

# Nothing is looked up outside of this machine.
c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
