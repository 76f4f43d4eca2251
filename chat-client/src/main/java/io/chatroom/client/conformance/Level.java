package io.chatroom.client.conformance;

/** How much a requirement binds, in the words of RFC 2119. */
public enum Level {
  MUST,
  SHOULD
}
