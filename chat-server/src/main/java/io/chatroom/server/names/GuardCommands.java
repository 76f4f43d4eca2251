package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromClient.Moderate;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The moderation commands of the server's command line, with or without a running server. They
 * block until the change is stored, so they are not for event loops. Thread-safe.
 */
public final class GuardCommands {

  private static final long TIMEOUT_SECONDS = 10;

  /** The audit log's word for freeing a name. */
  private static final String FREE = "free";

  private final Guard guard;
  private final Owners owners;

  /** The commands in a running server. */
  public GuardCommands(People people) {
    this(people.guard(), people.owners());
  }

  /** The commands without a running server. */
  public GuardCommands(Guard guard, Owners owners) {
    this.guard = guard;
    this.owners = owners;
  }

  /**
   * Runs a command.
   *
   * @param words {@code operator add NAME}, {@code operator remove NAME}, {@code ban TARGET SECONDS
   *     ADDRESS WHY} with {@code 0} for no end and {@code true} to ban its addresses, too, {@code
   *     unban TARGET}, or {@code name free NAME}
   * @return lines for people, safe to print
   * @throws IOException if it fails; the message is one sentence for people, safe to print
   */
  public List<String> run(List<String> words) throws IOException {
    boolean hasTwoWords = words.get(0).equals("operator") || words.get(0).equals("name");
    String command = words.get(0) + (hasTwoWords ? " " + words.get(1) : "");
    return switch (command) {
      case "operator add" -> makeOperator(words.get(2));
      case "operator remove" -> unmakeOperator(words.get(2));
      case "ban" -> {
        if (guard.order().isOperator(words.get(1))) {
          throw new IOException(
              VisibleText.of(words.get(1))
                  + " is an operator of this server and cannot be banned; run chat-server operator"
                  + " remove first");
        }
        long seconds = Long.parseLong(words.get(2));
        String why = words.get(4);
        moderate(
            new Moderate(
                "",
                Action.BAN,
                null,
                words.get(1),
                seconds == 0 ? null : seconds,
                Boolean.parseBoolean(words.get(3)),
                why.isEmpty() ? null : why));
        String banned = VisibleText.of(words.get(1));
        yield Network.isOne(words.get(1))
            ? List.of(
                "The name " + banned + " is banned.",
                "To ban the address, use address:" + banned + " instead.")
            : List.of(banned + " is banned.");
      }
      case "unban" -> {
        if (!isBanned(words.get(1))) {
          throw new IOException(
              VisibleText.of(words.get(1))
                  + " is not banned from this server; see chat-server bans");
        }
        moderate(new Moderate("", Action.UNBAN, null, words.get(1), null, false, null));
        yield List.of(VisibleText.of(words.get(1)) + " is no longer banned.");
      }
      case "name free" -> free(words.get(2));
      default ->
          throw new IOException(
              "\"" + VisibleText.of(command) + "\" is not a command for a server");
    };
  }

  /** The kind of the facts about rules. */
  public static String factsKind() {
    return Rule.KIND;
  }

  /**
   * The names of operators who still own their name, safe to print.
   *
   * @param read all facts of that kind
   * @param names all facts of {@link StoredOwners#factsKind}
   */
  public static List<String> operators(List<Fact> read, List<Fact> names) {
    Set<String> owners =
        names.stream()
            .map(fact -> Subject.owner(OwnedName.of(fact).owner()))
            .collect(Collectors.toSet());
    return read.stream()
        .map(Rule::of)
        .filter(rule -> rule.sort() == Sort.OPERATOR && owners.contains(rule.subject()))
        .map(rule -> VisibleText.of(rule.target()))
        .toList();
  }

  /**
   * The bans as lines for people: target, place, end, author, reason.
   *
   * @param read all facts of that kind
   */
  public static List<String> bans(List<Fact> read, long nowMillis) {
    return read.stream()
        .map(Rule::of)
        .filter(rule -> rule.sort() == Sort.BAN && rule.isInForceAt(nowMillis))
        .map(GuardCommands::line)
        .distinct() // a ban of a name has several rules
        .toList();
  }

