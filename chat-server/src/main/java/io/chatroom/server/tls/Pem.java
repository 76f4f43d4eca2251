package io.chatroom.server.tls;

import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text format of keys and certificates: labelled blocks, with any text between them. */
final class Pem {

  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** A block. */
  record Block(String label, String content) {

    /** Returns true if it needs a password: newer formats use the label for that, older a line. */
    boolean isEncrypted() {
      return label.startsWith("ENCRYPTED ") || content.contains("ENCRYPTED");
    }

    /**
     * Its content.
     *
     * @param file its file, for errors
     * @throws IOException if it is not Base64; the message is one sentence for people
     */
    byte[] bytes(Path file) throws IOException {
      try {
        return Base64.getDecoder().decode(content.replaceAll("\\s", ""));
      } catch (IllegalArgumentException e) {
        throw new IOException(
            NativePath.show(file) + " holds a " + label + " that is damaged, expected Base64 in it",
            e);
      }
    }
  }

  private Pem() {}

  /** All blocks of a text, in order. */
  static List<Block> read(String text) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  static String write(String label, byte[] bytes) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
