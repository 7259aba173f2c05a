export {
  type Axis,
  type CurvePanel,
  type CurvesOptions,
  curvesFigure,
  type Floor,
  type Series,
} from './curves';
export { type ExerciseCheck, showExercise } from './exercise';
export { type Caption, type Figure, plotFigure } from './figure';
export { figureText } from './forms';
export { type HeatmapOptions, type HeatmapPanel, heatmapFigure } from './heatmap';
export { type MeshOptions, type MeshPanel, meshFigure } from './mesh';
export { type MorphDirection, type MorphOptions, morphFigure } from './morph';
export { currentNotebook, interruptSignal, type Notebook } from './notebook';
export { numberText } from './number-text';
export { errorStops, missingColour } from './palette';
export { type Picture, type PicturesOptions, picturesFigure } from './pictures';
export { type Progress, showProgress } from './progress';
export { type ReportOptions, type ReportSection, reportPage } from './report-page';
export type { View } from './scene';
export {
  type ShowOptions,
  show,
  showCurves,
  showHeatmap,
  showLive,
  showMesh,
  showPictures,
  showTable,
} from './show';
export { type Cell, type Column, type TableOptions, tableFigure } from './table';
