"""A loss defined in a cell trains in a folder of its own; stopped by the stop button, it goes on in another kernel, where
its progress and curves are shown, to the bits of a training that was never stopped."""

import hashlib
import json
import pathlib
import sys
import tempfile
import time

repository = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(repository / "environment/kernel"))
from kernel_test import Kernel, expect  # noqa: E402

STEPS = 900
SETUP = f"""
import {{ tf }} from 'lib/tensorflow';
import {{ showTraining }} from 'lib/training';
import type {{ Objective }} from 'lib/training';
const {{ tinyRun }} = require({json.dumps(str(repository / "lib/training/tiny-run.fixture"))});
const mine: Objective = (truth, output) => tf.losses.huberLoss(truth.shape, output.shape);
"""


def cell(folder):
    return f"""
    const run = await showTraining({json.dumps(str(folder))}, tinyRun({{
      steps: {STEPS}, checkpointEvery: 300, loss: {{ name: 'mine', objective: mine }},
    }}));
    run.finished
    """


def started(workspace):
    kernel = Kernel(workspace)
    run = kernel.finish(kernel.send(SETUP), seconds=60)
    expect(run.trace, "")
    return kernel


def trained(kernel, folder):
    run = kernel.finish(kernel.send(cell(folder)), seconds=300)
    expect(run.trace, "")
    expect(run.result, "true")
    return run


def steps(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [line["step"] for line in lines if "loss" in line]


def main():
    with tempfile.TemporaryDirectory(prefix="notebook ") as name:
        workspace = pathlib.Path(name)
        (workspace / "notebooks").mkdir()
        (workspace / "node_modules").symlink_to(repository / "node_modules")
        kernels = workspace / ".venv/share/jupyter/kernels"
        kernels.mkdir(parents=True)
        (kernels / "typescript").symlink_to(repository / "environment/kernel")
        stopped, whole = workspace / "stopped", workspace / "whole"

        first = started(workspace)
        request = first.send(cell(stopped))
        while not (stopped / "metrics.jsonl").exists():
            time.sleep(0.01)
        time.sleep(1)
        first.manager.interrupt_kernel()
        run = first.finish(request, seconds=10)
        expect(run.contents("error")[0]["ename"], "KeyboardInterrupt")
        while (stopped / "lock").exists():
            time.sleep(0.01)
        done = steps(stopped)[-1]
        expect(0 < done < STEPS, True)
        expect((stopped / f"checkpoint-{done}.arrays").exists(), True)
        print(f"the stop button ended the training after step {done}, with a checkpoint")
        first.close()

        second = started(workspace)
        run = trained(second, stopped)
        updates = [content["data"] for content in run.contents("update_display_data")]
        expect(any("<progress" in data.get("text/html", "") for data in updates), True)
        expect(any("application/vnd.plotly.v1+json" in data for data in updates), True)
        expect(len(steps(stopped)), len(set(steps(stopped))))
        trained(second, whole)
        second.close()
        bits = [hashlib.sha256((folder / "weights.arrays").read_bytes()).hexdigest() for folder in (stopped, whole)]
        expect(bits[0], bits[1])
        print(f"another kernel went on from step {done} to the same bits as a training that was never stopped")


main()
