package io.chatroom.server.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Packs the page at build time: joins its modules into one, copies all other files, compresses each
 * with gzip, and writes an index for {@link PageFiles}. The output depends on the input alone.
 *
 * <p>A few files have well-known paths, and browsers revalidate them each time. All others are
 * assets below a path that contains the hash of all assets: browsers may cache them forever,
 * because a changed page has other paths. In files with a well-known path, {@code %ASSETS%} stands
 * for that path.
 */
public final class PagePacker {

  /** Name of the index file. */
  static final String INDEX = "index";

  /** Suffix of compressed files. */
  static final String GZIP = ".gz";

  private static final String START = "index.html";
  private static final String MAIN = "js/main.js";
  private static final String ICON = "icon.svg";
  private static final Set<String> KNOWN =
      Set.of(START, "sw.js", "manifest.webmanifest", "robots.txt");

  private static final int HASH_BYTES = 8;

  private final Path from;
  private final Path to;
  private final List<String> index = new ArrayList<>();

  private PagePacker(Path from, Path to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Packs a directory.
   *
   * @param args the source directory and the target directory, which is emptied first
   */
  public static void main(String[] args) throws IOException {
    new PagePacker(Path.of(args[0]), Path.of(args[1])).pack();
  }

  private void pack() throws IOException {
    empty();
    TreeMap<String, byte[]> assets = new TreeMap<>();
    TreeMap<String, byte[]> known = new TreeMap<>();
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = from.relativize(file).toString().replace('\\', '/');
        (KNOWN.contains(name) ? known : assets).put(name, Files.readAllBytes(file));
      }
    }
    join(assets);
    String base = "/assets/" + hash(assets);
    for (var asset : assets.entrySet()) {
      add(base + "/" + asset.getKey(), asset.getKey(), asset.getValue(), true);
    }
    for (var file : known.entrySet()) {
      String text = new String(file.getValue(), StandardCharsets.UTF_8);
      byte[] bytes = text.replace("%ASSETS%", base).getBytes(StandardCharsets.UTF_8);
      String name = file.getKey();
      add(name.equals(START) ? "/" : "/" + name, name, bytes, false);
    }
    byte[] icon = assets.get(ICON);
    if (icon != null) {
      add("/favicon.ico", ICON, icon, false);
    }
    Files.write(
        to.resolve(INDEX), (String.join("\n", index) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces the modules by the joined one. */
  private static void join(SortedMap<String, byte[]> assets) {
    Map<String, String> sources = new HashMap<>();
    for (String name : List.copyOf(assets.keySet())) {
      if (name.endsWith(".js")) {
        sources.put(name, new String(assets.remove(name), StandardCharsets.UTF_8));
      }
    }
    if (!sources.isEmpty()) {
      assets.put(MAIN, PageModules.join(sources, MAIN).getBytes(StandardCharsets.UTF_8));
    }
  }

  private void empty() throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> all = Files.walk(to)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
    Files.createDirectories(to);
  }

  private void add(String path, String name, byte[] bytes, boolean isAsset) throws IOException {
    Path file = to.resolve(name);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, bytes);
    byte[] packed = gzip(bytes);
    boolean isSmaller = packed.length < bytes.length;
    if (isSmaller) {
      Files.write(to.resolve(name + GZIP), packed);
    }
    MessageDigest digest = sha256();
    index.add(
        String.join(
            "\t",
            path,
            name,
            type(name),
            HexFormat.of().formatHex(digest.digest(bytes), 0, HASH_BYTES),
            isAsset ? PageFiles.FOR_EVER : PageFiles.ASK_AGAIN,
            isSmaller ? PageFiles.PACKED : PageFiles.AS_IT_IS));
  }

  private static String type(String name) {
    String end = name.substring(name.lastIndexOf('.') + 1);
    return switch (end) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      case "webmanifest" -> "application/manifest+json";
      case "txt" -> "text/plain; charset=utf-8";
      default ->
          throw new IllegalArgumentException(
              name + " has an unknown type, expected html, css, js, svg, png, webmanifest or txt");
    };
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new Smallest(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static String hash(SortedMap<String, byte[]> files) {
    MessageDigest digest = sha256();
    files.forEach(
        (name, bytes) -> {
          digest.update((name + "\0" + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
          digest.update(bytes);
        });
    return HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Best compression, no timestamp. */
  private static final class Smallest extends GZIPOutputStream {
    Smallest(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
