// Another build on paper: this tree's sources with a few places replaced.

/** A place that must be there exactly once: the sources have moved on otherwise, and the patch with them. */
export interface Replacement {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A file that must not be there yet. */
export interface Addition {
  readonly file: string;
  readonly text: string;
}

export interface BuildPatch {
  /** Names the build's folder. */
  readonly name: string;
  readonly replacements: readonly Replacement[];
  readonly additions: readonly Addition[];
}

/** Of the patched files alone, by path: what they are to hold. Throws, with one sentence, if a patch does not fit. */
export function patchedFiles(
  patch: BuildPatch,
  read: (file: string) => string | undefined,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { file, find, replace } of patch.replacements) {
    const text = files.get(file) ?? read(file);
    if (text === undefined) throw new Error(`build ${patch.name}: there is no ${file}`);
    const [before, after, ...more] = text.split(find);
    if (before === undefined || after === undefined || more.length > 0)
      throw new Error(
        `build ${patch.name}: ${file} has ${JSON.stringify(find)} ${text.split(find).length - 1} times, not once`,
      );
    files.set(file, before + replace + after);
  }
  for (const { file, text } of patch.additions) {
    if (files.has(file) || read(file) !== undefined)
      throw new Error(`build ${patch.name}: ${file} is there already`);
    files.set(file, text);
  }
  return files;
}
