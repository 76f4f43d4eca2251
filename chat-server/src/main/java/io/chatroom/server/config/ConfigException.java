package io.chatroom.server.config;

/**
 * An unusable configuration. The message is one sentence for people: where, what, and what was
 * expected.
 */
public final class ConfigException extends IllegalArgumentException {

  ConfigException(String message) {
    super(message);
  }
}
