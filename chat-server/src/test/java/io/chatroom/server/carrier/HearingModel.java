package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of SESSIONS.md as a model, against which every object from the server is checked.
 * Time passes in rounds: actions of one round take effect in any order, and those of earlier rounds
 * are in effect. So a session can receive in a round everything that some order of its actions
 * would permit, and nothing else.
 *
 * <p>Each text has a unique mark, by which it is found in the bytes.
 */
final class HearingModel {

  static final String OP = "alice";

  private static final Pattern MARK = Pattern.compile("«(\\d+)»");

  /** A room that is not private, and its rules. */
  private static final class Rules {
    final Set<String> banned = new TreeSet<>();
    final Set<String> muted = new TreeSet<>();
    final Set<String> invited = new TreeSet<>();
    boolean closed;
    boolean restricted;
  }

  /** A text, before anybody has received it. */
  private record Said(String room, HearingPeer author, boolean isOwned) {}

  private final List<Said> said = new ArrayList<>();

  /** Texts that were refused, or deleted in an earlier round. */
  private final Set<Integer> withheld = new HashSet<>();

  private final Set<Integer> deletedNow = new HashSet<>();

  /** The text by room and sequence number. */
  private final Map<String, Integer> places = new HashMap<>();

  private final Map<String, Rules> rules = new HashMap<>();
  private final Set<String> bannedFromServer = new TreeSet<>();

  /** Actions undone in this round: the action, the room and the target. */
  private final Set<String> doneNow = new HashSet<>();

  /** The moderation events of this round, in the operator's order. */
  private final List<Runnable> laidDown = new ArrayList<>();

  /** The names that an owner has blocked. */
  private final Map<String, List<String>> blocks = new HashMap<>();

  private final Map<String, HearingPeer> secrets = new HashMap<>();

  HearingModel(List<String> rooms) {
    rooms.forEach(room -> rules.put(room, new Rules()));
  }

  private Rules rules(String room) {
    return rules.computeIfAbsent(room, key -> new Rules());
  }

  /** The model's name for a room: a private room has two names. */
  static String room(HearingPeer peer, String room) {
    if (!room.startsWith("@")) {
      return room;
    }
    String other = room.substring(1);
    boolean inOrder = peer.name().compareTo(other) < 0;
    return "@" + (inOrder ? peer.name() + "+" + other : other + "+" + peer.name());
  }

  /** An object for one client alone. */
  void keepSecret(String secret, HearingPeer of) {
    secrets.put(secret, of);
  }

  // ---- what is done in a round

  /** A text that is about to be posted, or said to be a topic: its mark stands in it. */
  String say(HearingPeer author, String room) {
    String there = room(author, room);
    said.add(new Said(there, author, author.isOwner()));
    int number = said.size() - 1;
    if (!mayHear(author, there) || !mayTalk(author, room)) {
      withheld.add(number);
    }
    return "«" + number + "» cake";
  }

  private boolean mayTalk(HearingPeer author, String room) {
    if (room.startsWith("@")) {
      String other = room.substring(1);
      return author.isOwner()
          && author.rooms() == null
          && !isBlocked(author.name(), other)
          && !isBlocked(other, author.name());
    }
    Rules there = rules(room);
    boolean isSilenced =
        (there.restricted && !isDoneNow("unrestrict", room, null))
            || (there.muted.contains(author.name()) && !isDoneNow("unmute", room, author.name()));
    return author.mayWrite(room) && (author.name().equals(OP) || !isSilenced);
  }

  private boolean isBlocked(String by, String name) {
    return blocks.getOrDefault(by, List.of()).contains(name) && !isDoneNow("unblock", by, name);
  }

  /** A request that changes permissions is about to be sent. */
  void does(String action, @Nullable String room, @Nullable String target) {
    doneNow.add(action + " " + room + " " + target);
  }

  private boolean isDoneNow(String action, @Nullable String room, @Nullable String target) {
    return doneNow.contains(action + " " + room + " " + target);
  }

  /** True if a request of this round may be admitted. */
  private boolean mayJoin(HearingPeer peer, String room) {
    if (!peer.mayRead(room)) {
      return false;
    }
    if (peer.name().equals(OP)) {
      return true;
    }
    Rules there = rules(room);
    if (there.banned.contains(peer.name()) && !isDoneNow("unban", room, peer.name())) {
      return false;
    }
    boolean isInvited =
        peer.isOwner()
            && (there.invited.contains(peer.name()) || isDoneNow("invite", room, peer.name()));
    return !there.closed || isInvited || isDoneNow("open", room, null);
  }

