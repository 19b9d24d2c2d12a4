/** The width and the edges of header and content: the same classes for both, so that they align. */
export const frameWidth = "mx-auto w-full max-w-5xl px-4 sm:px-6 2xl:max-w-7xl";
