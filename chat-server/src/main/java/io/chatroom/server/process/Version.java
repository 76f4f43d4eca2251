package io.chatroom.server.process;

/** The version of this server, which the build wrote into the jar's manifest. */
public final class Version {

  private static final Package BUILT = Version.class.getPackage();

  private Version() {}

  /** Version and commit. */
  public static String ofThis() {
    String version = BUILT.getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  /** Version and commit, and the protocol's version. */
  public static String withProtocol() {
    return BUILT.getImplementationVersion() == null
        ? ofThis()
        : ofThis() + ", protocol " + BUILT.getSpecificationVersion();
  }
}
