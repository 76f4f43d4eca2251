package io.chatroom.client.conformance;

/** What a server sends for one message: the sender's name frame, then the message frame. */
record Pair(Framing.Frame name, Framing.Frame message) {

  Said said() {
    return new Said(name.payload(), message.payload());
  }
}
