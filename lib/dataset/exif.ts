/** What EXIF data say of how a picture was taken; each is absent when they do not say it, or nothing sensible. */
export interface ExifFacts {
  /** 1 to 8: where the picture's first row and column are to be shown (`turnUpright`). */
  orientation?: number;
  /** FocalLengthIn35mmFilm, mm */
  focalLength35mm?: number;
}

const ORIENTATION = 0x0112;
const EXIF_DIRECTORY = 0x8769;
const FOCAL_LENGTH_35MM = 0xa405;
const SHORT = 3;
const LONG = 4;

/**
 * Reads orientation and focal length from EXIF data.
 *
 * EXIF is a TIFF structure: byte order, 42, and the place of a directory of entries of twelve bytes (tag, type, count, value).
 * The orientation stands in the first directory, the focal length in the one that its entry 0x8769 points to. No other pointer
 * is followed, so that two directories of at most 65,535 entries are read whatever the bytes are.
 *
 * What is malformed is taken as absent, as viewers do: pictures are shown in spite of it.
 *
 * @param tiff  from the byte order on
 *
 * Reference: CIPA DC-008, "Exchangeable image file format for digital still cameras: Exif 2.32", 4.6.2 to 4.6.5.
 */
export function readExif(tiff: Uint8Array): ExifFacts {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return {};
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return {};
  const first = directory(view, view.getUint32(4, little), little);
  const exif = directory(view, first.get(EXIF_DIRECTORY) ?? 0, little);
  const orientation = first.get(ORIENTATION) ?? 0;
  const focalLength35mm = exif.get(FOCAL_LENGTH_35MM) ?? 0;
  return {
    ...(orientation >= 1 && orientation <= 8 && { orientation }),
    // 0 stands for unknown
    ...(focalLength35mm > 0 && { focalLength35mm }),
  };
}

/** Whole numbers of a directory, by tag; of those that occur twice the first. */
function directory(view: DataView, at: number, little: boolean): Map<number, number> {
  const found = new Map<number, number>();
  // the header's eight bytes are no directory
  if (at < 8 || at + 2 > view.byteLength) return found;
  const count = view.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + 12 * count && entry + 12 <= view.byteLength; entry += 12) {
    const [tag, type] = [view.getUint16(entry, little), view.getUint16(entry + 2, little)];
    const isOne = view.getUint32(entry + 4, little) === 1;
    if (!isOne || found.has(tag)) continue;
    if (type === SHORT) found.set(tag, view.getUint16(entry + 8, little));
    else if (type === LONG) found.set(tag, view.getUint32(entry + 8, little));
  }
  return found;
}
