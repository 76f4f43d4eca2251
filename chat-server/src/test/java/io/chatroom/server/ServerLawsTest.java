package io.chatroom.server;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.room.Outlet;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.unix.Socket;
import org.slf4j.Logger;

/** What the packages may know of each other. A byte goes one way, and so do the imports. */
@AnalyzeClasses(packages = "io.chatroom", importOptions = DoNotIncludeTests.class)
class ServerLawsTest {

  @ArchTest
  static final ArchRule THE_ROOM_KNOWS_BUFFERS_AND_CHANNELS_ONLY =
      classes()
          .that()
          .resideInAPackage("..server.room")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "..server.room",
              "..server.log",
              "..server.metrics",
              "io.netty.buffer",
              "io.netty.channel",
              "io.netty.channel.group",
              "io.netty.channel.socket",
              "io.netty.channel.unix", // the direct way to a socket
              "io.netty.util..",
              "java..",
              "org.slf4j",
              "org.jspecify.annotations");

  /** But for handlers, which pass on what an outlet wrote. */
  @ArchTest
  static final ArchRule ONLY_AN_OUTLET_WRITES =
      noClasses()
          .that()
          .resideInAPackage("..server..")
          .and()
          .resideOutsideOfPackage("..server.admin") // has connections of its own
          .and()
          .areNotAssignableTo(Outlet.class)
          .and()
          .areNotAssignableTo(ChannelOutboundHandler.class)
          .should()
          .callMethodWhere(
              target(nameMatching("write|writeAndFlush"))
                  .and(target(owner(assignableTo(ChannelOutboundInvoker.class))))
                  .as("write to a channel"));

  @ArchTest
  static final ArchRule PARTS_DO_NOT_KNOW_THE_WHOLE =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.server.*..")
          .and()
          .resideOutsideOfPackage("..server.container") // runs the whole, to see what it loads
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.chatroom.server");

  /** Others start the whole. Beside it lies only its wiring, which is nobody else's business. */
  @ArchTest
  static final ArchRule ONLY_THE_WHOLE_IS_PUBLIC =
      classes()
          .that()
          .resideInAPackage("io.chatroom.server")
          .and()
          .areTopLevelClasses()
          .and()
          .arePublic()
          .should()
          .beAssignableTo(ChatServer.class)
          .orShould()
          .beAssignableTo(ServerCommand.class);

  @ArchTest
  static final ArchRule NO_CIRCLES_BETWEEN_PACKAGES =
      slices().matching("io.chatroom.server.(*)..").should().beFreeOfCycles();

  /** Surfaces are told to it; so another one changes nothing there. */
  @ArchTest
  static final ArchRule THE_FRONT_KNOWS_NO_SURFACE =
      noClasses()
          .that()
          .resideInAPackage("..server.front..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..server.seed..", "..server.session..", "..server.carrier..", "..server.web..");

  /** So that TCP, WebSocket and tests carry the same class. */
  @ArchTest
  static final ArchRule A_SESSION_KNOWS_NO_SOCKET =
      noClasses()
          .that()
          .resideInAPackage("..server.session..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.netty.channel..",
              "io.netty.handler..",
              "java.sql..",
              "..server.front..",
              "..server.carrier..",
              "..server.seed..");

  /** The command says how the log looks before anything is logged. */
  @ArchTest
  static final ArchRule A_PROGRAM_BEGINS_NO_LOG =
      noClasses()
          .that()
          .containAnyMethodsThat(name("main"))
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Logger.class);

  @ArchTest
  static final ArchRule ONLY_METRICS_KNOW_PROMETHEUS =
      noClasses()
          .that()
          .resideOutsideOfPackage("..server.metrics")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.prometheus..");

  @ArchTest
  static final ArchRule WHO_COUNTS_AND_WHO_SHOWS_KNOW_NO_ROOM =
      noClasses()
          .that()
          .resideInAnyPackage("..server.metrics", "..server.admin")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..server.room", "..server.front", "..server.seed");

  @ArchTest
  static final ArchRule THE_TRANSPORT_IS_CHOSEN_IN_ONE_PLACE =
      noClasses()
          .that()
          .resideOutsideOfPackage("..server.transport")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.netty.channel.epoll", "io.netty.channel.uring", "io.netty.channel.nio");

  /** What goes past the channel is an outlet, and the transport chooses it. */
  @ArchTest
  static final ArchRule ONLY_AN_OUTLET_GOES_PAST_THE_CHANNEL =
      noClasses()
          .that()
          .areNotAssignableTo(Outlet.class)
          .and()
          .resideOutsideOfPackage("..server.transport")
          .should()
          .dependOnClassesThat(assignableTo(Socket.class));

  /**
   * So that each class can be read without the ones that use it; but for options and commands, of
   * which one knows all.
   */
  @ArchTest
  static final ArchRule NO_CIRCLES_BETWEEN_CLASSES =
      slices().assignedFrom(new EachTopLevelClass()).should().beFreeOfCycles();

  /** A log cannot tell who hears what it hands on. */
  @ArchTest
  static final ArchRule A_LOG_KNOWS_NO_MEMBERS =
      classes()
          .that()
          .resideInAPackage("..server.log")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "..server.log",
              "io.chatroom.protocol",
              "io.netty.buffer",
              "java..",
              "org.jspecify.annotations");

  /** What somebody may do does not depend on the way in. */
  @ArchTest
  static final ArchRule NAMES_KNOW_NO_SOCKET_NO_ROOM_AND_NO_STORE =
      classes()
          .that()
          .resideInAPackage("..server.names")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "..server.facts",
              "..server.names",
              "io.chatroom.protocol",
              "io.chatroom.protocol.session",
              "io.chatroom.system",
              "tools.jackson..",
              "java..",
              "org.slf4j",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule A_STORE_KNOWS_NO_MEMBERS =
      classes()
          .that()
          .resideInAPackage("..server.log.store")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "..server.facts",
              "..server.log",
              "..server.log.sql",
              "..server.log.store",
              "io.chatroom.protocol",
              "io.chatroom.system",
              "io.netty.buffer",
              "java..",
              "org.sqlite",
              "org.slf4j",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule A_SHARED_STORE_KNOWS_NO_MEMBERS =
      classes()
          .that()
          .resideInAnyPackage("..server.log.shared", "..server.log.sql")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "..server.facts",
              "..server.log",
              "..server.log.shared",
              "..server.log.sql",
              "io.chatroom.protocol",
              "io.chatroom.system",
              "io.netty.buffer",
              "java..",
              "javax.net.ssl",
              "org.postgresql..",
              "com.zaxxer.hikari..",
              "org.slf4j",
              "org.jspecify.annotations");

  /** Which databases there are is known where they are used. */
  @ArchTest
  static final ArchRule WHAT_STORES_SHARE_KNOWS_NO_DATABASE =
      noClasses()
          .that()
          .resideInAPackage("..server.log.sql")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.sqlite..", "org.postgresql..", "com.zaxxer.hikari..");

  @ArchTest
  static final ArchRule SEARCH_KNOWS_NO_MEMBERS_AND_NO_STORE =
      classes()
          .that()
          .resideInAPackage("..server.search")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "..server.log",
              "..server.search",
              "io.chatroom.protocol.session",
              "io.chatroom.system",
              "java..",
              "org.sqlite",
              "org.slf4j",
              "org.jspecify.annotations");

  /** All SQL stands where something is stored or told to other servers, and in the index. */
  @ArchTest
  static final ArchRule ONLY_A_STORE_AND_AN_INDEX_KNOW_DATABASES =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..server.log.store",
              "..server.log.shared",
              "..server.log.sql",
              "..server.search",
              "..server.cluster")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..", "org.sqlite..", "org.postgresql..", "com.zaxxer.hikari..");

  /** What is delivered has passed a log: only who hears from a log makes deliveries. */
  @ArchTest
  static final ArchRule HEARD_MEANS_SAFE =
      noClasses()
          .that()
          .areNotAssignableTo(RoomLog.Follower.class)
          .should()
          .callConstructorWhere(target(owner(assignableTo("io.chatroom.server.room.Delivery"))));

  /** Each class with those inside it is a slice; the rest of the world is not looked at. */
  private static final class EachTopLevelClass implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      String name = javaClass.getName();
      return name.matches("io\\.chatroom\\.server\\.((?!config|data)[a-z.]+\\.)?[A-Z].*")
          ? SliceIdentifier.of(name.replaceFirst("\\$.*", ""))
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "top-level classes";
    }
  }
}
