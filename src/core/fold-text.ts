/** Raised with every change of `foldText`: foldings that are stored are then computed again. */
export const FOLD_VERSION = 2;

/**
 * Folds text, so that two texts which differ in case only are equal and parts of one are found in
 * the other. As full case folding (Unicode, section 3.13) does, it equates the sharp s with "ss" and
 * the final sigma with the other one; beyond it, i with and without a dot.
 */
export function foldText(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll("\u03c2", "\u03c3")
    .replaceAll("i\u0307", "i")
    .normalize("NFC");
}
