package io.chatroom.client.conformance;

/** Requirement level, as in RFC 2119. */
public enum Level {
  MUST,
  SHOULD
}
