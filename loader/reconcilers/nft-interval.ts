/** Between two runs of what starts nft processes: others may change their rules many times a second. */
export const NFT_INTERVAL_MS = 1_000;
