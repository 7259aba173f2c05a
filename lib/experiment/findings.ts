import type { MeanErrors } from 'lib/evaluation';

/** A statement about a run's results that can be false, with the numbers that decide it. */
export interface Finding {
  statement: string;
  held: boolean;
  numbers: string;
}

type Rows = { loss: string; title: string; errors: MeanErrors }[];

/**
 * What a run should show of the paper's pattern, each checked against its own numbers. A statement about a loss that the run
 * did not train is left out.
 */
export function findings(rows: Rows, meanHead: MeanErrors): Finding[] {
  const of = (loss: string) => rows.find((row) => row.loss.split('.')[0] === loss);
  const [coarse, gal, srl, mrl] = ['coarse', 'gal-camera', 'srl', 'mrl-2'].map(of);
  const result: Finding[] = [];
  if (gal)
    result.push({
      statement: 'GAL in the camera frame learns the pose: its rotation error is below half the mean pose’s',
      held: gal.errors.rotationDegrees < meanHead.rotationDegrees / 2,
      numbers: `${gal.errors.rotationDegrees.toFixed(2)} against ${meanHead.rotationDegrees.toFixed(2)} degrees`,
    });
  if (srl && rows.length > 1) {
    const others = rows.filter((row) => row !== srl);
    const worst = Math.max(...others.map((row) => row.errors.shapeMillimetres));
    result.push({
      statement: 'SRL bends the shape: its shape error is the worst of all losses',
      held: srl.errors.shapeMillimetres > worst,
      numbers: `${srl.errors.shapeMillimetres.toFixed(2)} against at most ${worst.toFixed(2)} mm`,
    });
  }
  if (coarse && mrl)
    result.push({
      statement:
        'Good shape and pose terms do not make a good picture: Coarse’s reprojection error is worse than MRL’s',
      held: coarse.errors.reprojectionPixels > mrl.errors.reprojectionPixels,
      numbers: `${coarse.errors.reprojectionPixels.toFixed(2)} against ${mrl.errors.reprojectionPixels.toFixed(2)} px`,
    });
  if (srl && mrl)
    result.push({
      statement: 'Virtual views keep the shape: MRL’s shape error is below SRL’s',
      held: mrl.errors.shapeMillimetres < srl.errors.shapeMillimetres,
      numbers: `${mrl.errors.shapeMillimetres.toFixed(2)} against ${srl.errors.shapeMillimetres.toFixed(2)} mm`,
    });
  const below = rows.filter((row) => row.errors.shapeMillimetres < meanHead.shapeMillimetres);
  result.push({
    statement: 'Every loss predicts shape better than the mean head does',
    held: below.length === rows.length,
    numbers: `${rows.map((r) => `${r.title} ${r.errors.shapeMillimetres.toFixed(2)}`).join(', ')}; mean head ${meanHead.shapeMillimetres.toFixed(2)} mm`,
  });
  return result;
}
