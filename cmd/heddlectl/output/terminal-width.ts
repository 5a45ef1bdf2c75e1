// How many columns a line may have: those of the terminal, or of COLUMNS where a person has exported it.

/** Infinity in a pipe: a program that reads lines wants each row on one. */
export function terminalWidth(): number {
  const told = Number(process.env['COLUMNS']);
  if (Number.isInteger(told) && told > 0) return told;
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}
