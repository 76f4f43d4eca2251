package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.server.LogCapture;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Person;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The session of an HTTP request ends, even if its connection fails. */
class VisitTest {

  private static final Limits LIMITS = new Limits(64, 1_024);

  static void send(World.Line line, String head, String body) {
    String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
    line.send((head + " HTTP/1.1\r\nHost: x\r\n" + length + "\r\n" + body).getBytes(UTF_8));
  }

  private static World.Line connect(MemoryWorld world) {
    return Objects.requireNonNull(world.connect());
  }

  static String answer(MemoryWorld world, World.Line line) {
    StringBuilder answer = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      world.round();
      answer.append(new String(line.receive(), UTF_8));
    }
    return answer.toString();
  }

  /** Otherwise every aborted request would leak its session. */
  @ParameterizedTest
  @ValueSource(strings = {"messages", "events?last=9"})
  void endsWithItsConnection(String what) {
    try (MemoryWorld world = new MemoryWorld(1, 2, 100, LIMITS)) {
      World.Line poster = connect(world);
      send(poster, "POST /api/rooms/tea/messages?name=ci", "hello");
      assertThat(answer(world, poster)).startsWith("HTTP/1.1 201 ");
      assertThat(world.sessions().size()).isZero();

      World.Line reader = connect(world);
      send(reader, "GET /api/rooms/tea/" + what, "");
      world.roundWithoutReads();
      assertThat(world.sessions().size()).as("it waits for what is read").isEqualTo(1);
      reader.cut();
      world.roundWithoutReads();
      assertThat(world.sessions().size()).isZero();
    }
  }

  /** A defect of the server must not leave a visitor in the room. */
  @ParameterizedTest
  @ValueSource(
      strings = {"POST /api/rooms/tea/messages?name=ci", "GET /api/rooms/tea/events?name=ci"})
  void endsAfterAMistakeOfTheServers(String request) {
    try (LogCapture log = new LogCapture();
        MemoryWorld world = new MemoryWorld(1, 1, LIMITS, new MistakenPeople())) {
      World.Line line = connect(world);
      send(line, request, request.startsWith("POST") ? "hello" : "");
      assertThat(answer(world, line)).startsWith("HTTP/1.1 500 ").contains("\"internal\"");
      assertThat(world.sessions().size()).isZero();
      assertThat(log.errors()).singleElement().asString().contains("closed after an internal");
    }
  }

  private static final class MistakenPeople extends People {

    MistakenPeople() {}

    @Override
    public @Nullable Denial mayAsk(Person person, FromClient request) {
      throw new IllegalArgumentException("a mistake");
    }
  }
}
