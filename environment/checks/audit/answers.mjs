// What npm audit and pip-audit say, as known faults, or as why they have no answer.

const lastLine = (text) => text.trim().split('\n').at(-1)?.slice(0, 300) || 'it said nothing';

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns `faults`, a line each, or `silent`, why the registry gave no answer */
export function npmFaults(output, complaints) {
  const answer = parsed(output);
  // its exit code is 1 for a fault and for an error alike; only an answer has this
  if (!answer?.vulnerabilities || answer.error)
    return { silent: answer?.error?.summary || answer?.message || lastLine(complaints) };
  return {
    faults: Object.values(answer.vulnerabilities).map(({ name, severity, range }) => `${name} ${range}: ${severity}`),
  };
}

/** The same of pip-audit; a package that it could not look up is no answer either. */
export function pipFaults(output, complaints) {
  const answer = parsed(output);
  if (!answer?.dependencies) return { silent: lastLine(complaints) };
  const skipped = answer.dependencies.filter(({ skip_reason: reason }) => reason);
  const faults = answer.dependencies.flatMap(({ name, version, vulns = [] }) =>
    vulns.map(
      ({ id, fix_versions: fixed = [] }) =>
        `${name} ${version}: ${id}${fixed.length > 0 ? `, mended in ${fixed}` : ''}`,
    ),
  );
  if (faults.length === 0 && (skipped.length > 0 || answer.dependencies.length === 0))
    return { silent: skipped[0]?.skip_reason ?? 'it looked at no package' };
  return { faults };
}
