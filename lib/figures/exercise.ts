import { escapeHtml } from './escape';
import { currentNotebook } from './notebook';
import { seriesColour } from './palette';

/** What an exercise's solution must satisfy. */
export interface ExerciseCheck {
  /** What is wrong when the check does not hold. */
  says: string;
  /** A function where the check runs a student's code: what that code throws is part of what is wrong. */
  holds: boolean | (() => boolean);
}

/**
 * Says below the cell whether an exercise is solved, and what is still wrong.
 *
 * It never throws, so that "run all" goes on behind an exercise that is not solved yet. Outside a notebook it prints a line.
 */
export function showExercise(name: string, checks: ExerciseCheck[]): void {
  const wrong = checks.length > 0 ? checks.flatMap(whatIsWrong) : ['nothing was checked'];
  const notebook = currentNotebook();
  const text = exerciseText(name, wrong);
  if (notebook) notebook.display({ 'text/html': exerciseHtml(name, wrong), 'text/plain': text });
  else console.log(text);
}

function whatIsWrong({ says, holds }: ExerciseCheck): string[] {
  try {
    return (typeof holds === 'function' ? holds() : holds) ? [] : [says];
  } catch (error) {
    return [`${says} (the code stopped with "${error instanceof Error ? error.message : String(error)}")`];
  }
}

function exerciseText(name: string, wrong: string[]): string {
  return `Exercise "${name}": ${wrong.length === 0 ? 'Solved' : `Not yet: ${wrong.join('; ')}`}`;
}

function exerciseHtml(name: string, wrong: string[]): string {
  const solved = wrong.length === 0;
  const items = wrong.map((text) => `<li>${escapeHtml(text)}</li>`).join('');
  const list = solved ? '' : `<ul style="margin:0.3em 0 0;padding-left:1.3em">${items}</ul>`;
  const state = solved ? '&#10003; Solved' : 'Not yet:';
  // green and vermilion of the palette, and words, for those who see no difference
  const colour = seriesColour(solved ? 2 : 1);
  return `<div style="border-left:4px solid ${colour};padding:0.3em 0.9em"><strong>${escapeHtml(name)}</strong> ${state}${list}</div>`;
}
