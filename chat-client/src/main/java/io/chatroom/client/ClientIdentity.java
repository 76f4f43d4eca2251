package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a client: 128 random bits by which a server recognises its posts, kept secret
 * (S-72). In a file: the word {@code client} and 32 hexadecimal digits; {@code #} begins a comment.
 */
final class ClientIdentity {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern LINE =
      Pattern.compile("(?m)^[ \\t]*client[ \\t]+([0-9A-Fa-f]{32})[ \\t]*$");
  private static final String REMARK =
      "# Who this chat client is. Keep it secret: with it, others can pass for this client.\n";

  private ClientIdentity() {}

  /** Random bytes as hexadecimal digits. */
  static String random(int bytes) {
    byte[] bits = new byte[bytes];
    RANDOM.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  /**
   * Reads the identity of this client, or makes a new one.
   *
   * @param file where it is kept; null for a new one that is not kept
   * @throws ChatException if the file cannot be read, written or understood
   */
  static String of(@Nullable Path file) throws ChatException {
    if (file == null) {
      return random(16);
    }
    String shown = VisibleText.of(NativePath.show(file));
    KeptFile kept = KeptFile.secret(file);
    String text;
    try {
      kept.makeDirectory();
      kept.change(
          before ->
              before == null || before.isBlank() ? REMARK + "client " + random(16) + "\n" : before);
      text = kept.read();
    } catch (IOException e) {
      throw new ChatException(
          "cannot keep who this client is in "
              + shown
              + ": "
              + VisibleText.of(FileTrouble.reason(e)),
          e);
    }
    Matcher line = LINE.matcher(text == null ? "" : text);
    if (!line.find()) {
      throw new ChatException(
          shown
              + " does not hold who this client is, expected the word client and 32 hexadecimal"
              + " digits on a line; remove the file to begin a new one");
    }
    return line.group(1);
  }
}
