package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * In random conversations in which an operator mutes and kicks people: refused posts get no
 * sequence number, and a kicked member receives nothing more of the room. A run is reproducible by
 * its seed.
 */
class OrderLawsTest {

  private static final int RUNS = 20;
  private static final int STEPS = 150;
  private static final List<String> GUESTS = List.of("bob", "carol", "dave");
  private static final Pattern SEQ = Pattern.compile("\"room\":\"tea\",\"seq\":(\\d+)");
  private static final Pattern REFUSED = Pattern.compile("\"id\":\"(\\d+)\",\"code\":\"muted\"");

  private long refusals;
  private long departures;

  @Test
  void holdWhateverHappens() {
    for (long seed = 0; seed < RUNS; seed++) {
      try (LogCapture log = new LogCapture();
          MemoryWorld world = new MemoryWorld(seed, 10, 1_000, new Limits(64, 4_000))) {
        run(seed, world);
        assertThat(log.errors()).as("seed %d", seed).isEmpty();
      }
    }
    assertThat(refusals).isGreaterThan(RUNS);
    assertThat(departures).isGreaterThan(RUNS);
  }

  private void run(long seed, MemoryWorld world) {
    Random random = new Random(seed);
    JsonPeer op = new JsonPeer(world);
    op.say("{'type':'hello','v':2,'name':'op','client':'%s'}".formatted(JsonPeer.client("op")));
    op.say("{'type':'claim','q':'c'}");
    settle(world);
    op.say("{'type':'join','room':'tea'}");
    settle(world);
    List<JsonPeer> guests = new ArrayList<>();
    GUESTS.forEach(name -> guests.add(new JsonPeer(world, name, "tea")));
    settle(world);
    for (int i = 0; i < STEPS; i++) {
      int who = random.nextInt(guests.size());
      switch (random.nextInt(8)) {
        case 0 -> order(op, "mute", GUESTS.get(who));
        case 1, 2 -> order(op, "unmute", GUESTS.get(who));
        case 3 -> order(op, "kick", GUESTS.get(who));
        case 4 -> guests.get(who).say("{'type':'join','q':'j','room':'tea'}");
        default -> guests.get(who).post("tea", GUESTS.get(who) + "-" + i);
      }
      if (random.nextInt(3) > 0) {
        world.pump();
      }
    }
    settle(world);
    op.hear();
    guests.forEach(JsonPeer::hear);
    judge(seed, op, guests);
  }

  private static void order(JsonPeer op, String action, String target) {
    op.say(
        "{'type':'moderate','q':'m','action':'%s','room':'tea','target':'%s'}"
            .formatted(action, target));
  }

  private static void settle(MemoryWorld world) {
    for (int i = 0; i < 30; i++) {
      world.round();
    }
  }

  private void judge(long seed, JsonPeer op, List<JsonPeer> guests) {
    long next = 1;
    for (String object : op.objects) {
      Matcher seq = SEQ.matcher(object);
      if (seq.find() && !object.contains("\"joined\"")) {
        assertThat(seq.group(1)).as("seed %d, dense", seed).isEqualTo("" + next++);
      }
    }
    assertThat(next).as("seed %d, something was said", seed).isGreaterThan(20);
    for (int i = 0; i < guests.size(); i++) {
      String as = "seed " + seed + ", " + GUESTS.get(i);
      Set<String> muted = new HashSet<>();
      boolean isIn = true;
      for (String object : guests.get(i).objects) {
        if (object.contains("\"joined\"")) {
          isIn = true;
        } else if (object.contains("\"left\"")) {
          assertThat(isIn).as(as).isTrue();
          isIn = false;
        } else if (SEQ.matcher(object).find()) {
          assertThat(isIn).as("%s hears %s", as, object).isTrue();
        }
        Matcher refused = REFUSED.matcher(object);
        if (refused.find()) {
          assertThat(muted.add(refused.group(1))).as(as).isTrue();
        }
      }
      for (String object : guests.get(i).objects) {
        if (object.contains("\"ack\"")) {
          assertThat(muted).as(as).noneMatch(id -> object.contains("\"id\":\"" + id + "\""));
        }
      }
    }
    long refused = guests.stream().mapToLong(guest -> guest.heard("\"code\":\"muted\"")).sum();
    long outside = guests.stream().mapToLong(guest -> guest.heard("\"not-joined\"")).sum();
    refusals += refused;
    departures += guests.stream().mapToLong(guest -> guest.heard("\"left\"")).sum();
    long heard = op.heard("\"type\":\"message\"");
    long said = guests.stream().mapToLong(JsonPeer::said).sum();
    assertThat(heard + refused + outside).as("seed %d, no post is lost", seed).isEqualTo(said);
  }
}
