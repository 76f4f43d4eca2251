package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromServer.Welcome;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.names.Person;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a server offers every session, as {@code welcome} tells it.
 *
 * @param server program and version
 * @param seedRoom where programs of the seed's protocol talk
 * @param limits how long names and messages may be
 * @param maxRooms in how many rooms one session may be
 * @param maxAllRooms how many rooms there may be, about; beyond that no session makes one
 * @param maxUnanswered how many requests of one session may wait for their answers; it is not read
 *     from while there are more
 * @param maxReads how many pages are read for one session at once; the same
 * @param messagesPerSecond how many posts are taken in the long run, by delay; 0 is no limit
 * @param guestMessagesPerSecond the same for those who own no name
 * @param messageBurst how many are taken at once before that counts
 * @param pingSeconds after so long without a word a client sends a ping
 */
public record Terms(
    String server,
    RoomName seedRoom,
    Limits limits,
    int maxRooms,
    int maxAllRooms,
    int maxUnanswered,
    int maxReads,
    int messagesPerSecond,
    int guestMessagesPerSecond,
    int messageBurst,
    int pingSeconds) {

  /** What one room takes in a {@code pong}, at most. */
  private static final int HEAD_BYTES = 85;

  /** In how many private rooms a session is at once. */
  private static final int MAX_PRIVATE_ROOMS = 100;

  private static final int MAX_UNANSWERED = 256;
  private static final int MAX_READS = 4;

  private static final List<String> FEATURES =
      List.of(
          "block",
          "claim",
          "delete",
          "history",
          "http",
          "link",
          "members",
          "moderate",
          "private",
          "read",
          "rooms",
          "search",
          "tokens",
          "topic");

  private static final List<String> DURABLE =
      Stream.concat(FEATURES.stream(), Stream.of("durable")).sorted().toList();

  /**
   * What a server offers.
   *
   * @param server program and version
   * @param seedRoom where programs of the seed's protocol talk
   * @param limits how long names and messages may be
   * @param maxRooms in how many rooms one session may be; fewer where a {@code pong} has no space
   * @param maxAllRooms how many rooms there may be, about
   * @param messagesPerSecond how many posts are taken in the long run; 0 is no limit
   * @param guestMessagesPerSecond the same for those who own no name
   * @param messageBurst how many are taken at once before that counts
   * @param pingSeconds after so long without a word a client sends a ping
   */
  public static Terms of(
      String server,
      RoomName seedRoom,
      Limits limits,
      int maxRooms,
      int maxAllRooms,
      int messagesPerSecond,
      int guestMessagesPerSecond,
      int messageBurst,
      int pingSeconds) {
    return new Terms(
        server,
        seedRoom,
        limits,
        Math.min(maxRooms, heads(limits) - maxPrivateRooms(limits)),
        maxAllRooms,
        MAX_UNANSWERED,
        MAX_READS,
        messagesPerSecond,
        guestMessagesPerSecond,
        messageBurst,
        pingSeconds);
  }

  /** How many rooms fit into a {@code pong}. */
  private static int heads(Limits limits) {
    return Math.min(SessionLimits.MAX_ROOMS, ObjectSize.maxListBytes(limits) / HEAD_BYTES);
  }

  /** In how many private rooms a session is at once; these do not count as rooms. */
  int maxPrivateRooms() {
    return maxPrivateRooms(limits);
  }

  private static int maxPrivateRooms(Limits limits) {
    return Math.min(MAX_PRIVATE_ROOMS, heads(limits) / 2);
  }

  /**
   * The answer to a hello.
   *
   * @param durable whether what is acknowledged survives the server
   */
  Welcome welcome(Person who, boolean durable) {
    List<String> features = durable ? DURABLE : FEATURES;
    return new Welcome(
        who.name(), who.owned(), server, limitsOf(who), features, pingSeconds, seedRoom);
  }

  private SortedMap<String, Long> limitsOf(Person who) {
    SortedMap<String, Long> told = new TreeMap<>();
    told.put(Welcome.MAX_MESSAGE_BYTES, (long) limits.maxMessageBytes());
    told.put(Welcome.MAX_NAME_BYTES, (long) limits.maxNameBytes());
    told.put(Welcome.MAX_ROOMS, (long) maxRooms);
    told.put(Welcome.MAX_UNANSWERED, (long) maxUnanswered);
    told.put(Welcome.MAX_READS, (long) maxReads);
    told.put(
        Welcome.MESSAGES_PER_SECOND,
        (long) (who.owned() ? messagesPerSecond : guestMessagesPerSecond));
    told.put(Welcome.MESSAGE_BURST, (long) messageBurst);
    return told;
  }
}
