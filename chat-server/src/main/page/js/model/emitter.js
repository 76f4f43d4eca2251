/** Calls listeners by event name. A listener that throws does not affect the others. */
export class Emitter {
  #listeners = new Map();

  /** @returns {() => void} removes the listener */
  on(event, fn) {
    const all = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, all);
    all.add(fn);
    return () => all.delete(fn);
  }

  emit(event, value) {
    for (const fn of [...(this.#listeners.get(event) ?? [])]) {
      try {
        fn(value);
      } catch (failure) {
        console.error(failure);
      }
    }
  }
}
