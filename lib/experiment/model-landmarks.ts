import { ictLandmarks } from 'lib/dataset';
import { headTemplate, type LandmarkName } from 'lib/population';
import type { Heads } from './run';

/** Which points of a run's heads are landmarks. */
export const modelLandmarks = (heads: Heads): Partial<Record<LandmarkName, number>> =>
  heads.source === 'population' ? headTemplate().landmarks : ictLandmarks(heads.folder);
