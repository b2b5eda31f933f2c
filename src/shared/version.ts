/** The contract's version, apart from the schemas so that the page can compare it without carrying them. */

/** Exchanged first; a page made for another contract says so instead of failing oddly. */
export const contractVersion = 1
