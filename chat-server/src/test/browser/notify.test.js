// Notifications, and read marks on several devices.

import assert from 'node:assert/strict';
import { scenario } from './lib/scenario.js';
import { Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

/** A person who owns their name. */
async function claimed(scene, own, name, options) {
  const first = await scene.person(name, { server: own, keep: true, ...options });
  await first.write('/claim');
  await first.at('claim-yes').click();
  await eventually(async () => assert.doesNotMatch(await first.page.locator('#me').innerText(), /guest/));
  await first.page.keyboard.press('Escape');
  await first.at('claim-dialog').waitFor({ state: 'detached' });
  return first;
}

async function secondDevice(scene, own, first, options) {
  await first.write('/link');
  const code = (await first.at('link-code').innerText()).trim();
  await first.page.keyboard.press('Escape');
  await first.at('link-dialog').waitFor({ state: 'detached' });
  const second = await scene.person(first.name, { server: own, enter: false, keep: true, ...options });
  if (options?.byLink) {
    await second.page.goto('about:blank');
    await second.goto(`#link=${encodeURIComponent(first.name)}/${encodeURIComponent(code)}`);
    await second.at('code-input').waitFor();
    assert.ok(!(await second.page.evaluate(() => location.href)).includes(code), 'the code does not stay in the address');
    assert.equal(await second.at('name-input').inputValue(), first.name);
  } else {
    await second.at('name-input').fill(first.name);
    await second.at('have-code').click();
    await second.at('code-input').fill(code);
  }
  await second.at('keep-me').setChecked(true);
  await second.at('enter').click();
  await second.at('name-dialog').waitFor({ state: 'detached' });
  await second.live();
  return second;
}

/** Hides the tab, as far as the page can tell. */
async function lookAway(person) {
  await person.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.hasFocus = () => false;
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

async function lookBack(person) {
  await person.page.evaluate(() => {
    delete document.visibilityState;
    delete document.hidden;
    delete document.hasFocus;
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

/** Records notifications: a test cannot see those of the system. */
const recorded = (page) => page.addInitScript(() => {
  window.shown = [];
  const keep = (title, options) => {
    const it = { title, body: options?.body, open: true };
    window.shown.push(it);
    return it;
  };
  if (window.ServiceWorkerRegistration) {
    ServiceWorkerRegistration.prototype.showNotification = async function (title, options) {
      keep(title, options);
    };
    ServiceWorkerRegistration.prototype.getNotifications = async () => window.shown.filter((it) => it.open).map((it) => ({ close: () => (it.open = false) }));
  }
  const Original = window.Notification;
  window.Notification = class {
    #it;
    static get permission() {
      return window.allowed ?? Original.permission;
    }
    static async requestPermission() {
      window.asked = (window.asked ?? 0) + 1;
      return (window.allowed = 'granted');
    }
    constructor(title, options) {
      this.#it = keep(title, options);
    }
    close() {
      this.#it.open = false;
    }
  };
});

scenario('read marks are shared between devices', async (scene) => {
  const own = await scene.server();
  const bob = await Talker.in(own, 'bob', scene.room);
  scene.end(() => bob.close());
  const desk = await claimed(scene, own, 'alice');
  const phone = await secondDevice(scene, own, desk, { byLink: true });
  await phone.goto(`#${scene.room}`);
  await phone.inside(scene.room);
  await phone.write(`/join ${scene.room}x`);
  await phone.inside(`${scene.room}x`);
  await lookAway(desk);
  await bob.posts(scene.room, ['one', 'two', 'three']);
  const here = phone.at(`room-${scene.room}`);
  await eventually(async () => assert.equal(await here.getAttribute('data-unread'), '3'));
  await lookBack(desk);
  await desk.sees('three');
  await eventually(async () => assert.equal((await here.getAttribute('data-unread')) ?? '0', '0'), 'read on the other device');
});

scenario('notifications are opt-in, for mentions and private messages, and disappear when read elsewhere', async (scene) => {
  const own = await scene.server();
  const bob = await Talker.in(own, 'bob', scene.room);
  scene.end(() => bob.close());
  const desk = await claimed(scene, own, 'alice', { prepare: recorded });
  const phone = await secondDevice(scene, own, desk);
  await phone.inside(scene.room);
  await phone.write(`/join ${scene.room}x`);
  await phone.inside(`${scene.room}x`);
  const shown = () => desk.page.evaluate(() => window.shown);
  assert.equal(await desk.page.evaluate(() => window.asked), undefined, 'the page does not ask by itself');

  await desk.at('notify-ask').click();
  assert.equal(await desk.page.evaluate(() => window.asked), 1);
  await bob.posts(scene.room, ['@alice while you look']);
  await desk.sees('while you look');

  await lookAway(desk);
  await bob.posts(scene.room, ['for everybody', '@alice can you hear me?']);
  await eventually(async () => assert.ok((await shown()).length > 0));
  assert.deepEqual((await shown()).map((it) => it.body), ['@alice can you hear me?']);
  assert.match((await shown())[0].title, /bob/);

  const carol = await claimed(scene, own, 'carol');
  await carol.write('/msg alice just between us');
  await eventually(async () => assert.equal((await shown()).length, 2));
  assert.match((await shown())[1].title, /carol/);

  // read on the phone: the notification on the desk disappears
  await phone.at(`room-${scene.room}`).click();
  await phone.sees('can you hear me?');
  await eventually(async () => assert.equal((await shown())[0].open, false));
});
