// The kernels that `make test` boots: the oldest that Heddle supports, and the newest that Debian serves.

export const OLDEST = '6.1';
export const NEWEST = '7.3';
