package io.chatroom.client.conformance;

/**
 * A sender's name and its message: the part of a pair that a server MUST keep. The headers are not
 * part of it (P-15).
 */
record Post(Bytes name, Bytes message) {

  @Override
  public String toString() {
    return name + ": " + message;
  }
}
