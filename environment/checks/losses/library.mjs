import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
const load = createRequire(import.meta.url);

export const { tf } = load('lib/tensorflow');
/** What the check compares: the losses and the projection. */
export const library = { ...load('lib/losses'), projectPoints: load('lib/geometry/batched').projectPoints };
