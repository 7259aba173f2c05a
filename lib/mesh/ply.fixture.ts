/** Which types a made-up binary PLY uses. */
export interface PlyForm {
  littleEndian: boolean;
  number: 'float' | 'double';
  count: 'char' | 'uchar' | 'ushort' | 'int';
  index: 'uchar' | 'short' | 'int' | 'uint';
}

type Rows = number[][];

function header(
  format: string,
  number: string,
  count: string,
  index: string,
  points: Rows,
  faces: Rows,
  colours?: Rows,
) {
  const axes = ['x', 'y', 'z'].map((name) => `property ${number} ${name}\n`).join('');
  const channels = colours ? ['red', 'green', 'blue'].map((name) => `property uchar ${name}\n`).join('') : '';
  const list = `property list ${count} ${index} vertex_indices\n`;
  return `ply\nformat ${format} 1.0\nelement vertex ${points.length}\n${axes}${channels}element face ${faces.length}\n${list}end_header\n`;
}

/** An ASCII PLY file. */
export function asciiPly(points: Rows, faces: Rows, colours?: Rows): string {
  const vertices = points.map((point, n) => [...point, ...(colours?.[n] ?? [])].join(' '));
  const polygons = faces.map((face) => [face.length, ...face].join(' '));
  return `${header('ascii', 'float', 'uchar', 'int', points, faces, colours)}${[...vertices, ...polygons].join('\n')}\n`;
}

const SIZES = { char: 1, uchar: 1, short: 2, ushort: 2, int: 4, uint: 4, float: 4, double: 8 };

/** A binary PLY file. */
export function binaryPly(form: PlyForm, points: Rows, faces: Rows, colours?: Rows): Uint8Array {
  const { littleEndian, number, count, index } = form;
  const text = header(
    littleEndian ? 'binary_little_endian' : 'binary_big_endian',
    number,
    count,
    index,
    points,
    faces,
    colours,
  );
  const parts: Uint8Array[] = [new TextEncoder().encode(text)];
  const put = (type: keyof typeof SIZES, value: number) => {
    const view = new DataView(new ArrayBuffer(SIZES[type]));
    if (SIZES[type] === 1) view.setInt8(0, value);
    else if (SIZES[type] === 2) view.setInt16(0, value, littleEndian);
    else if (type === 'float') view.setFloat32(0, value, littleEndian);
    else if (type === 'double') view.setFloat64(0, value, littleEndian);
    else view.setInt32(0, value, littleEndian);
    parts.push(new Uint8Array(view.buffer));
  };
  points.forEach((point, n) => {
    for (const value of point) put(number, value);
    for (const value of colours?.[n] ?? []) put('uchar', value);
  });
  for (const face of faces) {
    put(count, face.length);
    for (const corner of face) put(index, corner);
  }
  return Buffer.concat(parts);
}
