package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class ObjectWriterTest {

  @Test
  void separatesWhatNeedsIt() {
    assertThat(
            written(
                json ->
                    json.field("a", "x")
                        .field("none", (String) null)
                        .field("n", -1L)
                        .object("empty", inner -> {})
                        .strings("texts", List.of("a", "b"))
                        .objects("ones", List.of(1, 2), n -> json.field("n", (long) n))
                        .object("in", inner -> inner.field("b", true).field("c", false))
                        .field("end", 9L)))
        .isEqualTo(
            "{\"a\":\"x\",\"n\":-1,\"empty\":{},\"texts\":[\"a\",\"b\"],"
                + "\"ones\":[{\"n\":1},{\"n\":2}],\"in\":{\"b\":true,\"c\":false},\"end\":9}");
  }

  /** Each character, and texts of any of them. */
  @Test
  void writesTextsAsJacksonDoes() {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      if (!Character.isSurrogate((char) c)) {
        assertSameAsJackson("a" + (char) c);
      }
    }
    Random random = new Random(9);
    String pieces = "aZ09 \"\\/\n\u0000\u007fé中\u2028\uFFFF";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(8); length > 0; length--) {
        text.append(pieces.charAt(random.nextInt(pieces.length())));
      }
      assertSameAsJackson(text + (random.nextBoolean() ? "🙂" : ""));
    }
  }

  private static void assertSameAsJackson(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeStringProperty("t", text);
      json.writeEndObject();
    }
    assertThat(written(json -> json.field("t", text)))
        .isEqualTo(bytes.toString(StandardCharsets.UTF_8));
  }

  private static String written(Consumer<ObjectWriter> fields) {
    ByteBuf out = Unpooled.buffer();
    try {
      ObjectWriter.write(out, fields);
      return out.toString(StandardCharsets.UTF_8);
    } finally {
      out.release();
    }
  }
}
