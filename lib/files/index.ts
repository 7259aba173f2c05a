export { type Arrays, locateArrays, readArrays, readJson, writeArrays, writeJson } from './arrays';
export { type ByteSource, inflatingSource, plainSource } from './byte-source';
export { FileError } from './file-error';
export { tryLock } from './lock';
export { checkFile, readBounded } from './read-bounded';
export { isNumberType, type NumberType, numberAt, readNumbers, sizeOf } from './read-numbers';
export { append, checksum, writeWhole } from './write-whole';
