package io.chatroom.system;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Paths with UTF-8 names in any locale.
 *
 * <p>The JDK encodes a path with the locale's charset, and refuses characters that the charset does
 * not have: without a UTF-8 locale it cannot open {@code /home/jürg}. A {@code file:} URI names the
 * bytes themselves, so a path is made from one if necessary.
 */
public final class NativePath {

  private static final String HEX = "0123456789ABCDEF";

  private NativePath() {}

  /**
   * Makes a path from a text; relative to the working directory if it is not absolute.
   *
   * @throws UnreadableTextException if the text cannot be a path
   */
  public static Path of(String text) throws UnreadableTextException {
    if (text.indexOf('\0') >= 0 || NativeText.isDamaged(text)) {
      throw refusal(text);
    }
    Path path = plain(text);
    if (path == null) {
      path = text.startsWith("/") ? ofBytes(text) : relative(text);
    }
    Path here =
        NativeText.isDamaged(System.getProperty("user.dir", "")) ? workingDirectory() : null;
    return here == null || path.isAbsolute() ? path : here.resolve(path);
  }

  /** The path as UTF-8 text; {@link Path#toString} decodes it with the locale's charset. */
  public static String show(Path path) {
    String plain = path.toString();
    if (!NativeText.isDamaged(plain)) {
      return plain;
    }
    // A plus is not a space in a path, and the URI of a directory ends with a slash.
    String bytes = Path.of("/").resolve(path).toUri().getRawPath().replace("+", "%2B");
    String shown = URLDecoder.decode(bytes, StandardCharsets.UTF_8).replaceFirst("(?<=.)/$", "");
    return path.isAbsolute() ? shown : shown.substring(1);
  }

  private static @Nullable Path plain(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static Path relative(String text) throws UnreadableTextException {
    Path rooted = ofBytes("/" + text);
    return rooted.subpath(0, rooted.getNameCount());
  }

  private static Path ofBytes(String text) throws UnreadableTextException {
    StringBuilder uri = new StringBuilder("file://");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/') {
        uri.append('/');
      } else {
        uri.append('%').append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
      }
    }
    try {
      return Path.of(URI.create(uri.toString()));
    } catch (IllegalArgumentException e) {
      throw refusal(text);
    }
  }

  /** The working directory, if the JDK has decoded its name wrongly and cannot resolve paths. */
  private static @Nullable Path workingDirectory() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/cwd"));
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  private static UnreadableTextException refusal(String text) {
    return new UnreadableTextException("\"" + text + "\" cannot be the name of a file");
  }
}
