package io.chatroom.server.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second, simple reading of HTTP: recognises valid requests and those that must not be answered,
 * and ignores the rest.
 *
 * @param requests those for an endpoint of {@link HttpWorld}, as it records them
 * @param isOver true if no request after them may be answered
 */
record HttpModel(List<String> requests, boolean isOver) {

  private static final Pattern BETWEEN = Pattern.compile("[\\x00-\\x20]*");
  private static final Pattern HEAD =
      Pattern.compile("(?s)(?<head>.*?\\r?\\n)\\r?\\n", Pattern.DOTALL);
  private static final Pattern BROKEN = Pattern.compile("\\r(?!\\n)|\\n[ \\t]");
  private static final Pattern BY_THE_BOOK =
      Pattern.compile(
          "(?<method>GET|POST|HEAD|PUT|DELETE) (?<path>/[a-z]*) HTTP/1\\.(?<minor>[01])\\r\\n"
              + "(?<headers>(?:[A-Za-z-]+: [!-~](?:[ -~]*[!-~])?\\r\\n)*)");
  private static final Pattern CHUNK =
      Pattern.compile("(?<size>[0-9a-f]{1,4})(?:;[a-z]+=[a-z]+)?\\r\\n");

  /** Paths whose requests may end the connection, or get no answer. */
  private static final Set<String> ENDING =
      Set.of("/ws", "/fails", "/injects", "/later", "/stream");

  private static final int LONGEST_HEAD = 4_000;
  private static final int MOST_HEADERS = 100;

  static HttpModel of(String text) {
    List<String> requests = new ArrayList<>();
    int next = 0;
    while (true) {
      Matcher between = BETWEEN.matcher(text).region(next, text.length());
      next = between.lookingAt() ? between.end() : next;
      Matcher head = HEAD.matcher(text).region(next, text.length());
      if (!head.lookingAt() || head.group().length() > LONGEST_HEAD) {
        return new HttpModel(requests, false);
      }
      if (BROKEN.matcher(head.group()).find()) {
        return new HttpModel(requests, true);
      }
      Matcher book = BY_THE_BOOK.matcher(head.group("head"));
      if (!book.matches()) {
        return new HttpModel(requests, false);
      }
      Map<String, List<String>> headers = headers(book.group("headers"));
      List<String> lengths = headers.getOrDefault("content-length", List.of());
      List<String> codings = headers.getOrDefault("transfer-encoding", List.of());
      if (lengths.size() + codings.size() > 1
          || !lengths.stream().allMatch(length -> length.matches("[0-9]+"))
          || !codings.stream().allMatch(coding -> coding.equalsIgnoreCase("chunked"))) {
        return new HttpModel(requests, true);
      }
      boolean isOld = book.group("minor").equals("0");
      if (headers.getOrDefault("host", List.of()).size() != 1
          || headers.values().stream().mapToInt(List::size).sum() > MOST_HEADERS
          || headers.containsKey("expect")
          || headers.containsKey("upgrade")
          || (isOld && !codings.isEmpty())) {
        return new HttpModel(requests, false);
      }
      Body body =
          codings.isEmpty()
              ? Body.ofLength(text, head.end(), lengths)
              : Body.inChunks(text, head.end());
      String request = book.group("method") + " " + book.group("path");
      boolean isEcho = request.equals("POST /echo");
      if (ENDING.contains(book.group("path"))
          || !body.isHere
          || (!body.content.isEmpty() && !isEcho)) {
        return new HttpModel(requests, false);
      }
      if (request.matches("(GET|HEAD) /(hello)?") || isEcho) {
        requests.add(request.replace("HEAD", "GET").replace("/", "") + body.content);
      }
      if (isOld || headers.containsKey("connection")) {
        boolean closes =
            headers.getOrDefault("connection", List.of("close")).equals(List.of("close"));
        return new HttpModel(requests, closes);
      }
      next = body.end;
    }
  }

  private static Map<String, List<String>> headers(String lines) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line : lines.lines().toList()) {
      int colon = line.indexOf(": ");
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), n -> new ArrayList<>())
          .add(line.substring(colon + 2));
    }
    return headers;
  }

  private record Body(boolean isHere, String content, int end) {

    private static final Body MISSING = new Body(false, "", 0);

    static Body ofLength(String text, int start, List<String> lengths) {
      String digits = lengths.isEmpty() ? "0" : lengths.get(0);
      if (digits.length() > 6) {
        return MISSING;
      }
      int length = Integer.parseInt(digits);
      return length > HttpWorld.MAX_BODY_BYTES || text.length() - start < length
          ? MISSING
          : new Body(true, text.substring(start, start + length), start + length);
    }

    static Body inChunks(String text, int start) {
      StringBuilder content = new StringBuilder();
      int next = start;
      while (true) {
        Matcher chunk = CHUNK.matcher(text).region(next, text.length());
        if (!chunk.lookingAt()) {
          return MISSING;
        }
        int size = Integer.parseInt(chunk.group("size"), 16);
        next = chunk.end() + size;
        if (!text.startsWith("\r\n", next) || content.length() + size > HttpWorld.MAX_BODY_BYTES) {
          return MISSING;
        }
        content.append(text, chunk.end(), next);
        next += 2;
        if (size == 0) {
          return new Body(true, content.toString(), next);
        }
      }
    }
  }
}
