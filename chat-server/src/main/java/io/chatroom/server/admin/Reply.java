package io.chatroom.server.admin;

import java.nio.charset.StandardCharsets;

/**
 * The answer to a request.
 *
 * @param status HTTP's code for how it went
 * @param contentType what the body is
 * @param body what is said; not to be changed afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares replies
public record Reply(int status, String contentType, byte[] body) {

  private static final String TEXT = "text/plain; charset=utf-8";

  /** A line for people. */
  public static Reply line(int status, String line) {
    return new Reply(status, TEXT, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
