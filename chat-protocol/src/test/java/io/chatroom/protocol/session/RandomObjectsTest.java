package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is written is read again as what it was, and written again as the same bytes. */
class RandomObjectsTest {

  private static final int ROUNDS = 300;

  @Test
  void whatClientsSayGoesThereAndBack() throws BadObjectException {
    RandomObjects objects = new RandomObjects(new Random(1));
    for (Supplier<FromClient> maker : objects.clientMakers()) {
      for (int i = 0; i < ROUNDS; i++) {
        FromClient object = maker.get();
        String json = Json.of(object);

        FromClient read = Json.client(json);

        assertThat(read).as(json).isEqualTo(object);
        assertThat(Json.of(read)).isEqualTo(json);
      }
    }
  }

  @Test
  void whatServersSayGoesThereAndBack() throws BadObjectException {
    RandomObjects objects = new RandomObjects(new Random(2));
    for (Supplier<FromServer> maker : objects.serverMakers()) {
      for (int i = 0; i < ROUNDS; i++) {
        FromServer object = maker.get();
        String json = Json.of(object);

        FromServer read = Json.server(json);

        assertThat(read).as(json).isEqualTo(object);
        assertThat(Json.of(read)).isEqualTo(json);
      }
    }
  }

  @Test
  void noTypeIsForgotten() {
    RandomObjects objects = new RandomObjects(new Random(3));

    assertThat(objects.clientMakers().stream().map(maker -> maker.get().getClass().getName()))
        .containsExactlyInAnyOrderElementsOf(permitted(FromClient.class));
    assertThat(objects.serverMakers().stream().map(maker -> maker.get().getClass().getName()))
        .containsExactlyInAnyOrderElementsOf(permitted(FromServer.class));
    assertThat(ClientShapes.ALL).hasSameSizeAs(permitted(FromClient.class));
    assertThat(ServerShapes.ALL).hasSameSizeAs(permitted(FromServer.class));
  }

  private static Set<String> permitted(Class<?> sealed) {
    return Arrays.stream(sealed.getPermittedSubclasses())
        .map(Class::getName)
        .collect(Collectors.toSet());
  }
}
