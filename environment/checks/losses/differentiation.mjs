// Reverse-mode differentiation of float64 scalars. An argument of an operation is a plain number (a constant) or a scalar
// that remembers what it was made from; of constants alone an operation makes a plain number.

/** A scalar with respect to which a gradient is wanted. */
export const variable = (value) => ({ value, inputs: [], slopes: [], gradient: 0, isOrdered: false });

export const numberOf = (a) => (typeof a === 'number' ? a : a.value);

/** A value, what it was made from, and its derivative with respect to each of those. */
function made(value, inputs, slopes) {
  if (inputs.every((input) => typeof input === 'number')) return value;
  return { ...variable(value), inputs, slopes };
}

export const sum = (terms) =>
  made(
    terms.reduce((total, term) => total + numberOf(term), 0),
    terms,
    terms.map(() => 1),
  );

export const minus = (a, b) => made(numberOf(a) - numberOf(b), [a, b], [1, -1]);

export const times = (a, b) => made(numberOf(a) * numberOf(b), [a, b], [numberOf(b), numberOf(a)]);

export const over = (a, b) =>
  made(numberOf(a) / numberOf(b), [a, b], [1 / numberOf(b), -numberOf(a) / numberOf(b) ** 2]);

export const dot = (a, b) => sum(a.map((entry, i) => times(entry, b[i])));

export const squareRoot = (a) => made(Math.sqrt(numberOf(a)), [a], [0.5 / Math.sqrt(numberOf(a))]);

export const exponential = (a) => made(Math.exp(numberOf(a)), [a], [Math.exp(numberOf(a))]);

export const absolute = (a) => made(Math.abs(numberOf(a)), [a], [Math.sign(numberOf(a))]);

export const atLeast = (a, floor) => made(Math.max(numberOf(a), floor), [a], [numberOf(a) > floor ? 1 : 0]);

/** Fills `gradient` of every variable that a result was made from. A result can be differentiated once. */
export function differentiate(result) {
  const order = [];
  const visit = (scalar) => {
    if (typeof scalar === 'number' || scalar.isOrdered) return;
    scalar.isOrdered = true;
    scalar.inputs.forEach(visit);
    order.push(scalar);
  };
  visit(result);
  result.gradient = 1;
  for (const { inputs, slopes, gradient } of order.reverse())
    inputs.forEach((input, i) => {
      if (typeof input !== 'number') input.gradient += gradient * slopes[i];
    });
}
