// Colours for terminals only: no colours in pipes, in CI, or with NO_COLOR.
import { isatty } from 'node:tty';
import { createColors } from 'picocolors';

const STDOUT = 1;

export const colour = createColors(isatty(STDOUT) && process.env['NO_COLOR'] === undefined);
