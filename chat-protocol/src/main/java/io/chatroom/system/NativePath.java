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
 * Paths whose names are UTF-8, whatever the locale says.
 *
 * <p>The JDK makes the bytes of a path with the locale's charset, and refuses what that does not
 * have: outside a UTF-8 locale there is no {@code /home/jürg} for it. A {@code file:} URI names the
 * bytes themselves, so a path is made of one where that is necessary.
 */
public final class NativePath {

  private static final String HEX = "0123456789ABCDEF";

  private NativePath() {}

  /**
   * The path that this text names, which is relative to the working directory if it is not
   * absolute.
   *
   * @throws UnreadableTextException if there is no such path
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

  /** The path as people write it: {@link Path#toString} decodes it with the locale's charset. */
  public static String show(Path path) {
    String plain = path.toString();
    if (!NativeText.isDamaged(plain)) {
      return plain;
    }
    // A plus is no blank in a path, and a directory's URI ends with a slash.
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

  /** The JDK resolves against the name of it that it has decoded, which is no directory's. */
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
