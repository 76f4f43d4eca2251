package io.chatroom.client.chat;

import io.chatroom.client.RefusedException;
import io.chatroom.protocol.session.Code;
import org.jspecify.annotations.Nullable;

/** What a person can do in this client about a refusal. Pure functions, for any thread. */
public final class Advice {

  private Advice() {}

  /** The server's sentence, and what to do. */
  public static String sentence(RefusedException refusal) {
    String advice = advice(Code.of(refusal.code()));
    String sentence = String.valueOf(refusal.getMessage());
    return advice.isEmpty() ? sentence : sentence.replaceFirst("[.]$", "") + advice;
  }

  private static String advice(@Nullable Code code) {
    if (code == null) {
      return "";
    }
    return switch (code) {
      case KEY_WRONG -> "; put the key into a file, see --key-file";
      case NAME_OWNED ->
          "; choose another --name, or if this one is yours, move it here with chat-client name use";
      case TOKEN_WRONG ->
          "; if the name is yours, move it here again with chat-client name use; if the server has"
              + " forgotten its owner, remove the token's line from owned_names, and /claim it";
      default -> "";
    };
  }
}
