package io.chatroom.server.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.ProtocolException;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detects request lines byte by byte, and checks origins. */
class HttpSurfaceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"GET / HTTP/1.1", "POST  /x  HTTP/1.0", "GET /\r\n", "GET \n", "HEAD / HTTP/2"})
  void passesOnRequestLines(String line) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestLine());
    for (byte b : line.getBytes(US_ASCII)) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
    }
    assertThat(channel.inboundMessages()).hasSize(line.length());
    assertThat(channel.pipeline().get(RequestLine.class)).isNull();
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP2", "GET / x", "GET /x 1", "PUT a HTTPS"})
  void refusesOtherLinesAtTheFirstWrongByte(String line) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestLine());
    byte[] bytes = line.getBytes(US_ASCII);
    for (int i = 0; i < bytes.length - 1; i++) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {bytes[i]}));
    }
    assertThatThrownBy(
            () -> channel.writeInbound(Unpooled.wrappedBuffer(bytes, bytes.length - 1, 1)))
        .isInstanceOf(ProtocolException.class);
    channel.finishAndReleaseAll();
  }

  @Test
  void readsOriginsInAnySpelling() {
    assertThat(Origins.parse("off")).isEqualTo(Origins.parse("OFF"));
    Origins origins = Origins.parse("https://A.example:443 , http://b.example:8080");
    assertThat(Objects.requireNonNull(origins).others())
        .containsExactlyInAnyOrder("https://a.example", "http://b.example:8080");
    for (String wrong :
        List.of(
            "", "a.example", "*", "https://a.example/", "https://a.example,", "ftp://a", "null")) {
      assertThat(Origins.parse(wrong)).as(wrong).isNull();
    }
  }

  @Test
  void requiresAnOriginOfPagesOnly() {
    Origins none = new Origins(Set.of());
    assertThat(none.allow(List.of(), List.of())).isTrue();
    assertThat(none.allow(List.of("http://[::1]:3306"), List.of("[::1]:3306"))).isTrue();
    assertThat(none.allow(List.of("http://a"), List.of("a", "b"))).isFalse();
    assertThat(none.allow(List.of("http://a", "http://b"), List.of("a"))).isFalse();
    assertThat(none.allow(List.of("http://a"), List.of())).isFalse();
    assertThat(none.allow(List.of("http://a"), List.of(""))).isFalse();
  }
}
