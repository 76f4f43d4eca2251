package io.chatroom.client.bench;

/** The progress of a member that the senders wait for. */
interface Progress {

  /** Returns how many messages it has received, or no longer expects. */
  long passed();
}
