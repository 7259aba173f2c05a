import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { parseMesh, readMesh, writeMesh } from './mesh-file';
import { asciiPly, binaryPly, type PlyForm } from './ply.fixture';
import { triangleMesh } from './triangle-mesh';

const POINTS = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0.5],
  [0, 1, -2.25],
];
const FACES = [
  [0, 1, 2, 3],
  [2, 1, 0],
];
const COLOURS = [
  [255, 0, 0],
  [0, 128, 0],
  [1, 2, 3],
  [9, 9, 9],
];
const FORMS: PlyForm[] = [
  { littleEndian: true, number: 'float', count: 'uchar', index: 'int' },
  { littleEndian: false, number: 'float', count: 'uchar', index: 'uint' },
  { littleEndian: true, number: 'double', count: 'int', index: 'uchar' },
  { littleEndian: false, number: 'double', count: 'ushort', index: 'short' },
];

test('a square of one quad and one triangle comes out of each form of PLY, with its colours', () => {
  const files = [
    asciiPly(POINTS, FACES, COLOURS),
    asciiPly(POINTS, FACES, COLOURS).replaceAll('\n', '\r\n'),
    ...FORMS.map((form) => binaryPly(form, POINTS, FACES, COLOURS)),
  ];
  for (const file of files) {
    const mesh = parseMesh('square.ply', Buffer.from(file));
    assert.deepEqual([...mesh.points.data], POINTS.flat());
    assert.deepEqual([...mesh.triangles.data], [0, 1, 2, 0, 2, 3, 2, 1, 0]);
    assert.deepEqual([...(mesh.vertexColours ?? [])], COLOURS.flat());
  }
});

test('properties and elements that a mesh does not need are skipped, wherever they stand', () => {
  const text = `ply
format ascii 1.0
comment made by hand
element camera 2
property list uchar float lens
property double zoom
element vertex 3
property float confidence
property float y
property float x
property list int int neighbours
property float z
element nothing 4000000000
element face 2
property uchar group
property list uchar int vertex_index
property float quality
end_header
2 1.5 2.5 7
0 8
.5 20 10 0 30
.5 -20 -10 2 1 2 -30
.5 2e1 1e1 1 7 0
9 3 0 1 2 .1
9 2 0 1 .1
`;
  const mesh = parseMesh('extra.ply', Buffer.from(text));
  assert.deepEqual([...mesh.points.data], [10, 20, 30, -10, -20, -30, 10, 20, 0]);
  assert.deepEqual([...mesh.triangles.data], [0, 1, 2]);
  assert.equal(mesh.vertexColours, undefined);
});

test('colours in floats are shares of 255', () => {
  const text = asciiPly(POINTS, FACES, [
    [0, 0.5, 1],
    [1, 0, 0],
    [0.2, 0.2, 0.2],
    [2, -1, 0],
  ]).replaceAll('property uchar', 'property float');
  const { vertexColours } = parseMesh('shares.ply', Buffer.from(text));
  assert.deepEqual([...(vertexColours ?? [])], [0, 128, 255, 255, 0, 0, 51, 51, 51, 255, 0, 0]);
});

