// Suggests the nearest name for a misspelt one.

/** ", did you mean x?" for the nearest candidate; empty when none is near enough. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestOf(name, candidates);
  return nearest === undefined ? '' : `, did you mean ${nearest}?`;
}

/** The candidate with the smallest edit distance, if that is at most a third of its length. */
export function nearestOf(name: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= candidate.length / 3 && (best === undefined || edits < best.edits))
      best = { candidate, edits };
  }
  return best?.candidate;
}

/** Levenshtein distance; keeps one row of the matrix. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
