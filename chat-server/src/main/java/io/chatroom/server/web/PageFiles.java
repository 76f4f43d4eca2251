package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of the page, which {@link PagePacker} has packed into the jar. Loaded once. */
public final class PageFiles {

  /** In the index: browsers may cache it forever. */
  static final String FOR_EVER = "for-ever";

  /** In the index: browsers must revalidate it. */
  static final String ASK_AGAIN = "ask-again";

  /** In the index: there is also a gzip form. */
  static final String PACKED = "packed";

  /** In the index: there is no gzip form, because it would not be smaller. */
  static final String AS_IT_IS = "as-it-is";

  private static final String DIRECTORY = "/page/";
  private static final Pattern TAB = Pattern.compile("\t");
  private static final Pattern COMMA = Pattern.compile(",");

  /** An element of an accept list, with its weight (RFC 9110, 12.4.2). */
  private static final Pattern ACCEPTED =
      Pattern.compile("\\s*([^\\s;]+)\\s*(?:;\\s*[qQ]\\s*=\\s*([0-9.]+)\\s*)?");

  /**
   * A file.
   *
   * @param packed its gzip form, or null
   */
  private record PageFile(
      String type, String tag, boolean forEver, ByteBuf plain, @Nullable ByteBuf packed)
      implements Endpoint {

    @Override
    public void answer(Request request, Responder to) {
      boolean gzip = packed != null && takesGzip(request.headers().getAll("accept-encoding"));
      String etag = "\"" + tag + (gzip ? "-gz" : "") + "\"";
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("etag", etag);
      headers.put("cache-control", forEver ? "public, max-age=31536000, immutable" : "no-cache");
      if (packed != null) {
        headers.put("vary", "accept-encoding");
      }
      if (isKnown(etag, request.headers().getAll("if-none-match"))) {
        to.answer(new Answer(304, headers, Unpooled.EMPTY_BUFFER));
        return;
      }
      headers.put("content-type", type);
      if (gzip) {
        headers.put("content-encoding", "gzip");
      }
      ByteBuf body = gzip && packed != null ? packed : plain;
      to.answer(new Answer(200, headers, body.duplicate()));
    }
  }

  private PageFiles() {}

  /** Loads all files, and returns their routes. */
  public static List<Route> routes() {
    try {
      List<Route> routes = new ArrayList<>();
      String index = new String(read(PagePacker.INDEX), StandardCharsets.UTF_8);
      for (String line : index.lines().toList()) {
        List<String> parts = List.of(TAB.split(line, -1));
        String name = parts.get(1);
        boolean isPacked = parts.get(5).equals(PACKED);
        PageFile file =
            new PageFile(
                parts.get(2),
                parts.get(3),
                parts.get(4).equals(FOR_EVER),
                shared(name),
                isPacked ? shared(name + PagePacker.GZIP) : null);
        routes.add(new Route("GET", parts.get(0), RequestKind.PAGE, file));
      }
      return routes;
    } catch (IOException e) {
      throw new UncheckedIOException("the jar does not contain the packed page", e);
    }
  }

  /** A file outside the heap, ready for the network; never freed. */
  private static ByteBuf shared(String name) throws IOException {
    byte[] bytes = read(name);
    ByteBuffer outside = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(outside.asReadOnlyBuffer()));
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = PageFiles.class.getResourceAsStream(DIRECTORY + name)) {
      if (in == null) {
        throw new FileNotFoundException(DIRECTORY + name);
      }
      return in.readAllBytes();
    }
  }

  /** Returns true if gzip is accepted, by name or by a wildcard. */
  static boolean takesGzip(List<String> accepted) {
    boolean any = false;
    for (String list : accepted) {
      for (String each : COMMA.split(list, -1)) {
        Matcher coding = ACCEPTED.matcher(each);
        if (!coding.matches()) {
          continue;
        }
        String weight = coding.group(2);
        boolean wanted = weight == null || !weight.matches("[0.]+");
        if (coding.group(1).equalsIgnoreCase("gzip")) {
          return wanted;
        }
        any |= wanted && coding.group(1).equals("*");
      }
    }
    return any;
  }

  /** Compares weakly (RFC 9110, 13.1.2). */
  private static boolean isKnown(String etag, List<String> known) {
    for (String list : known) {
      for (String each : COMMA.split(list, -1)) {
        String tag = each.strip();
        if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
          return true;
        }
      }
    }
    return false;
  }
}