test('what is written comes back: PLY to the bit and with colours, OBJ to the bit', (t) => {
  const folder = temporaryFolder(t);
  const coordinate = fc.float({
    noNaN: true,
    noDefaultInfinity: true,
    min: Math.fround(-3e38),
    max: Math.fround(3e38),
  });
  const made = fc.integer({ min: 3, max: 40 }).chain((count) =>
    fc.record({
      points: fc.array(coordinate, { minLength: 3 * count, maxLength: 3 * count }),
      corners: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.nat(count - 1)), {
        minLength: 1,
        maxLength: 30,
      }),
      colours: fc.uint8Array({ minLength: 3 * count, maxLength: 3 * count }),
    }),
  );
  fc.assert(
    fc.property(made, fc.boolean(), ({ points, corners, colours }, coloured) => {
      const mesh = {
        ...triangleMesh(Float32Array.from(points), Uint32Array.from(corners.flat())),
        ...(coloured ? { vertexColours: Uint8Array.from(colours) } : {}),
      };
      for (const name of ['mesh.ply', 'mesh.obj']) {
        const file = path.join(folder, name);
        writeMesh(file, mesh);
        const read = readMesh(file);
        // OBJ's text has no -0
        const plain = (values: Float32Array) => Float32Array.from(values, (v) => (name.endsWith('.obj') ? v + 0 : v));
        assert.deepEqual(read.points.shape, mesh.points.shape);
        assert.deepEqual(plain(read.points.data), plain(mesh.points.data));
        assert.deepEqual(read.triangles.data, mesh.triangles.data);
        assert.deepEqual(read.vertexColours, name.endsWith('.ply') ? mesh.vertexColours : undefined);
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a mesh is told by its bytes, not by its name', (t) => {
  const file = path.join(temporaryFolder(t), 'mesh.obj');
  fs.writeFileSync(file, asciiPly(POINTS, FACES));
  assert.equal(readMesh(file).triangles.shape[0], 3);
  assert.throws(
    () => writeMesh('mesh.stl', triangleMesh(new Float32Array(9), Uint32Array.of(0, 1, 2))),
    /mesh\.stl: must end with \.ply or \.obj, but ends with "\.stl"/,
  );
});

test('a binary PLY cut off anywhere is refused, with the element and the property', () => {
  const whole = Buffer.from(binaryPly(FORMS[0], POINTS, FACES));
  const body = whole.indexOf('end_header\n') + 11;
  for (let length = body; length < whole.length; length++)
    assert.throws(
      () => parseMesh('cut.ply', whole.subarray(0, length)),
      /^FileError: cut\.ply: (vertex|face) \d: \w+ is cut off/,
    );
});

test('an error names the file, the element and the property', () => {
  const good = asciiPly(POINTS, FACES);
  const binary = (form: PlyForm, faces: number[][]) => Buffer.from(binaryPly(form, POINTS, faces));
  const cases: [string | Buffer, RegExp][] = [
    ['ply\nformat ascii 1.0\n', /bad\.ply: must have the line "end_header" within 65536 bytes/],
    [good.replace('ascii', 'utf8'), /header line 2: expected "format", one of ascii, .* but found "format utf8 1.0"/],
    [good.replace('format ascii 1.0\n', ''), /must have the header line "format/],
    [
      good.replace('vertex 4', 'vertex -4'),
      /header line 3: expected "element", a name and a count, but found "element vertex -4"/,
    ],
    [good.replace('vertex 4', 'vertex 99999999999'), /header line 3: expected "element"/],
    [good.replace('vertex 4', 'vertex 4000000'), /element vertex: there must be at most 2000000, but are 4000000/],
    [good.replace('element face', 'element vertex'), /header line 7: expected each element once/],
    [good.replace('float y', 'quad y'), /header line 5: expected a type of char, uchar/],
    [good.replace('float y', 'float w'), /element vertex: must have the property y/],
    [
      good.replace('list uchar int vertex_indices', 'int vertex_indices'),
      /element face: must have the list vertex_indices or vertex_index/,
    ],
    [good.replace('list uchar', 'list float'), /expected an integer type for the list's length/],
    [good.replace('vertex 4', 'vertex 6'), /face 1: vertex_indices is missing/],
    [good.replace('-2.25', 'nan'), /vertex 3: z must be finite, but is NaN/],
    [good.replace('-2.25', '1e39'), /vertex 3: z must be finite, but is 1e\+39/],
    [good.replace('-2.25', 'x'), /vertex 3: z must be a number, but is "x"/],
    [good.replace('4 0 1 2 3', '4 0 1 2 4'), /face 0: vertex_indices must be from 0 to 3, but is 4/],
    [good.replace('4 0 1 2 3', '4 0 1 2 -1'), /face 0: vertex_indices must be from 0 to 3, but is -1/],
    [
      good.replace('4 0 1 2 3', '1.5 0 1 2 3'),
      /face 0: vertex_indices must have a whole number of values, but has 1.5/,
    ],
    [good.replace('4 0 1 2 3', '99999999 0 1 2 3'), /face: there must be at most 4000000 triangles/],
    [good.replace('face 2', 'face 0'), /face: there must be triangles, but there are none/],
    [
      binary({ littleEndian: true, number: 'float', count: 'char', index: 'int' }, [[0, 1, 2], Array(200).fill(0)]),
      /face 1: vertex_indices must have at least 0 values, but has -56/,
    ],
  ];
  for (const [file, message] of cases) assert.throws(() => parseMesh('bad.ply', Buffer.from(file)), message);
});

test('a written mesh is sealed: a changed byte anywhere but in the mark is an error, and other programs see a comment', (t) => {
  const folder = temporaryFolder(t);
  const mesh = triangleMesh(Float32Array.from(POINTS.flat()), Uint32Array.of(0, 1, 2, 0, 2, 3));
  for (const [name, comment] of [
    ['mesh.ply', '\ncomment content-sha256:'],
    ['mesh.obj', '# content-sha256:'],
  ]) {
    const file = path.join(folder, name);
    writeMesh(file, mesh);
    const whole = fs.readFileSync(file);
    const mark = whole.indexOf(comment);
    assert.ok(mark >= 0, name);
    const isMark = (at: number) => at >= mark && at < mark + comment.length;
    for (let at = 0; at < whole.length; at++) {
      if (isMark(at)) continue;
      const changed = Buffer.from(whole);
      changed[at] ^= 1;
      assert.throws(() => parseMesh(file, changed), /was changed since it was written/, `${name}: byte ${at}`);
    }
  }
});
