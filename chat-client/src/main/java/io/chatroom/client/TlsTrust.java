package io.chatroom.client;

import io.chatroom.protocol.Fingerprint;
import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides which servers a client trusts over TLS (1.3 or 1.2). Others are refused before anything
 * is sent, with one sentence that says why.
 *
 * <p>May be used for any number of connections, by any thread.
 */
public final class TlsTrust {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final int SHOWN_NAMES = 3;

  /** The types of host names and addresses in certificates. */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  /** Throws if the server is not trusted. */
  private interface Check {
    void check(ServerAddress server, X509Certificate[] chain, String type, SSLEngine engine)
        throws ChatException, GeneralSecurityException;
  }

  private final SSLContext context;

  private TlsTrust(Check check) {
    try {
      context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Manager(check)}, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has TLS", e);
    }
  }

  /**
   * Trusts servers whose certificate is for the requested name and signed by an authority that this
   * Java knows.
   */
  public static TlsTrust authorities() {
    Authorities known = new Authorities(null);
    return new TlsTrust(known::check);
  }

  /**
   * The same with the given authorities only.
   *
   * @param pem a file with their certificates
   * @throws ChatException if it contains none
   */
  public static TlsTrust authorities(Path pem) throws ChatException {
    String shown = VisibleText.of(NativePath.show(pem));
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("ca" + number++, certificate);
      }
      if (number == 0) {
        throw new ChatException(
            shown + " has no certificate, expected the certificates to trust in PEM");
      }
      Authorities own = new Authorities(store);
      return new TlsTrust(own::check);
    } catch (NoSuchFileException e) {
      throw new ChatException(shown + ": there is no such file", e);
    } catch (ChatException e) {
      throw e;
    } catch (IOException e) {
      throw new ChatException(
          shown + " cannot be read: " + VisibleText.of(FileTrouble.reason(e)), e);
    } catch (GeneralSecurityException e) {
      throw new ChatException(
          shown + " has no readable certificate, expected the certificates to trust in PEM", e);
    }
  }

  /** Trusts one certificate and no other, regardless of its issuer, name and age. */
  public static TlsTrust fingerprint(Fingerprint expected) {
    return new TlsTrust(
        (server, chain, type, engine) -> {
          Fingerprint shown = Fingerprint.of(chain[0]);
          if (!shown.equals(expected)) {
            throw new ChatException(
                show(server) + " has the certificate " + shown + ", expected " + expected);
          }
        });
  }

  /**
   * Trusts as {@link #authorities()} does, and also known servers with a self-signed certificate.
   * An unknown one is refused with {@link UnknownServerException}; a server whose certificate
   * differs from the known one is refused with a warning, even if an authority issued it.
   */
  public static TlsTrust firstUse(KnownServers known) {
    Authorities authorities = new Authorities(null);
    return new TlsTrust(
        (server, chain, type, engine) -> {
          Fingerprint shown = Fingerprint.of(chain[0]);
          Fingerprint before = known.fingerprintOf(server);
          if (before != null && !shown.equals(before)) {
            throw changed(server, before, shown, known);
          } else if (before != null) {
            return;
          }
          try {
            authorities.check(server, chain, type, engine);
          } catch (ChatException e) {
            throw isSelfSigned(chain) ? new UnknownServerException(server, show(server), shown) : e;
          }
        });
  }

  private static ChatException changed(
      ServerAddress server, Fingerprint before, Fingerprint now, KnownServers known) {
    return new ChatException(
        "WARNING: "
            + show(server)
            + " has another certificate than before, and nothing was sent to it: it was "
            + before
            + ", it is "
            + now
            + "; somebody may be intercepting the connection, or the server has a new key: ask its"
            + " operator, and if so, remove its line from "
            + known.shownFile());
  }

  private static boolean isSelfSigned(X509Certificate[] chain) {
    X509Certificate own = chain[0];
    if (chain.length > 1 || !own.getSubjectX500Principal().equals(own.getIssuerX500Principal())) {
      return false;
    }
    try {
      own.verify(own.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The client's side of one connection. */
  SSLEngine engine(ServerAddress server) {
    SSLEngine engine = context.createSSLEngine(withoutRoot(server.host()), server.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // names as browsers compare them
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** A trailing dot only marks a name as complete; certificates have none (RFC 6066). */
  private static String withoutRoot(String host) {
    return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** The exception of the check, if that made a handshake fail. */
  static @Nullable UntrustedServerException refusal(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refused refused) {
        ChatException reason = refused.reason;
        return reason instanceof UnknownServerException unknown
            ? unknown
            : new UntrustedServerException(String.valueOf(reason.getMessage()), reason);
      }
    }
    return null;
  }

  private static String show(ServerAddress server) {
    return VisibleText.of(server.toString());
  }

  /** Carries a reason through the JDK. */
  private static final class Refused extends CertificateException {
    private final transient ChatException reason;

    Refused(ChatException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /** Certificates of authorities, read on first use, as that takes a while. */
  private static final class Authorities {

    private final @Nullable KeyStore store;
    private @Nullable X509ExtendedTrustManager manager;

    /**
     * @param store null for those that this Java knows
     */
    Authorities(@Nullable KeyStore store) {
      this.store = store;
    }

    void check(ServerAddress server, X509Certificate[] chain, String type, SSLEngine engine)
        throws ChatException, GeneralSecurityException {
      X509ExtendedTrustManager authorities = manager();
      if (authorities.getAcceptedIssuers().length == 0) { // would fail later without a reason
        throw new ChatException(
            show(server)
                + " has an invalid certificate: this Java knows no authorities (its"
                + " fingerprint is "
                + Fingerprint.of(chain[0])
                + ")");
      }
      try {
        if (server.host().indexOf('_') < 0) {
          authorities.checkServerTrusted(chain, type, engine);
          return;
        }
        // Java refuses names with an underscore, which are common in container networks.
        authorities.checkServerTrusted(chain, type);
        if (dnsNames(chain[0]).anyMatch(name -> isNameOf(server.host(), name))) {
          return;
        }
        throw new CertificateException("another name");
      } catch (CertificateException e) {
        throw new ChatException(
            show(server)
                + " has an invalid certificate: "
                + reason(server, chain, type, authorities),
            e);
      }
    }

    private static String reason(
        ServerAddress server,
        X509Certificate[] chain,
        String type,
        X509ExtendedTrustManager authorities)
        throws CertificateException {
      Instant now = Instant.now();
      Instant begin = chain[0].getNotBefore().toInstant();
      Instant end = chain[0].getNotAfter().toInstant();
      if (now.isAfter(end)) {
        return "it expired at " + end + "; its owner must renew it";
      }
      if (now.isBefore(begin)) {
        return "it is not valid before " + begin + "; check this machine's clock";
      }
      try {
        authorities.checkServerTrusted(chain, type);
      } catch (CertificateException e) {
        return "no trusted authority has issued it (its fingerprint is "
            + Fingerprint.of(chain[0])
            + ")";
      }
      return "it is for "
          + String.join(", ", names(chain[0]))
          + " and not for "
          + VisibleText.of(server.host());
    }

    /**
     * A wildcard stands for the whole first label; one for a whole top-level domain does not count.
     */
    private static boolean isNameOf(String host, String name) {
      int dot = host.indexOf('.');
      boolean wild = name.startsWith("*.") && name.indexOf('.', 2) > 0 && dot > 0;
      return wild
          ? host.substring(dot).equalsIgnoreCase(name.substring(1))
          : host.equalsIgnoreCase(name);
    }

    private static Stream<String> dnsNames(X509Certificate certificate)
        throws CertificateException {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      return all == null
          ? Stream.empty()
          : all.stream()
              .filter(name -> name.get(0).equals(DNS_NAME))
              .map(name -> String.valueOf(name.get(1)));
    }

    private static List<String> names(X509Certificate certificate) throws CertificateException {
      List<String> names = new ArrayList<>();
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          boolean shown = name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS);
          if (shown && names.size() < SHOWN_NAMES) {
            names.add(VisibleText.of(String.valueOf(name.get(1))));
          }
        }
      }
      return names.isEmpty() ? List.of("no host") : names;
    }

    private synchronized X509ExtendedTrustManager manager() throws GeneralSecurityException {
      if (manager == null) {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        manager = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
      }
      return manager;
    }
  }

  /** Makes the JDK call the check. */
  private static final class Manager extends X509ExtendedTrustManager {

    private final Check check;

    Manager(Check check) {
      this.check = check;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      ServerAddress server = new ServerAddress(engine.getPeerHost(), engine.getPeerPort());
      try {
        check.check(server, chain, type, engine);
      } catch (ChatException e) {
        throw new Refused(e);
      } catch (CertificateException e) {
        throw e;
      } catch (GeneralSecurityException e) {
        throw new CertificateException(e);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("asked without a connection");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
