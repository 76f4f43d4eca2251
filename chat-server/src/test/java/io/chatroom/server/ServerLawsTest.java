package io.chatroom.server;

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
import io.netty.channel.ChannelOutboundInvoker;
import java.util.Set;
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

  @ArchTest
  static final ArchRule ONLY_THE_OUTLET_WRITES =
      noClasses()
          .that()
          .resideInAPackage("..server..")
          .and()
          .doNotHaveSimpleName("ChannelOutlet")
          .and()
          .doNotHaveSimpleName("Lane") // flushes, with nothing to write
          .and()
          .resideOutsideOfPackage("..server.admin") // has connections of its own
          .and()
          .doNotHaveSimpleName("TlsConnection") // passes on what an outlet wrote
          .should()
          .callMethodWhere(
              com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                      com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching(
                          "write|writeAndFlush"))
                  .and(
                      com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                          com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With
                              .owner(
                                  com.tngtech.archunit.core.domain.JavaClass.Predicates
                                      .assignableTo(ChannelOutboundInvoker.class))))
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

  @ArchTest
  static final ArchRule NOTHING_LIES_LOOSE =
      classes()
          .that()
          .resideInAPackage("io.chatroom.server")
          .and()
          .areTopLevelClasses()
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .haveNameMatching("io\\.chatroom\\.server\\.(ChatServer|ServerCommand)");

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

  /** Its command says how the log looks before anything is logged. */
  @ArchTest
  static final ArchRule THE_COMMAND_BEGINS_NO_LOG =
      noClasses()
          .that()
          .belongToAnyOf(ServerCommand.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Logger.class);

  @ArchTest
  static final ArchRule ONE_CLASS_KNOWS_PROMETHEUS =
      noClasses()
          .that()
          .doNotHaveSimpleName("PrometheusText")
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

  /** What goes past the channel has one place, and one that chooses it. */
  @ArchTest
  static final ArchRule THE_DIRECT_WAY_HAS_ONE_PLACE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.chatroom.server.room.SocketOutlet")
          .and()
          .doNotHaveFullyQualifiedName("io.chatroom.server.transport.Outlets")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.netty.channel.unix.Socket");

  /** So that each class can be read without the ones that use it. */
  @ArchTest
  static final ArchRule NO_CIRCLES_BETWEEN_CLASSES =
      slices()
          .assignedFrom(
              new EachTopLevelClass(
                  Set.of(
                      "io.chatroom.server.api",
                      "io.chatroom.server.carrier",
                      "io.chatroom.server.front",
                      "io.chatroom.server.facts",
                      "io.chatroom.server.log",
                      "io.chatroom.server.names",
                      "io.chatroom.server.room",
                      "io.chatroom.server.seed",
                      "io.chatroom.server.session",
                      "io.chatroom.server.web")))
          .should()
          .beFreeOfCycles();

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
  static final ArchRule NO_CIRCLES_IN_THE_STORE =
      slices()
          .assignedFrom(new EachTopLevelClass(Set.of("io.chatroom.server.log.store")))
          .should()
          .beFreeOfCycles();

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
  static final ArchRule NO_CIRCLES_IN_THE_SHARED_STORE =
      slices()
          .assignedFrom(
              new EachTopLevelClass(
                  Set.of("io.chatroom.server.log.shared", "io.chatroom.server.log.sql")))
          .should()
          .beFreeOfCycles();

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
  static final ArchRule NO_CIRCLES_IN_SEARCH =
      slices()
          .assignedFrom(new EachTopLevelClass(Set.of("io.chatroom.server.search")))
          .should()
          .beFreeOfCycles();

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

  /**
   * What is delivered has passed a log: only a room makes deliveries, of what its log handed on.
   */
  @ArchTest
  static final ArchRule HEARD_MEANS_SAFE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.chatroom.server.room.Room")
          .should()
          .callConstructor(
              "io.chatroom.server.room.Delivery",
              "io.chatroom.server.room.Placed",
              "java.util.List");

  /** Each class with those inside it is a slice; the rest of the world is not looked at. */
  private record EachTopLevelClass(Set<String> packages) implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      String name = javaClass.getName();
      return packages.contains(javaClass.getPackageName())
          ? SliceIdentifier.of(name.contains("$") ? name.substring(0, name.indexOf('$')) : name)
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "classes of " + packages;
    }
  }
}