  private boolean mayHear(HearingPeer peer, String room) {
    if (room.startsWith("@")) {
      return peer.isOwner()
          && peer.rooms() == null
          && List.of(room.substring(1).split("\\+", -1)).contains(peer.name());
    }
    return peer.wasIn(room) || (peer.hasAskedFor(room) && mayJoin(peer, room));
  }

  // ---- what comes

  /** Checks that the receiver of an object may know it. */
  void judge(HearingPeer peer, String json) {
    FromServer object = read(json);
    Matcher marks = MARK.matcher(json);
    while (marks.find()) {
      int number = Integer.parseInt(marks.group(1));
      String room = said.get(number).room();
      assertThat(withheld).as("was refused, or deleted before").doesNotContain(number);
      boolean isTopic = object instanceof FromServer.Rooms && !room.startsWith("@");
      assertThat(mayHear(peer, room) || (isTopic && mayJoin(peer, room)))
          .as("may receive messages of %s", room)
          .isTrue();
    }
    secrets.forEach(
        (secret, of) ->
            assertThat(!json.contains(secret) || (of == peer && isTold(json, secret)))
                .as("a secret of %s", of)
                .isTrue());
    judge(peer, object);
  }

  private static FromServer read(String json) {
    try {
      return SessionJson.readServer(Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8)));
    } catch (BadObjectException wrong) {
      throw new AssertionError(wrong);
    }
  }

  /** Checks that a seed member may know a message. */
  void judgeSeed(String heard) {
    Matcher marks = MARK.matcher(heard);
    while (marks.find()) {
      int number = Integer.parseInt(marks.group(1));
      assertThat(withheld).as("was refused, or deleted before").doesNotContain(number);
      assertThat(said.get(number).room()).as("the room of seed members").isEqualTo("lobby");
    }
  }

  private static boolean isTold(String json, String secret) {
    return json.contains("\"token\":\"" + secret) || json.contains("\"code\":\"" + secret);
  }

  private void judge(HearingPeer peer, FromServer object) {
    if (object instanceof FromServer.Welcome welcome) {
      assertThat(peer.isImpostor()).as("is admitted as %s", welcome.name()).isFalse();
      assertThat(welcome.owned()).isEqualTo(peer.isOwner());
      assertThat(bannedFromServer.contains(peer.name()) && !isDoneNow("unban", null, peer.name()))
          .as("is banned")
          .isFalse();
    } else if (object instanceof FromServer.Joined joined) {
      boolean isPrivate = joined.room().isPrivate();
      mustMayHear(peer, joined.room());
      assertThat(isPrivate || peer.wasIn(joined.room().key()) || mayJoin(peer, joined.room().key()))
          .as("may join")
          .isTrue();
      peer.joined(joined.room().key());
    } else if (object instanceof FromServer.Left left) {
      peer.left(left.room().key());
    } else if (object instanceof Entry entry) {
      judge(
          peer, entry, entry instanceof FromServer.Message message ? message.room() : room(entry));
    } else if (object instanceof FromServer.Ack ack) {
      mustMayHear(peer, ack.room());
      places.put(place(peer, ack.room(), ack.seq()), peer.posted(ack.id()));
      assertThat(withheld).as("is acknowledged").doesNotContain(peer.posted(ack.id()));
    } else if (object instanceof FromServer.Gap gap) {
      mustMayHear(peer, gap.room());
    } else if (object instanceof FromServer.Presence presence) {
      mustMayHear(peer, presence.room());
      assertThat(presence.room().isPrivate()).isFalse();
    } else if (object instanceof FromServer.Members members) {
      if (members.room() != null) {
        mustMayHear(peer, members.room());
      }
    } else if (object instanceof FromServer.Page page) {
      if (page.room() != null) {
        mustMayHear(peer, page.room());
      }
      for (Entry entry : page.messages()) {
        judge(peer, entry, room(entry));
      }
    } else if (object instanceof FromServer.Pong pong) {
      pong.heads().keySet().forEach(room -> mustMayHear(peer, room));
    } else if (object instanceof FromServer.Rooms listed) {
      assertThat(listed.rooms()).noneMatch(room -> room.room().isPrivate());
    } else if (object instanceof FromServer.Read read) {
      mustMayHear(peer, read.room());
      assertThat(peer.isOwner() && peer.rooms() == null).isTrue();
    } else if (object instanceof FromServer.Moderated moderated) {
      assertThat(peer.name()).isEqualTo(OP);
      String target = String.valueOf(moderated.target());
      laidDown.add(() -> laid(null, moderated.action(), target));
    } else if (object instanceof FromServer.Blocked blocked) {
      assertThat(peer.isOwner() && peer.rooms() == null).isTrue();
      laidDown.add(() -> blocks.put(peer.name(), blocked.names()));
    } else if (object instanceof FromServer.Owned owned) {
      assertThat(peer.isOwner() && peer.rooms() == null).isTrue();
      keepSecret(owned.token(), peer);
    } else if (object instanceof FromServer.Link link) {
      assertThat(peer.isOwner() && peer.rooms() == null).isTrue();
      keepSecret(link.code(), peer);
    } else if (object instanceof FromServer.Bye) {
      peer.ends();
    } else {
      boolean isForOwner = object instanceof FromServer.Tokens;
      assertThat(isForOwner || object instanceof FromServer.Error).isTrue();
      assertThat(!isForOwner || (peer.isOwner() && peer.rooms() == null)).isTrue();
    }
  }

  private static RoomName room(Entry entry) {
    return entry instanceof FromServer.Message message
        ? message.room()
        : ((FromServer.Event) entry).room();
  }

  private String place(HearingPeer peer, RoomName room, long seq) {
    return room(peer, room.key()) + " " + seq;
  }

  private void mustMayHear(HearingPeer peer, RoomName room) {
    assertThat(mayHear(peer, room(peer, room.key()))).as("may know of %s", room.text()).isTrue();
  }

  private void judge(HearingPeer peer, Entry entry, RoomName room) {
    mustMayHear(peer, room);
    String place = place(peer, room, entry.seq());
    if (entry instanceof FromServer.Message message) {
      Matcher mark = MARK.matcher(String.valueOf(message.text()));
      if (mark.find()) {
        int number = Integer.parseInt(mark.group(1));
        Said text = said.get(number);
        assertThat(text.room()).isEqualTo(room(peer, room.key()));
        assertThat(message.from()).isEqualTo(text.author().name());
        assertThat(message.owned()).as("owned").isEqualTo(text.isOwned());
        places.put(place, number);
      }
    } else if (entry instanceof FromServer.Event event) {
      judge(peer, event, room);
    }
  }

  private void judge(HearingPeer peer, FromServer.Event event, RoomName room) {
    Long deleted = event.targetSeq();
    if (deleted != null) {
      Integer number = places.get(place(peer, room, deleted));
      if (number != null) {
        Said text = said.get(number);
        boolean isAuthor = text.isOwned() && text.author().name().equals(event.by());
        assertThat(isAuthor || (event.by().equals(OP) && !room.isPrivate()))
            .as("%s may delete a message of %s", event.by(), text.author())
            .isTrue();
        deletedNow.add(number);
      }
    } else if (event.kind().equals("moderated")) {
      assertThat(event.by()).isEqualTo(OP);
      if (peer.isWitness() && peer.isNew(room.key(), event.seq())) {
        String action = String.valueOf(event.text());
        String target = String.valueOf(event.target());
        laidDown.add(() -> laid(room.key(), action, target));
      }
    }
  }

  private void laid(@Nullable String room, String action, String target) {
    if (room == null) {
      if (action.equals("ban")) {
        bannedFromServer.add(target);
      } else if (action.equals("unban")) {
        bannedFromServer.remove(target);
      }
      return;
    }
    Rules there = rules(room);
    switch (action) {
      case "ban" -> there.banned.add(target);
      case "unban" -> there.banned.remove(target);
      case "mute" -> there.muted.add(target);
      case "unmute" -> there.muted.remove(target);
      case "close" -> there.closed = true;
      case "open" -> there.closed = false;
      case "invite" -> there.invited.add(target);
      case "uninvite" -> there.invited.remove(target);
      case "restrict" -> there.restricted = true;
      case "unrestrict" -> there.restricted = false;
      default -> assertThat(action).isEqualTo("kick");
    }
  }

  /** Checks, after a round, that kicked people were notified. */
  void end(List<HearingPeer> peers) {
    for (String done : doneNow) {
      List<String> words = List.of(done.split(" ", -1));
      if (words.get(0).equals("kick") || words.get(0).equals("ban")) {
        peers.stream()
            .filter(peer -> peer.name().equals(words.get(2)) && !peer.name().equals(OP))
            .forEach(
                peer -> assertThat(peer.wasPutOut(words.get(1))).as("%s: %s", done, peer).isTrue());
      }
    }
    laidDown.forEach(Runnable::run);
    for (HearingPeer peer : peers) { // members of a room may rejoin after it is closed
      rules.forEach(
          (room, there) -> {
            if (isDoneNow("close", room, null) && peer.isOwner() && peer.mayHaveBeenIn(room)) {
              there.invited.add(peer.name());
            }
          });
    }
    laidDown.clear();
    doneNow.clear();
    withheld.addAll(deletedNow);
    deletedNow.clear();
  }

  int texts() {
    return said.size();
  }

  int withheld() {
    return withheld.size();
  }
}
