/** How far a registration has come. */
export interface RegistrationProgress {
  /** Steps done, and how many there are at most. */
  iteration: number;
  iterations: number;
  stiffnessMillimetres: number;
  /** Before this step, mean over the matches that count. */
  surfaceErrorMillimetres: number;
}

/** How a template is brought onto a scan; see `registerNonrigid`. */
export interface RegistrationOptions {
  /** 'rigid' (default) keeps the template's size at the start; 'similarity' is for scans of another size or unit. */
  start?: 'rigid' | 'similarity';
  /** The length over which the surface is stiff, mm, one for each stage; 50 falling to 0.5 by default. */
  stiffnessMillimetres?: readonly number[];
  /** Steps of a stage at most, 5 by default. */
  stepsPerStage?: number;
  /** A stage ends when a step moves the points by less than this share of its stiffness (root mean square); 0.02 by default. */
  stopShare?: number;
  /** A landmark's pull over the stiffness, 1 by default; 0 uses the landmarks for the start alone. */
  landmarkWeight?: number;
  /** A match that is farther away is rejected, mm; 20 by default. */
  maxDistanceMillimetres?: number;
  /** A match whose normals differ by more is rejected; 60 by default. */
  maxNormalAngleDegrees?: number;
  onProgress?: (progress: RegistrationProgress) => void | Promise<void>;
  /** Stops after the step under way by throwing the signal's reason. */
  signal?: AbortSignal;
}

export const DEFAULTS = {
  start: 'rigid',
  stiffnessMillimetres: [50, 20, 8, 3, 1.2, 0.5],
  stepsPerStage: 5,
  stopShare: 0.02,
  landmarkWeight: 1,
  maxDistanceMillimetres: 20,
  maxNormalAngleDegrees: 60,
} as const satisfies RegistrationOptions;

/** Throws a RangeError that names the option that is out of range. */
export function checkSettings(settings: Required<Omit<RegistrationOptions, 'onProgress' | 'signal'>>): void {
  const { start, stiffnessMillimetres: stages, stepsPerStage, ...numbers } = settings;
  if (start !== 'rigid' && start !== 'similarity')
    throw new RangeError(`start must be 'rigid' or 'similarity', but is '${start}'`);
  if (stages.length === 0 || !stages.every((s, i) => s > 0 && Number.isFinite(s) && !(s > stages[i - 1])))
    throw new RangeError(
      `stiffnessMillimetres must be lengths above 0 that do not rise, but are [${stages.join(', ')}]`,
    );
  if (!Number.isInteger(stepsPerStage) || stepsPerStage < 1)
    throw new RangeError(`stepsPerStage must be a whole number of at least 1, but is ${stepsPerStage}`);
  for (const name of ['stopShare', 'landmarkWeight', 'maxDistanceMillimetres', 'maxNormalAngleDegrees'] as const)
    if (!(numbers[name] >= 0)) throw new RangeError(`${name} must be a number of at least 0, but is ${numbers[name]}`);
  // the cosine of a larger angle would let fewer pass again
  if (numbers.maxNormalAngleDegrees > 180)
    throw new RangeError(`maxNormalAngleDegrees must be at most 180, but is ${numbers.maxNormalAngleDegrees}`);
}
