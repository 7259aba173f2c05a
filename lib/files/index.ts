export { type Arrays, readArrays, readJson, writeArrays, writeJson } from './arrays';
export { checksum, writeWhole } from './write-whole';
