package io.chatroom.server.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.front.Newcomer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packed page, and its caching headers. */
class PageFilesTest {

  private static final Pattern ASSETS = Pattern.compile("/assets/[0-9a-f]{16}/");

  private final Routes routes = new Routes(PageFiles.routes());

  /** An answer, with its body as text. */
  private record Got(int status, Map<String, String> headers, String body) {}

  private Got get(String path, String... headers) {
    HttpHeaders all = new DefaultHttpHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1]);
    }
    List<String> parts = Routes.split(path);
    Route route =
        Objects.requireNonNull(Objects.requireNonNull(routes.at(parts), path).route("GET"));
    List<Answer> answers = new ArrayList<>();
    route
        .endpoint()
        .answer(
            new Request("GET", parts, Map.of(), all, Unpooled.EMPTY_BUFFER, null),
            new OnlyAnswers(answers));
    ByteBuf body = answers.get(0).body();
    return new Got(answers.get(0).status(), answers.get(0).headers(), body.toString(ISO_8859_1));
  }

  /** Collects answers; files use nothing else. */
  private record OnlyAnswers(List<Answer> answers) implements Responder {

    @Override
    public void answer(Answer answer) {
      answers.add(answer);
    }

    @Override
    public io.chatroom.server.web.Stream stream(Map<String, String> headers) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void whenGone(Runnable task) {}

    @Override
    public Newcomer connection() {
      throw new UnsupportedOperationException();
    }
  }

  private static String unpacked(String body) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(body.getBytes(ISO_8859_1))).readAllBytes(),
        ISO_8859_1);
  }

  @Test
  void startPageNamesExistingAssets() {
    Got start = get("/");
    assertThat(start.headers())
        .containsEntry("content-type", "text/html; charset=utf-8")
        .containsEntry("cache-control", "no-cache");
    assertThat(start.body()).doesNotContain("%ASSETS%");
    List<String> named =
        Pattern.compile("(?:href|src)=\"(/[^\"]+)\"")
            .matcher(start.body())
            .results()
            .map(found -> found.group(1))
            .filter(path -> !path.startsWith("/api"))
            .toList();
    assertThat(named)
        .hasSizeGreaterThan(2)
        .allSatisfy(path -> assertThat(get(path).status()).as(path).isEqualTo(200));
  }

  @Test
  void assetsAreCachedForever() {
    String style = asset("style.css");
    assertThat(style).matches(ASSETS.pattern() + "style\\.css");
    assertThat(get(style).headers())
        .containsEntry("cache-control", "public, max-age=31536000, immutable")
        .containsEntry("content-type", "text/css; charset=utf-8");
    assertThat(routes.at(Routes.split("/assets/0123456789abcdef/style.css"))).isNull();
  }

  private String asset(String name) {
    return PageFiles.routes().stream()
        .map(Route::pattern)
        .filter(path -> path.endsWith("/" + name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void servesWellKnownPaths() {
    assertThat(get("/robots.txt").body()).contains("Disallow: /");
    assertThat(get("/favicon.ico").headers()).containsEntry("content-type", "image/svg+xml");
    assertThat(get("/manifest.webmanifest").headers())
        .containsEntry("content-type", "application/manifest+json");
    assertThat(get("/sw.js").headers())
        .containsEntry("content-type", "text/javascript; charset=utf-8")
        .containsEntry("cache-control", "no-cache");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "GZIP | true",
        "br, gzip;q=0.1 | true",
        "deflate, gzip;q=1.0, *;q=0.5 | true",
        "* | true",
        "gzip;q=0 | false",
        "gzip;q=0.000, * | false",
        "*;q=0 | false",
        "br | false",
        "xgzip | false",
        "'' | false",
      })
  void sendsGzipIfAccepted(String accepted, boolean gzip) throws IOException {
    Got plain = get("/");
    Got got = get("/", "accept-encoding", accepted);
    assertThat(got.headers()).containsEntry("vary", "accept-encoding");
    assertThat(plain.headers()).containsEntry("vary", "accept-encoding");
    if (gzip) {
      assertThat(got.headers()).containsEntry("content-encoding", "gzip");
      assertThat(got.body().length()).isLessThan(plain.body().length());
      assertThat(unpacked(got.body())).isEqualTo(plain.body());
      assertThat(got.headers().get("etag")).isNotEqualTo(plain.headers().get("etag"));
    } else {
      assertThat(got).isEqualTo(plain);
    }
  }

  @Test
  void sendsNoBodyIfUnchanged() {
    String tag = Objects.requireNonNull(get("/").headers().get("etag"));
    assertThat(tag).matches("\"[0-9a-f]{16}\"");
    for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      Got got = get("/", "if-none-match", known);
      assertThat(got.status()).as(known).isEqualTo(304);
      assertThat(got.body()).isEmpty();
      assertThat(got.headers())
          .containsEntry("etag", tag)
          .containsEntry("cache-control", "no-cache")
          .doesNotContainKey("content-type");
    }
    assertThat(get("/", "if-none-match", "\"x\"").status()).isEqualTo(200);
    assertThat(get("/", "if-none-match", tag, "accept-encoding", "gzip").status()).isEqualTo(200);
  }

  /** What a browser must load before it can show anything. */
  @Test
  void pageIsSmall() {
    int bytes =
        PageFiles.routes().stream()
            .map(Route::pattern)
            .filter(path -> !path.equals("/favicon.ico"))
            .mapToInt(path -> get(path, "accept-encoding", "gzip").body().length())
            .sum();
    assertThat(bytes).isLessThan(100_000);
  }

  // ---- packing

  @Test
  void packingIsReproducible(@TempDir Path dir) throws IOException {
    Path page = page(dir.resolve("page"), "a");
    PagePacker.main(new String[] {page.toString(), dir.resolve("one").toString()});
    Files.writeString(Files.createDirectories(dir.resolve("two")).resolve("old"), "from before");
    PagePacker.main(new String[] {page.toString(), dir.resolve("two").toString()});
    assertThat(packed(dir.resolve("two")))
        .isEqualTo(packed(dir.resolve("one")))
        .containsKeys("index", "index.html", "js/main.js", "js/main.js.gz")
        .doesNotContainKey("old");
  }

  /** One hash for all assets: they refer to each other by relative paths. */
  @Test
  void changedAssetChangesThePathOfAll(@TempDir Path dir) throws IOException {
    for (String text : List.of("a", "b")) {
      PagePacker.main(
          new String[] {
            page(dir.resolve("page" + text), text).toString(), dir.resolve(text).toString()
          });
    }
    String a = Files.readString(dir.resolve("a").resolve("index.html"));
    assertThat(a).containsPattern("^" + ASSETS.pattern() + "js/main.js$");
    assertThat(Files.readString(dir.resolve("b").resolve("index.html"))).isNotEqualTo(a);
  }

  @Test
  void unknownTypeFailsTheBuild(@TempDir Path dir) throws IOException {
    Path page = page(dir.resolve("page"), "a");
    Files.writeString(page.resolve("x.exe"), "");
    assertThatThrownBy(
            () -> PagePacker.main(new String[] {page.toString(), dir.resolve("to").toString()}))
        .hasMessageContaining("x.exe");
  }

  private static Path page(Path page, String text) throws IOException {
    Files.createDirectories(page.resolve("js"));
    Files.writeString(
        page.resolve("js").resolve("main.js"),
        "export const " + text + " = 1;\n" + "x();\n".repeat(100));
    Files.writeString(page.resolve("index.html"), "%ASSETS%/js/main.js");
    return page;
  }

  private static Map<String, String> packed(Path dir) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.put(dir.relativize(file).toString(), new String(Files.readAllBytes(file), ISO_8859_1));
      }
    }
    return all;
  }
}
