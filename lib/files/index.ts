export { type Arrays, locateArrays, readArrays, writeArrays } from './arrays';
export { type ByteSource, inflatingSource, plainSource } from './byte-source';
export { FileError } from './file-error';
export { readJson, sealedJson, writeJson } from './json';
export { tryLock } from './lock';
export { checkFile, readBounded } from './read-bounded';
export { isNumberType, type NumberType, numberAt, readNumbers, sizeOf } from './read-numbers';
export { brokenSeal, checkSeal, isSeal, readMade, SEAL, sealed, withWayOut } from './seal';
export { append, checksum, writeWhole } from './write-whole';
