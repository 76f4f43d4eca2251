package io.chatroom.server.admin;

import java.nio.charset.StandardCharsets;

/**
 * The answer to a request.
 *
 * @param status the HTTP status
 * @param contentType the type of the body
 * @param body the body; must not be changed afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares replies
public record Reply(int status, String contentType, byte[] body) {

  private static final String TEXT = "text/plain; charset=utf-8";

  /** A line for people. */
  public static Reply line(int status, String line) {
    return new Reply(status, TEXT, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
