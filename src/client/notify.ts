/** Calls `listener`, and reports what it throws as an uncaught error: no upload may fail by it. */
export function notify(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else
      queueMicrotask(() => {
        throw error;
      });
  }
}
