package io.chatroom.server;

/**
 * A configuration that cannot be used. The message is one sentence for people: where, what, and
 * what was expected.
 */
final class ConfigException extends IllegalArgumentException {

  ConfigException(String message) {
    super(message);
  }
}
