package io.chatroom.server.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract of all {@link Facts}. */
public abstract class FactsContract {

  /** Empty at the start of each test. */
  protected abstract Facts facts() throws IOException;

  protected final void change(Fact... changes) throws Exception {
    facts().change(List.of(changes)).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void isEmptyAtTheStart() throws Exception {
    assertThat(facts().read("owner", "", 10)).isEmpty();
  }

  @Test
  void keepsChanges() throws Exception {
    change(new Fact("owner", "bob", "{\"n\":1}"), new Fact("ban", "bob", "{}"));
    assertThat(facts().read("owner", "", 10))
        .containsExactly(new Fact("owner", "bob", "{\"n\":1}"));
    assertThat(facts().read("ban", "", 10)).containsExactly(new Fact("ban", "bob", "{}"));
  }

  @Test
  void replacesAndForgets() throws Exception {
    change(new Fact("owner", "bob", "1"), new Fact("owner", "eve", "1"));
    change(new Fact("owner", "bob", "2"), Fact.gone("owner", "eve"), Fact.gone("owner", "nobody"));
    assertThat(facts().read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "2"));
  }

  @Test
  void passesAllFactsInTheOrderOfKeysAndNoneOfItsOwnChanges() throws Exception {
    change(new Fact("owner", "eve", "1"), new Fact("owner", "bob", "2"), new Fact("ban", "x", "1"));
    List<Fact> told = new ArrayList<>();
    facts().follow("owner", told::add);
    change(new Fact("owner", "carol", "3"));
    assertThat(told).containsExactly(new Fact("owner", "bob", "2"), new Fact("owner", "eve", "1"));
  }

  @Test
  void putsAsItChanges() throws Exception {
    change(new Fact("owner", "bob", "1"));
    facts()
        .put(List.of(new Fact("owner", "bob", "2"), new Fact("owner", "eve", "1")))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    assertThat(facts().read("owner", "", 10))
        .containsExactly(new Fact("owner", "bob", "2"), new Fact("owner", "eve", "1"));
  }

  @Test
  void theLaterOfTwoInOneChangeWins() throws Exception {
    change(new Fact("owner", "bob", "1"), new Fact("owner", "bob", "2"));
    change(new Fact("owner", "eve", "1"), Fact.gone("owner", "eve"));
    assertThat(facts().read("owner", "", 10)).containsExactly(new Fact("owner", "bob", "2"));
  }

  @Test
  void readsPageByPageInTheOrderOfCodePoints() throws Exception {
    List<String> keys = List.of("a", "aa", "b", "é", "\uff21", "😀");
    List<String> mixed = List.of("😀", "b", "\uff21", "a", "é", "aa");
    for (String key : mixed) {
      change(new Fact("owner", key, key));
    }
    List<String> read = new ArrayList<>();
    String after = "";
    while (true) {
      List<Fact> page = facts().read("owner", after, 2);
      if (page.isEmpty()) {
        break;
      }
      page.forEach(fact -> read.add(fact.key()));
      after = read.get(read.size() - 1);
    }
    assertThat(read).isEqualTo(keys);
  }
}
