import { FileError, numberAt, SEAL, sealed, sizeOf } from 'lib/files';
import { MOST_TRIANGLES, MOST_VERTICES } from './mesh-limits';
import { type PlyElement, type PlyHeader, type PlyProperty, parsePlyHeader } from './ply-header';
import { type TriangleMesh, triangleMesh } from './triangle-mesh';

/** A surface with a colour for each of its points, where its file has them. */
export interface ColouredMesh extends TriangleMesh {
  /** [3 points] sRGB bytes */
  vertexColours?: Uint8Array;
}

const COLOURS = ['red', 'green', 'blue'];
const LISTS = ['vertex_indices', 'vertex_index'];

/**
 * The mesh in the bytes of a PLY file, ASCII or binary of either byte order.
 *
 * Vertices need the properties x, y and z, faces a list `vertex_indices` (or `vertex_index`); a quad or larger polygon is cut
 * into a fan from its first corner. Colours red, green and blue are kept, floats taken as 0 to 1. All else is skipped.
 *
 * @param file  its path, for the errors
 * @throws {FileError} that names the element and property that is wrong
 */
export function parsePly(file: string, bytes: Uint8Array): ColouredMesh {
  const header = parsePlyHeader(file, bytes);
  const vertices = elementOf(file, header, 'vertex', MOST_VERTICES);
  const faces = elementOf(file, header, 'face', 2 * MOST_TRIANGLES);
  const axes = ['x', 'y', 'z'].map((name) => propertyOf(file, vertices, [name], false));
  const colours = COLOURS.map((name) => vertices.properties.findIndex((property) => property.name === name));
  const coloured = colours.every((index) => index >= 0 && !vertices.properties[index].countType);
  const list = propertyOf(file, faces, LISTS, true);

  // the first walk finds each element's end and how many triangles there are, so that nothing is allocated on a promise
  let triangleCount = 0;
  walk(file, bytes, header, (element, property, values) => {
    if (element === faces && property === list && values >= 3) triangleCount += values - 2;
    if (triangleCount > MOST_TRIANGLES)
      throw new FileError(file, `face: there must be at most ${MOST_TRIANGLES} triangles`);
  });
  if (triangleCount === 0) throw new FileError(file, 'face: there must be triangles, but there are none');

  const points = new Float32Array(3 * vertices.count);
  const vertexColours = coloured ? new Uint8Array(3 * vertices.count) : undefined;
  const triangles = new Uint32Array(3 * triangleCount);
  let corners = 0;
  let [first, previous] = [0, 0];
  walk(file, bytes, header, undefined, (element, property, row, value, place) => {
    if (element === vertices) {
      const axis = axes.indexOf(property);
      if (axis >= 0) points[3 * row + axis] = coordinate(file, value, row, 'xyz'[axis]);
      const colour = colours.indexOf(property);
      if (colour >= 0 && vertexColours)
        vertexColours[3 * row + colour] = colourByte(value, vertices.properties[property].type.startsWith('f'));
    } else if (element === faces && property === list) {
      if (!(Number.isInteger(value) && value >= 0 && value < vertices.count))
        throw new FileError(
          file,
          `face ${row}: ${faces.properties[list].name} must be from 0 to ${vertices.count - 1}, but is ${value}`,
        );
      if (place === 0) first = value;
      else if (place >= 2) {
        triangles[corners++] = first;
        triangles[corners++] = previous;
        triangles[corners++] = value;
      }
      previous = value;
    }
  });
  const mesh = triangleMesh(points, triangles);
  return vertexColours ? { ...mesh, vertexColours } : mesh;
}

function elementOf(file: string, { elements }: PlyHeader, name: string, most: number): PlyElement {
  const element = elements.find((each) => each.name === name);
  if (!element)
    throw new FileError(
      file,
      `must have the element ${name}, but has ${elements.map((each) => each.name).join(', ') || 'none'}`,
    );
  if (element.count > most)
    throw new FileError(file, `element ${name}: there must be at most ${most}, but are ${element.count}`);
  return element;
}

function propertyOf(file: string, element: PlyElement, names: string[], isList: boolean): number {
  const index = element.properties.findIndex(({ name }) => names.includes(name));
  if (index < 0 || (element.properties[index].countType !== undefined) !== isList)
    throw new FileError(
      file,
      `element ${element.name}: must have the ${isList ? 'list' : 'property'} ${names.join(' or ')}`,
    );
  return index;
}

function coordinate(file: string, value: number, row: number, axis: string): number {
  // a float32 ends at 3.4e38: what is larger would be stored as infinity
  if (!(Math.abs(value) < 3.4e38)) throw new FileError(file, `vertex ${row}: ${axis} must be finite, but is ${value}`);
  return value;
}

