package io.chatroom.client.conformance;

/** One relayed message: the sender's name frame, then the message frame. */
record Pair(Framing.Frame name, Framing.Frame message) {

  Post post() {
    return new Post(name.payload(), message.payload());
  }
}
