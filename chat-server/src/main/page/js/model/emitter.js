/** Tells those who want to know. One listener's failure is not another one's. */
export class Emitter {
  #listeners = new Map();

  /** @returns {() => void} ends it */
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