const colourByte = (value: number, isShare: boolean): number =>
  Math.min(255, Math.max(0, Math.round(isShare ? 255 * value : value))) || 0;

type OnCount = (element: PlyElement, property: number, values: number) => void;
type OnValue = (element: PlyElement, property: number, row: number, value: number, place: number) => void;

/** Goes through all elements in order; `onCount` hears of each property and how many values it has, `onValue` of each value. */
function walk(file: string, bytes: Uint8Array, header: PlyHeader, onCount?: OnCount, onValue?: OnValue): void {
  const next =
    header.format === 'ascii' ? asciiValues(file, bytes, header.bodyStart) : binaryValues(file, bytes, header);
  // an element without properties takes no bytes, so that its count is not bounded by the file
  for (const element of header.elements)
    for (let row = 0; row < element.count && element.properties.length > 0; row++)
      for (let p = 0; p < element.properties.length; p++) {
        const property = element.properties[p];
        const place = () => `${element.name} ${row}: ${property.name}`;
        const count = property.countType ? next.count(property, place) : 1;
        onCount?.(element, p, count);
        if (!onValue) next.skip(property, count, place);
        else for (let i = 0; i < count; i++) onValue(element, p, row, next.value(property, place), i);
      }
}

interface Values {
  count(property: PlyProperty, place: () => string): number;
  value(property: PlyProperty, place: () => string): number;
  skip(property: PlyProperty, count: number, place: () => string): void;
}

function binaryValues(file: string, bytes: Uint8Array, { format, bodyStart }: PlyHeader): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = format === 'binary_little_endian';
  let at = bodyStart;
  const take = (size: number, place: () => string) => {
    if (size > bytes.length - at)
      throw new FileError(file, `${place()} is cut off: it needs ${size} bytes, but ${bytes.length - at} are left`);
    at += size;
    return at - size;
  };
  return {
    count({ countType = 'u1' }, place) {
      const count = numberAt(view, countType, take(sizeOf(countType), place), little);
      if (count < 0) throw new FileError(file, `${place()} must have at least 0 values, but has ${count}`);
      return count;
    },
    value: ({ type }, place) => numberAt(view, type, take(sizeOf(type), place), little),
    skip: ({ type }, count, place) => take(count * sizeOf(type), place),
  };
}

const SPACE = 32;

function asciiValues(file: string, bytes: Uint8Array, bodyStart: number): Values {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = bodyStart;
  const word = (place: () => string): string => {
    while (at < text.length && text[at] <= SPACE) at++;
    const start = at;
    while (at < text.length && text[at] > SPACE) at++;
    if (start === at) throw new FileError(file, `${place()} is missing: the file ends before it`);
    return text.toString('latin1', start, Math.min(at, start + 40));
  };
  const number = (place: () => string): number => {
    const found = word(place);
    const value = Number(found);
    if (Number.isNaN(value) && !/^[+-]?nan$/i.test(found))
      throw new FileError(file, `${place()} must be a number, but is "${found}"`);
    return value;
  };
  return {
    count(_, place) {
      const count = number(place);
      if (!(Number.isInteger(count) && count >= 0))
        throw new FileError(file, `${place()} must have a whole number of values, but has ${count}`);
      return count;
    },
    value: (_, place) => number(place),
    skip(_, count, place) {
      for (let i = 0; i < count; i++) word(place);
    },
  };
}

/** The bytes of a PLY file, sealed, in binary little-endian form: float32 points, uchar colours where there are some, int32 faces. */
export function plyBytes({ points, triangles, vertexColours }: ColouredMesh): Uint8Array {
  const header = [
    'ply',
    'format binary_little_endian 1.0',
    `comment ${SEAL}`,
    `element vertex ${points.shape[0]}`,
    ...['x', 'y', 'z'].map((name) => `property float ${name}`),
    ...(vertexColours ? COLOURS.map((name) => `property uchar ${name}`) : []),
    `element face ${triangles.shape[0]}`,
    'property list uchar int vertex_indices',
    'end_header\n',
  ].join('\n');
  const vertexSize = vertexColours ? 15 : 12;
  const bytes = Buffer.alloc(header.length + vertexSize * points.shape[0] + 13 * triangles.shape[0]);
  let at = bytes.write(header, 'latin1');
  for (let n = 0; n < points.shape[0]; n++) {
    for (let axis = 0; axis < 3; axis++) at = bytes.writeFloatLE(points.get(n, axis), at);
    if (vertexColours) for (let c = 0; c < 3; c++) at = bytes.writeUInt8(vertexColours[3 * n + c], at);
  }
  for (let t = 0; t < triangles.shape[0]; t++) {
    at = bytes.writeUInt8(3, at);
    for (let c = 0; c < 3; c++) at = bytes.writeInt32LE(triangles.get(t, c), at);
  }
  return sealed(bytes);
}
