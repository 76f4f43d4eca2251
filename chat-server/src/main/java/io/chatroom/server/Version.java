package io.chatroom.server;

/** Which server this is: what the build wrote into the jar's manifest. */
final class Version {

  private static final Package BUILT = Version.class.getPackage();

  private Version() {}

  /** Version and commit. */
  static String ofThis() {
    String version = BUILT.getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }

  /** The same, and the protocol's version. */
  static String withProtocol() {
    return BUILT.getImplementationVersion() == null
        ? ofThis()
        : ofThis() + ", protocol " + BUILT.getSpecificationVersion();
  }
}
