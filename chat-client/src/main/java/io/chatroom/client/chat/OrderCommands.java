package io.chatroom.client.chat;

import io.chatroom.client.SessionClient;
import io.chatroom.client.chat.ChatSession.Reply;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs the commands about names, moderation and bots. The answers come later. */
final class OrderCommands {

  private static final Set<String> FLAGS = Set.of("server", "address");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final Rooms rooms;
  private final Desk desk;
  private final Screen screen;

  OrderCommands(Rooms rooms, Desk desk) {
    this.rooms = rooms;
    this.desk = desk;
    screen = desk.screen();
  }

  /**
   * Runs a command.
   *
   * @param here the room on the screen, or null
   */
  Reply run(SessionClient now, Verb verb, String argument, @Nullable RoomName here) {
    FromServer.Welcome welcome = now.welcome();
    String feature = feature(verb);
    if (welcome != null && !welcome.features().contains(feature)) {
      return refuse("this server does not support " + verb.word());
    }
    return switch (verb) {
      case CLAIM -> {
        claim(now);
        yield Reply.DONE;
      }
      case DELETE -> here == null ? nowhere() : delete(now, here, argument);
      case BLOCK -> block(now, Words.of(argument), true);
      case UNBLOCK -> block(now, Words.of(argument), false);
      case BLOCKED -> {
        ask(now.blocked(), this::tellBlocked);
        yield Reply.DONE;
      }
      case BOT -> bot(now, argument, here);
      case BOTS -> {
        ask(now.bots(), this::tellBots);
        yield Reply.DONE;
      }
      default -> moderate(now, verb, argument, here);
    };
  }

  private static String feature(Verb verb) {
    return switch (verb) {
      case CLAIM -> "claim";
      case DELETE -> "delete";
      case BLOCK, UNBLOCK, BLOCKED -> "block";
      case BOT, BOTS -> "tokens";
      default -> "moderate";
    };
  }

  private Reply refuse(String sentence) {
    screen.note(sentence);
    return Reply.REFUSED;
  }

  private Reply nowhere() {
    return refuse("you are in no room: join one with /join ROOM");
  }

  private static String expected(Verb verb) {
    return "expected " + verb.word() + " " + verb.argument();
  }

  /** Claims the name; the client keeps the token. */
  void claim(SessionClient now) {
    boolean again = now.isOwned();
    ask(
        now.claim(),
        owned -> {
          rooms.own(true);
          String name = VisibleText.name(desk.name());
          screen.note(
              again
                  ? "you have a new token for the name " + name
                  : "the name " + name + " is yours here now: nobody else can use it");
          FromServer.Welcome welcome = now.welcome();
          Long days = owned.keepDays();
          if (welcome != null && !welcome.features().contains("durable")) {
            screen.note("this server keeps no data: it forgets the name when it restarts");
          } else if (days != null && !again) {
            screen.note("it becomes free again if you do not use it for " + days + " days");
          }
          ask(now.blocked(), all -> {});
        });
  }

  private Reply delete(SessionClient now, RoomName here, String argument) {
    Words words = Words.of(argument);
    String author = desk.name();
    String count = words.name();
    if (!isNumber(count) && !count.isEmpty()) {
      author = count;
      count = words.next().name();
    }
    if (!count.isEmpty() && !isNumber(count)) {
      return refuse(expected(Verb.DELETE));
    }
    int which = count.isEmpty() ? 1 : Integer.parseInt(count);
    long seq = rooms.numberOf(author, which);
    if (seq == 0) {
      return refuse(
          "there is no message of "
              + VisibleText.name(author)
              + " here"
              + (which == 1 ? "" : " with the number " + which + ", counted from the newest")
              + "; /history shows earlier ones");
    }
    ask(now.delete(here, seq), event -> {}); // shown like anyone's event in the room
    return Reply.DONE;
  }

  private static boolean isNumber(String word) {
    return word.matches("[1-9][0-9]{0,3}");
  }

