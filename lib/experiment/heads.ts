import { type HeadSource, ictHeads, populationHeads } from 'lib/dataset';
import { createRandom, type Random } from 'lib/random';
import type { Profile, Split } from './profile';
import type { Heads } from './run';

/** Where a run's heads are drawn from. */
export const headSource = (heads: Heads): HeadSource =>
  heads.source === 'population' ? populationHeads() : ictHeads(heads.folder);

/** The generator of one subject: the same whatever else is drawn, so that a head can be made again where it is needed. */
export const subjectRandom = ({ seed }: Profile, split: Split, subject: number): Random =>
  createRandom(seed).fork(split).fork(subject);
