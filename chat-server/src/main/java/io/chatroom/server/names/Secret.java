package io.chatroom.server.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes secrets and their hashes. Thread-safe. */
final class Secret {

  private static final int TOKEN_BYTES = 32;

  /** The length of a secret, like that of clients' own. */
  private static final int CLIENT_DIGITS = 32;

  /** Letters and digits that people do not confuse. */
  private static final String LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";

  private static final int CODE_LETTERS = 12;
  private static final int GROUP = 4;
  private static final Pattern IGNORED_IN_CODE = Pattern.compile("[\\s-]+");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secret() {}

  /** 256 random bits, as text. */
  static String token() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random(TOKEN_BYTES));
  }

  /** Nearly 60 random bits, for people to read and type. */
  static String code() {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < CODE_LETTERS; i++) {
      if (i > 0 && i % GROUP == 0) {
        code.append('-');
      }
      code.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return code.toString();
  }

  static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return random;
  }

  /** The hash of a secret: it can check the secret, but not reveal it. */
  static Hash hash(String secret) {
    try {
      return new Hash(
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Replaces the secret of a client that has none; always the same for the same client. */
  static String client(String whose) {
    return hash(whose).hex().substring(0, CLIENT_DIGITS);
  }

  /** The hash of a code, independent of how people type it. */
  static Hash hashOfCode(String code) {
    return hash(IGNORED_IN_CODE.matcher(code).replaceAll("").toLowerCase(Locale.ROOT));
  }
}
