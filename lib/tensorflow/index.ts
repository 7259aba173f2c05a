export { Adam, type AdamState } from './adam';
export { type Device, device } from './device';
export { addBias, relu } from './fused-ops';
export { isFiniteTensor } from './is-finite';
export { tf } from './load';
