/**
 * Makes a value that bundlers leave out of a page if nothing reads it. The build writes the call so that they can tell; they must keep other
 * calls at the top of a module, because they may have effects.
 */
export const removable = <T>(make: () => T): T => make();