  private Reply moderate(SessionClient now, Verb verb, String argument, @Nullable RoomName here) {
    Words words = Words.of(argument);
    for (String flag : words.flags()) {
      if (!FLAGS.contains(flag)) {
        return refuse("--" + flag + " is not known, " + expected(verb));
      }
    }
    RoomName room = words.flags().contains("server") ? null : here;
    if (room == null && !words.flags().contains("server")) {
      return nowhere();
    }
    Action action = Action.valueOf(verb.name());
    String target = null;
    String rest = argument;
    if (action.needsTarget()) {
      if (words.name().isEmpty()) {
        return refuse(expected(verb));
      }
      target = words.name();
      rest = words.rest();
    }
    Long seconds = null;
    List<String> first = SPACE.splitAsStream(rest).limit(1).toList();
    if (takesTime(action) && !first.isEmpty()) {
      seconds = HowLong.seconds(first.get(0));
      rest = seconds == null ? rest : rest.substring(first.get(0).length()).strip();
    }
    if (action == Action.SLOW && rest.toLowerCase(Locale.ROOT).equals("off")) {
      action = Action.UNSLOW;
      rest = "";
    } else if (action == Action.SLOW && seconds == null) {
      return refuse(expected(verb) + ", with a time like 30s or 5m");
    }
    try {
      ask(
          now.moderate(
              action,
              room,
              target,
              seconds,
              words.flags().contains("address"),
              rest.isEmpty() ? null : rest),
          done -> {
            if (room == null) {
              screen.note(verb.word() + " applies to the whole server");
            }
          });
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    return Reply.DONE;
  }

  private static boolean takesTime(Action action) {
    return switch (action) {
      case MUTE, BAN, CLOSE, RESTRICT, SLOW -> true;
      default -> false;
    };
  }

  private Reply block(SessionClient now, Words words, boolean on) {
    if (words.name().isEmpty()) {
      return refuse(expected(on ? Verb.BLOCK : Verb.UNBLOCK));
    }
    ask(now.block(words.name(), on), this::tellBlocked);
    return Reply.DONE;
  }

  private void tellBlocked(FromServer.Blocked all) {
    screen.note(
        all.names().isEmpty()
            ? "you have blocked nobody"
            : "you have blocked " + Sentences.names(all.names()));
  }

  private Reply bot(SessionClient now, String argument, @Nullable RoomName here) {
    Words words = Words.of(argument);
    Words more = words.next();
    try {
      if (words.name().equals("revoke") && !more.name().isEmpty()) {
        ask(now.revokeBot(more.name()), this::tellBots);
        return Reply.DONE;
      }
      if (!words.name().equals("make") || more.name().isEmpty()) {
        return refuse(expected(Verb.BOT));
      }
      FromClient.Scope scope = FromClient.Scope.WRITE;
      List<RoomName> where = new ArrayList<>();
      for (String word : SPACE.splitAsStream(more.rest()).filter(w -> !w.isEmpty()).toList()) {
        if (word.equals("read")) {
          scope = FromClient.Scope.READ;
        } else {
          where.add(RoomName.of(word));
        }
      }
      if (where.isEmpty()) {
        if (here == null) {
          return nowhere();
        }
        where.add(here);
      }
      ask(now.makeBot(more.name(), where, scope), this::tellBots);
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    return Reply.DONE;
  }

  private void tellBots(FromServer.Tokens all) {
    List<String> lines = new ArrayList<>();
    for (FromServer.BotToken bot : all.tokens()) {
      lines.add(
          bot.label()
              + ", may "
              + bot.scope().text()
              + " in "
              + String.join(", ", bot.rooms().stream().map(RoomName::text).toList()));
    }
    if (lines.isEmpty()) {
      lines.add("there are no bots under your name; /bot make LABEL makes a token for one");
    }
    screen.notes(lines);
    if (all.token() != null) {
      screen.note("the token of the new bot, shown only now: " + all.token());
    }
  }

  private <T> void ask(CompletableFuture<T> answer, Consumer<T> tell) {
    answer.whenComplete(
        (told, failure) -> {
          if (failure == null) {
            tell.accept(told);
          } else {
            screen.note(String.valueOf(failure.getMessage()));
          }
        });
  }
}
