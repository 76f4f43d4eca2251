package io.chatroom.server.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SomebodyTest {

  private static final List<Fact> ALL =
      List.of(
          new Fact("owner", "look", "{\"id\":\"7xk\",\"name\":\"Mary Ann\",\"tokens\":[]}"),
          new Fact("owner", "bob", "{\"id\":\"8\",\"name\":\"bob\"}"),
          new Fact("read", "7xk tea", "5"),
          new Fact("read", "8 tea", "5"),
          new Fact("block", "7xk", "[\"bob\"]"),
          new Fact("block", "8", "[\"carl\",\"MARY ANN\"]"),
          new Fact("rule", "tea op mary ann", "{\"by\":\"bob\"}"),
          new Fact("rule", "tea op bob", "{\"by\":\"mary ann\",\"at\":7,\"x\":{\"y\":null}}"),
          new Fact("rule", " ban client 5ac0", "{\"target\":\"Mary Ann\",\"by\":\"bob\"}"),
          new Fact("audit", "0002", "{\"by\":\"bob\",\"target\":\"Mary Ann\"}"),
          new Fact("audit", "0001", "{\"by\":\"bob\",\"why\":\"mary ann is loud\"}"),
          new Fact("odd", "x", "no JSON"));

  private final Somebody mary =
      new Somebody(name -> name.toLowerCase(Locale.ROOT).equals("mary ann"), ALL);

  @Test
  void isFoundByNameAndId() {
    assertThat(ALL.stream().filter(mary::isIn).map(fact -> fact.kind() + " " + fact.key()))
        .containsExactly(
            "owner look",
            "read 7xk tea",
            "block 7xk",
            "block 8",
            "rule tea op mary ann",
            "rule tea op bob",
            "rule  ban client 5ac0",
            "audit 0002");
  }

  @Test
  void changesNoFactsOfOthers() {
    assertThat(ALL.stream().filter(mary::isIn).map(fact -> mary.without(fact, "forgotten")))
        .containsExactly(
            Fact.gone("owner", "look"),
            Fact.gone("read", "7xk tea"),
            Fact.gone("block", "7xk"),
            new Fact("block", "8", "[\"carl\",\"forgotten\"]"),
            Fact.gone("rule", "tea op mary ann"),
            new Fact("rule", "tea op bob", "{\"by\":\"forgotten\",\"at\":7,\"x\":{\"y\":null}}"),
            Fact.gone("rule", " ban client 5ac0"),
            new Fact("audit", "0002", "{\"by\":\"bob\",\"target\":\"forgotten\"}"));
  }
}