  private static String line(Rule ban) {
    String until =
        ban.until() == null
            ? ""
            : Instant.ofEpochMilli(ban.until()).truncatedTo(ChronoUnit.SECONDS).toString();
    return Stream.of(
            ban.target(),
            ban.scope().equals(Rule.SERVER) ? "*" : ban.scope(),
            until,
            ban.by(),
            ban.why() == null ? "" : ban.why())
        .map(VisibleText::of)
        .collect(Collectors.joining("\t"));
  }

  private boolean isBanned(String target) {
    return !guard
        .rules()
        .all(
            Rule.SERVER,
            rule -> rule.sort() == Sort.BAN && NamesInUse.areSame(rule.target(), target))
        .isEmpty();
  }

  /** Claims the name first if nobody owns it: operators must own their name. */
  private List<String> makeOperator(String name) throws IOException {
    List<String> lines = new ArrayList<>();
    Owner owner = owners.ownerOf(name);
    if (owner == null) {
      String fault = NamesInUse.faultOf(name);
      if (fault != null) {
        throw new IOException(fault);
      }
      Claim claim = await(owners.claim(new Person(name, null, null)));
      if (claim instanceof Claim.Refused refused) {
        throw new IOException(refused.why().text());
      }
      lines.add(
          "Nobody owned this name. Its token, which is shown only once: "
              + ((Claim.Granted) claim).token());
      owner = owners.ownerOf(name);
    }
    await(guard.moderation().operator(name, owner, true));
    String spelled = owner == null ? name : owner.name();
    lines.add(VisibleText.of(spelled) + " is now an operator of this server.");
    return lines;
  }

  private List<String> unmakeOperator(String name) throws IOException {
    if (guard.moderation().operators(name).isEmpty()) {
      throw new IOException(
          VisibleText.of(name)
              + " is not an operator of this server; see chat-server operator list");
    }
    await(guard.moderation().operator(name, null, false));
    return List.of(VisibleText.of(name) + " is no longer an operator of this server.");
  }

  private List<String> free(String name) throws IOException {
    Owner owner = owners.ownerOf(name);
    if (owner == null || !await(owners.free(name))) {
      throw new IOException("nobody owns the name " + VisibleText.of(name) + "; see name list");
    }
    await(guard.moderation().auditCommand(FREE, owner.name()));
    return List.of(VisibleText.of(name) + " is free");
  }

  /**
   * Frees a name while no server uses the facts, even if they are damaged.
   *
   * @return true if it was owned
   * @throws IOException if that fails; the message is one sentence for people
   */
  public static boolean free(Facts facts, InstantSource clock, String name) throws IOException {
    Owner owner = StoredOwners.ownerOf(facts, name);
    if (!StoredOwners.free(facts, name)) {
      return false;
    }
    List<Fact> changes = new ArrayList<>();
    if (owner != null) {
      changes.addAll(Rules.gone(facts, Subject.owner(owner)));
    }
    Audit.Entry entry =
        new Audit.Entry(clock.millis(), Moderation.NOBODY, FREE, null, name, null, null);
    changes.addAll(new Audit(facts).facts(entry, true));
    await(facts.change(changes));
    return true;
  }

  private void moderate(Moderate asked) throws IOException {
    CompletableFuture<@Nullable Denial> done = new CompletableFuture<>();
    guard.moderation().moderate(null, asked, Crowd.NOBODY, done::complete);
    Denial denial = await(done);
    if (denial != null) {
      throw new IOException(denial.text());
    }
  }

  private static <T extends @Nullable Object> T await(CompletionStage<T> stage) throws IOException {
    try {
      return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | CompletionException e) {
      throw e.getCause() instanceof IOException trouble ? trouble : new IOException(e);
    } catch (TimeoutException e) {
      throw new IOException(
          "it was not stored within " + TIMEOUT_SECONDS + " s, but may be stored later", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopping", e);
    }
  }
}
