"""PyTorch's side of the bench "step": the same network, loss, optimizer and batch as lib/training/training.bench.ts.

    torch_step.py small|light|vgg16 channels_first|channels_last [pixels [device]]

Reads lines "N" from standard input, does N steps, and answers with the seconds that they took; ends at end of file.
"""

import sys
import time

import torch
from torch import nn

BATCH, POINTS, COMPONENTS, HIDDEN = 32, 2000, 100, 256
ENCODERS = {
    "small": [[16], [32], [64], [64]],
    "light": [[24], [32], [64, 64], [128, 64]],
    "vgg16": [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]],
}
encoder, layout, pixels, device = (sys.argv[1:] + ["64", "cpu"][len(sys.argv) - 3 :])[:4]
SIZE = int(pixels)
# as TensorFlow has it by default on devices with TF32
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
torch.set_default_device(device)
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format

torch.manual_seed(0)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        pools = encoder != "light"
        for block in ENCODERS[encoder]:
            for i, width in enumerate(block):
                stride = 2 if i == len(block) - 1 and not pools else 1
                layers += [nn.Conv2d(channels, width, 3, stride, padding=1), nn.ReLU(inplace=True)]
                channels = width
            if pools:
                layers.append(nn.MaxPool2d(2))
        self.encoder = nn.Sequential(*layers)
        features = channels * (SIZE >> len(ENCODERS[encoder])) ** 2

        def head(outputs):
            return nn.Sequential(nn.Linear(features, HIDDEN), nn.ReLU(inplace=True), nn.Linear(HIDDEN, outputs))

        self.shape, self.rotation, self.place = head(COMPONENTS), head(4), head(3)
        for part, start in ((self.shape, None), (self.rotation, [1.0, 0, 0, 0]), (self.place, [0, 0, 60.0])):
            nn.init.zeros_(part[2].weight)
            nn.init.zeros_(part[2].bias)
            if start is not None:
                part[2].bias.data.copy_(torch.tensor(start))
        self.register_buffer("mean", torch.randn(3 * POINTS) * 5)
        self.register_buffer("components", torch.randn(COMPONENTS, 3 * POINTS) * 0.05)

    def forward(self, images):
        encoded = self.encoder(images).flatten(1)
        shape = torch.addmm(self.mean, 0.1 * self.shape(encoded), self.components).view(-1, POINTS, 3)
        rotation = nn.functional.normalize(self.rotation(encoded), dim=1)
        centre = -torch.bmm(matrices(rotation), self.place(encoded).unsqueeze(2)).squeeze(2)
        return shape, rotation, centre


def matrices(q):
    w, x, y, z = q.unbind(1)
    rows = [
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ]  # fmt: skip
    return torch.stack(rows, 1).view(-1, 3, 3)


def in_camera(shape, rotation, centre):
    return torch.bmm(shape - centre.unsqueeze(1), matrices(rotation))


network = Network().to(memory_format=memory_format)
optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
images = (torch.rand(BATCH, 3, SIZE, SIZE) * 2 - 1).to(memory_format=memory_format)
shape = torch.randn(BATCH, POINTS, 3) * 5
rotation = nn.functional.normalize(torch.randn(BATCH, 4) * 0.1 + torch.tensor([1.0, 0, 0, 0]), dim=1)
centre = torch.randn(BATCH, 3) + torch.tensor([0, 0, -60.0])
truth = in_camera(shape, rotation, centre)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = (truth - in_camera(*network(images))).abs().mean()
    loss.backward()
    optimizer.step()


for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        step()
    if device != "cpu":
        torch.cuda.synchronize()
    print(time.perf_counter() - start, flush=True)
