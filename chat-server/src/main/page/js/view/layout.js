// The panes beside the messages: drawers on narrow screens, columns on wide ones.

import { byId } from './dom.js';

const WIDE_SIDE = matchMedia('(min-width: 1100px)');
const WIDE_ROOMS = matchMedia('(min-width: 700px)');

export class Layout {
  /**
   * @param {(side: 'members'|'search'|null) => void} onSide
   */
  constructor(onSide) {
    this.rooms = byId('rooms');
    this.shade = byId('shade');
    this.onSide = onSide;
    this.side = WIDE_SIDE.matches ? 'members' : null;
    this.roomsOpen = false;
    byId('rooms-open').addEventListener('click', () => this.openRooms());
    byId('rooms-close').addEventListener('click', () => this.closeRooms());
    byId('members-open').addEventListener('click', () => this.toggle('members'));
    byId('search-open').addEventListener('click', () => this.toggle('search'));
    this.shade.addEventListener('click', () => this.closeAll());
    WIDE_SIDE.addEventListener('change', () => {
      this.side = WIDE_SIDE.matches ? (this.side ?? 'members') : null; // a column must not become a drawer over the messages
      this.sync();
    });
    WIDE_ROOMS.addEventListener('change', () => this.sync());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) {
        this.escape(event);
      }
    });
    this.avoidKeyboard();
    this.sync();
  }

  get isDrawer() {
    return !WIDE_SIDE.matches && this.side !== null;
  }

  sync() {
    const narrowRooms = !WIDE_ROOMS.matches;
    this.rooms.classList.toggle('drawer', narrowRooms);
    this.rooms.hidden = narrowRooms && !this.roomsOpen;
    byId('rooms-open').setAttribute('aria-expanded', String(narrowRooms && this.roomsOpen));
    for (const name of ['members', 'search']) {
      const pane = byId(name);
      pane.hidden = this.side !== name;
      pane.classList.toggle('drawer', !WIDE_SIDE.matches);
      byId(`${name}-open`).setAttribute('aria-expanded', String(this.side === name));
    }
    const covered = (narrowRooms && this.roomsOpen) || this.isDrawer;
    this.shade.hidden = !covered;
    document.querySelector('main.room').inert = covered;
    this.rooms.inert = this.isDrawer;
    if (this.shownSide !== this.side) {
      this.shownSide = this.side;
      this.onSide(this.side);
    }
  }

  openRooms() {
    this.roomsOpen = true;
    if (!WIDE_SIDE.matches) {
      this.side = null;
    }
    this.sync();
    (this.rooms.querySelector('[aria-current]') ?? this.rooms).focus();
  }

  closeRooms() {
    const had = this.roomsOpen;
    this.roomsOpen = false;
    this.sync();
    if (had && !WIDE_ROOMS.matches && this.rooms.hidden) {
      byId('rooms-open').focus({ preventScroll: true });
    }
  }

  toggle(side) {
    if (this.side === side) {
      this.closeSide();
    } else {
      this.openSide(side);
    }
  }

  openSide(side) {
    this.roomsOpen = false;
    this.side = side;
    this.sync();
    if (side === 'members' || this.isDrawer) {
      byId(side).focus({ preventScroll: true });
    }
  }

  closeSide() {
    const was = this.side;
    this.side = null;
    this.sync();
    if (was) {
      byId(`${was}-open`).focus({ preventScroll: true });
    }
  }

  /** Closes drawers after a choice in them. */
  closeDrawers() {
    this.roomsOpen = false;
    if (!WIDE_SIDE.matches) {
      this.side = null;
    }
    this.sync();
  }

  closeAll() {
    if (this.isDrawer) {
      this.closeSide();
    } else {
      this.closeRooms();
    }
  }

  escape(event) {
    if (this.roomsOpen || this.side === 'search' || this.isDrawer) {
      event.preventDefault();
      this.closeAllOr('search');
    } else if (document.activeElement !== byId('composer')) {
      byId('composer').focus();
    }
  }

  closeAllOr(side) {
    if (this.roomsOpen || this.isDrawer) {
      this.closeAll();
    } else if (this.side === side) {
      this.side = 'members';
      this.sync();
      byId(`${side}-open`).focus({ preventScroll: true });
    }
  }

  /** Ends the page above the keyboard of a phone, in browsers that let it cover the page. */
  avoidKeyboard() {
    const view = window.visualViewport;
    if (!view) {
      return;
    }
    const fit = () => {
      if (view.scale > 1.01) {
        return; // the user has zoomed in
      }
      document.documentElement.style.setProperty('--height', `${Math.round(view.height)}px`);
      if (window.scrollY !== 0) {
        window.scrollTo(0, 0);
      }
    };
    view.addEventListener('resize', fit);
    view.addEventListener('scroll', fit);
    fit();
  }
}
