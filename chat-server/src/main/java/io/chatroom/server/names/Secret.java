package io.chatroom.server.names;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes what proves something, and what is kept of it. Thread-safe. */
final class Secret {

  private static final int TOKEN_BYTES = 32;

  /** As many as one that clients keep has. */
  private static final int CLIENT_DIGITS = 32;

  /** Those that people do not mistake for each other. */
  private static final String LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";

  private static final int CODE_LETTERS = 12;
  private static final int GROUP = 4;
  private static final Pattern NOT_READ = Pattern.compile("[\\s-]+");
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

  /** What is kept of a secret: it proves that somebody has it, and does not tell it. */
  static Hash hash(String secret) {
    try {
      return new Hash(
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What stands for a client that keeps nothing: always the same for the same one. */
  static String client(String whose) {
    return hash(whose).hex().substring(0, CLIENT_DIGITS);
  }

  /** What is kept of a code, however people type it. */
  static Hash hashOfCode(String code) {
    return hash(NOT_READ.matcher(code).replaceAll("").toLowerCase(Locale.ROOT));
  }
}
