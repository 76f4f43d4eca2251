package io.chatroom.client.bench;

/** The progress of a member that the senders wait for. */
interface Progress {

  /** How many messages it has heard, or no longer expects. */
  long passed();
}
