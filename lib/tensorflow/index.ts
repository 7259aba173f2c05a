export { Adam, type AdamState } from './adam';
export { type Device, device } from './device';
export { addBias, maxPool, relu } from './fused-ops';
export { isFiniteTensor } from './is-finite';
export { tf } from './load';
