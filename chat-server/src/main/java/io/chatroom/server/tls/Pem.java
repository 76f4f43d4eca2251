package io.chatroom.server.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of keys and certificates: blocks with a label, among which anything may stand. */
final class Pem {

  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  /** One of them. */
  record Block(String label, String content) {

    byte[] bytes() {
      return Base64.getDecoder().decode(content);
    }
  }

  private Pem() {}

  /**
   * All blocks of a text, in their order.
   *
   * @throws IllegalArgumentException if the content of one is not Base64
   */
  static List<Block> read(String text) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      Block block = new Block(matcher.group(1), matcher.group(2).replaceAll("\\s", ""));
      block.bytes(); // or it is no block
      blocks.add(block);
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
