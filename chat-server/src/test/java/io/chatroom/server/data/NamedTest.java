package io.chatroom.server.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import org.junit.jupiter.api.Test;

class NamedTest {

  private final Named zoe = new Named("zoë");

  @Test
  void matchesInAnySpelling() {
    assertThat(zoe.isMeant("ZOË")).isTrue();
    assertThat(zoe.isMeant("zoe")).isFalse();
    assertThat(zoe.isMeant("zoë!")).isFalse();
  }

  @Test
  void matchesItsPrivateRooms() {
    String room = Pair.of(new Owner("1", "Zoë"), new Owner("2", "bob")).key();
    assertThat(zoe.isMeant(room)).isTrue();
    assertThat(zoe.roomWithout(room))
        .isEqualTo(Pair.of(new Owner("1", "forgotten"), new Owner("2", "bob")).key());
    String other = Pair.of(new Owner("1", "ann"), new Owner("2", "bob")).key();
    assertThat(zoe.roomWithout(other)).isEqualTo(other);
    assertThat(zoe.roomWithout("zoë")).isEqualTo("zoë");
  }
}
