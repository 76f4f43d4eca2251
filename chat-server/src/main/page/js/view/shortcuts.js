// Keys that work everywhere on the page, and the links that skip to its parts.

/**
 * @param {object} acts
 * @param {() => void} acts.join
 * @param {() => void} acts.search
 * @param {() => boolean} acts.isSearching true if the search field has the focus
 * @param {(by: 1|-1) => void} acts.step opens the room below or above
 * @param {() => void} acts.write
 */
export function listenToKeys(acts) {
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) {
      return;
    }
    const key = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    if (key === 'k' && (command || event.altKey) && !event.shiftKey) {
      event.preventDefault();
      acts.join();
    } else if (key === 'f' && command && !event.shiftKey && !acts.isSearching()) {
      event.preventDefault(); // a second Ctrl F is the browser's own search
      acts.search();
    } else if (event.altKey && !command && (key === 'arrowup' || key === 'arrowdown')) {
      event.preventDefault();
      acts.step(key === 'arrowup' ? -1 : 1);
    } else if (key.length === 1 && key !== ' ' && !command && !event.altKey && document.activeElement === document.body) {
      acts.write();
    }
  });
}

/** @param {(target: string) => void} go moves the focus to a part of the page */
export function listenToSkipLinks(go) {
  for (const skip of document.querySelectorAll('a.skip')) {
    skip.addEventListener('click', (event) => {
      event.preventDefault(); // the hash of the address names the room
      go(skip.hash.slice(1));
    });
  }
}
