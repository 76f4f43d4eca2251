package io.chatroom.server.config;

/**
 * A configuration that cannot be used. The message is one sentence for people: where, what, and
 * what was expected.
 */
public final class ConfigException extends IllegalArgumentException {

  ConfigException(String message) {
    super(message);
  }
}
