// Of the generated mutants: those that no test can tell from the product, and why.
import type { Explanations } from './dropped-verdicts.ts';

export const DROPS_EXPLAINED: Explanations = {};
