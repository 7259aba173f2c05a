"""Pictures of a mesh on Mesa's software rasterizer, llvmpipe: a new shape for each, one light at the vertices, one sample a pixel,
RGB bytes read back. Argument: the .arrays file that lib/dataset/dataset.bench.ts writes."""
import os

os.environ['LP_NUM_THREADS'] = '0'  # all work in this thread, so that a core is a core
import json
import sys
import time

import moderngl
import numpy as np

SIZE = 224
NEAR, FAR = 10.0, 200.0


def read_arrays(file):
    content = open(file, 'rb').read()
    end = 16 + int(content[8:16])
    found, offset = {}, end
    for array in json.loads(content[16:end])['arrays']:
        kind = np.dtype(array['type'])
        count = int(np.prod(array['shape']))
        found[array['name']] = np.frombuffer(content, kind, count, offset).reshape(array['shape'])
        offset += count * kind.itemsize
    return found


arrays = read_arrays(sys.argv[1])
context = moderngl.create_context(standalone=True, backend='egl')
program = context.program(
    vertex_shader="""#version 330
in vec3 point; in vec3 normal; in vec3 albedo; uniform mat4 clip; uniform mat3 turn; out vec3 colour;
void main() {
  gl_Position = clip * vec4(point, 1);
  colour = albedo * (0.2 + 0.8 * max(dot(turn * normal, vec3(0, 0, -1)), 0.0));
}""",
    fragment_shader="""#version 330
in vec3 colour; out vec4 result;
void main() { result = vec4(colour, 1); }""",
)
shapes = [
    np.concatenate([points, normals, arrays['albedo']], 1).astype('f4').tobytes()
    for points, normals in zip(arrays['points'], arrays['normals'])
]
vertices = context.buffer(shapes[0])
faces = context.buffer(arrays['triangles'].astype('u4').tobytes())
surface = context.vertex_array(program, [(vertices, '3f 3f 3f', 'point', 'normal', 'albedo')], faces)
frame = context.simple_framebuffer((SIZE, SIZE), components=3)
frame.use()
context.enable(moderngl.DEPTH_TEST)

# x to the left and z into the scene, as here: OpenGL's clip space has x to the right and w = z
f = 2 * float(arrays['focalLengthPixels'].item()) / SIZE
projection = np.array(
    [[-f, 0, 0, 0], [0, f, 0, 0], [0, 0, (FAR + NEAR) / (FAR - NEAR), -2 * FAR * NEAR / (FAR - NEAR)], [0, 0, 1, 0]]
)
views = []
for rotation, centre in zip(arrays['rotations'].reshape(-1, 3, 3), arrays['centres']):
    view = np.eye(4)
    view[:3, :3] = rotation.T
    view[:3, 3] = -rotation.T @ centre
    views.append(((projection @ view).T.astype('f4').tobytes(), rotation.astype('f4').tobytes()))


def draw(i):
    clip, turn = views[i % len(views)]
    vertices.write(shapes[i % len(shapes)])
    frame.clear(0, 0, 0, 1)
    program['clip'].write(clip)
    program['turn'].write(turn)
    surface.render()
    return frame.read(components=3)


seen = np.mean([(np.frombuffer(draw(i), 'u1').reshape(-1, 3).max(1) > 0).mean() for i in range(len(views))])
if not abs(seen - arrays['coverage'].item()) < 0.01:
    sys.exit(f'{seen:.3f} of the pictures is covered, but {arrays["coverage"].item():.3f} of ours: another picture')
for line in sys.stdin:
    start = time.perf_counter()
    for i in range(int(line)):
        draw(i)
    print(time.perf_counter() - start, flush=True)
