/** Minimum interval between syncs that start nft processes: other software may change rules many times a second. */
export const NFT_INTERVAL_MS = 1_000;
