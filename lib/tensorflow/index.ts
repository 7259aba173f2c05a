export { Adam, type AdamState } from './adam';
export { type Device, device } from './device';
export { addBias, relu } from './fused-ops';
export { tf } from './load';
