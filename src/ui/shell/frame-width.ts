/** Width and padding of header and content. */
export const frameWidth = "mx-auto w-full max-w-5xl px-4 sm:px-6 2xl:max-w-7xl";
