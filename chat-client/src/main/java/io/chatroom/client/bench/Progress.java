package io.chatroom.client.bench;

/** How far a member is that the senders wait for. */
interface Progress {

  /** How many messages it has heard, or will not hear any more. */
  long passed();
}
