"""PyTorch's side of the benches "losses": the same losses as lib/losses/losses.bench.ts, forward and backward.

    torch_losses.py LOSS POINTS eager|compiled

Reads lines "N" from standard input, computes loss and gradients N times, and answers with the seconds that they took; ends at
end of file.
"""

import sys
import time

import torch

BATCH, FOCAL, LEAST_DEPTH = 32, 500.0, 5.0

loss_name, points, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
views = int(loss_name[3:]) if loss_name.startswith("MRL") else 1
torch.manual_seed(0)


def matrices(q):
    w, x, y, z = torch.nn.functional.normalize(q, dim=-1).unbind(-1)
    rows = [
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ]  # fmt: skip
    return torch.stack(rows, -1).view(*q.shape[:-1], 3, 3)


def in_model(shape, rotation, centre):
    return shape @ matrices(rotation).transpose(-1, -2) + centre.unsqueeze(-2)


def project(shape, rotation, centre):
    xy, z = ((shape - centre.unsqueeze(-2)) @ matrices(rotation)).split([2, 1], -1)
    return -FOCAL * xy / z.clamp(min=LEAST_DEPTH)


def gal(truth, predicted, _):
    return (in_model(*truth) - in_model(*predicted)).abs().mean()


def srl(truth, predicted, _):
    return (project(*truth) - project(*predicted)).abs().mean()


def mrl(truth, predicted, view):
    shape, rotation, centre = predicted
    # D = [R|t] [R^|t^]^-1 moves the predicted head once, then all views see both
    back = matrices(rotation) @ matrices(truth[1]).transpose(-1, -2)
    moved = (shape - centre.unsqueeze(-2)) @ back + truth[2].unsqueeze(-2)
    return (project(truth[0].unsqueeze(1), *view) - project(moved.unsqueeze(1), *view)).abs().mean()


def poses(*sizes):
    rotation = torch.randn(*sizes, 4) * 0.15 + torch.tensor([1.0, 0, 0, 0])
    return rotation, torch.randn(*sizes, 3) * 4 + torch.tensor([0, 0, -60.0])


loss = {"GAL": gal, "SRL": srl}.get(loss_name, mrl)
if mode == "compiled":
    loss = torch.compile(loss)
truth = (torch.randn(BATCH, points, 3) * 5, *poses(BATCH))
predicted = [tensor.requires_grad_() for tensor in (torch.randn(BATCH, points, 3) * 5, *poses(BATCH))]
view = poses(BATCH, views)


def step():
    for tensor in predicted:
        tensor.grad = None
    loss(truth, predicted, view).backward()


for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        step()
    print(time.perf_counter() - start, flush=True)
