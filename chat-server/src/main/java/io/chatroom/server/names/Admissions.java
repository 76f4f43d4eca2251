package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient.Hello;
import io.chatroom.protocol.session.RoomName;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides who is admitted, and under which name, from a hello, a single request or a registration
 * of the seed's protocol. Thread-safe.
 */
final class Admissions {

  private final NamesInUse inUse;
  private final Owners owners;
  private final Bots bots;
  private final Entrance entrance;
  private final Guests guests;
  private final Order order;

  Admissions(
      NamesInUse inUse, Owners owners, Bots bots, Entrance entrance, Guests guests, Order order) {
    this.inUse = inUse;
    this.owners = owners;
    this.bots = bots;
    this.entrance = entrance;
    this.guests = guests;
    this.order = order;
  }

  /** See {@link People#needs(Hello, InetAddress)}. */
  @Nullable CompletionStage<Void> needs(Hello hello, @Nullable InetAddress address) {
    if (!entrance.accepts(hello.key(), address)) {
      return null;
    }
    return hello.token() == null
        ? needs(hello.name(), hello.client(), address)
        : needs(hello.token());
  }

  /** See {@link People#needs(Visitor, InetAddress)}. */
  @Nullable CompletionStage<Void> needs(Visitor visitor, @Nullable InetAddress address) {
    String name = visitor.name();
    if (!entrance.accepts(visitor.key(), address)) {
      return null;
    } else if (visitor.token() != null) {
      return needs(visitor.token());
    }
    return name == null ? null : needs(name, clientOf(name), address);
  }

  /** Waits for a token that another server may have just made. */
  private @Nullable CompletionStage<Void> needs(String token) {
    return bots.find(token) == null ? owners.needs(token) : null;
  }

  /** Reserves the name of a guest, unless they will be refused. */
  private @Nullable CompletionStage<Void> needs(
      String name, String client, @Nullable InetAddress address) {
    Person person = new Person(name, client, null, address, null, null);
    return NamesInUse.faultOf(name) == null
            && owners.mayHave(name, client) == null
            && order.mayConnect(person) == null
        ? inUse.needs(name, client)
        : null;
  }

  /** The client of a guest who sends single requests: the same each time. */
  private static String clientOf(String name) {
    return Secret.client("guest " + NamesInUse.key(name));
  }

  /** See {@link People#admit(Hello, InetAddress)}. */
  Admission admit(Hello hello, @Nullable InetAddress address) {
    Entrance.Entry entry = entrance.enter(hello.key(), address);
    if (entry.denial() != null) {
      return new Admission.Denied(entry.denial());
    }
    String fault = NamesInUse.faultOf(hello.name());
    if (fault != null) {
      return denied(Code.NAME_BAD, fault);
    }
    return hello.token() == null
        ? admitGuest(hello.name(), hello.client(), address, entry.key())
        : admitOwner(hello, hello.token(), address, entry.key());
  }

  /** See {@link People#admit(Visitor, InetAddress)}. */
  Admission admit(Visitor visitor, @Nullable InetAddress address) {
    Entrance.Entry entry = entrance.enter(visitor.key(), address);
    if (entry.denial() != null) {
      return new Admission.Denied(entry.denial());
    }
    String name = visitor.name();
    if (visitor.token() != null) {
      return admitOwner(name, visitor.token(), address, entry.key());
    }
    if (name == null) {
      return admitNameless(address, entry.key());
    }
    String fault = NamesInUse.faultOf(name);
    return fault == null
        ? admitGuest(name, clientOf(name), address, entry.key())
        : denied(Code.NAME_BAD, fault);
  }

  private Admission admitOwner(
      @Nullable String name, String token, @Nullable InetAddress address, @Nullable AccessKey key) {
    Bot bot = bots.find(token);
    Owner owner = bot == null ? null : bot.owner();
    if (owner == null) {
      Proof proof = owners.prove(token, address);
      if (proof instanceof Proof.Wrong wrong) {
        return new Admission.Denied(wrong.why());
      }
      owner = ((Proof.Right) proof).owner();
    }
    if (name != null && !NamesInUse.areSame(name, owner.name())) {
      return denied(
          Code.TOKEN_WRONG, "This token is not the token of this name; leave the name out.");
    }
    String client = Secret.client("owner " + owner.id() + " " + owner.name());
    return admitOwner(new Person(owner.name(), client, owner, address, key, bot), client);
  }

  private Admission admitNameless(@Nullable InetAddress address, @Nullable AccessKey key) {
    if (!guests.areWelcome()) {
      return denied(
          Code.TOKEN_WRONG,
          "Only owners of names can use this server; send the token of your name.");
    }
    Person person = new Person("", null, null, address, key, null);
    Denial denial = order.mayConnect(person);
    return denial == null ? new Admission.Admitted(person) : new Admission.Denied(denial);
  }

  private Admission admitGuest(
      String name, String client, @Nullable InetAddress address, @Nullable AccessKey key) {
    Denial denial = owners.mayHave(name, client);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    Person person = new Person(name, client, null, address, key, null);
    denial = order.mayConnect(person);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    if (!inUse.take(name, client)) {
      return denied(Code.NAME_TAKEN, "Somebody else is using this name; choose another.");
    }
    return new Admission.Admitted(person);
  }

  /** Admits an owner or a bot under the name as it was claimed. */
  private Admission admitOwner(
      Hello hello, String token, @Nullable InetAddress address, @Nullable AccessKey key) {
    Bot bot = bots.find(hello.name(), token);
    if (bot != null) {
      return admitOwner(
          new Person(bot.owner().name(), hello.client(), bot.owner(), address, key, bot),
          hello.client());
    }
    Proof proof = owners.prove(hello.name(), token, address);
    if (proof instanceof Proof.Wrong wrong) {
      return new Admission.Denied(wrong.why());
    }
    Owner owner = ((Proof.Right) proof).owner();
    return admitOwner(
        new Person(owner.name(), hello.client(), owner, address, key, null), hello.client());
  }

  private Admission admitOwner(Person person, String client) {
    Denial denial = order.mayConnect(person);
    if (denial != null) {
      return new Admission.Denied(denial);
    }
    inUse.takeOwned(person.name(), client);
    return new Admission.Admitted(person);
  }

  private static Admission denied(Code code, String text) {
    return new Admission.Denied(Denial.of(code, text));
  }

  /** See {@link People#admitSeed}. */
  Admission admitSeed(String name, @Nullable InetAddress address, RoomName room) {
    Person person = new Person(name, null, address);
    Denial denial = order.mayConnect(person);
    if (denial == null) {
      denial = order.mayJoin(person, room);
    }
    return denial == null ? new Admission.Admitted(person) : new Admission.Denied(denial);
  }
}
